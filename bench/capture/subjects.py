"""Small CUDA programs whose recordings settle how CUPTI behaves. `python -m bench.capture.subjects NAME`."""

from __future__ import annotations

import json
import statistics
import sys
import time

import torch


def tiny_launches(seconds: str = "3.0") -> None:
    """CPU-bound loops, as fast as Python goes: a kernel, a device copy, a memset, and a kernel with `.item()`.

    Prints the median of microseconds a turn of each loop; loops take turns, so that drift hits all alike.
    """
    x = torch.randn(256, device="cuda")
    y = torch.empty_like(x)
    index = torch.zeros((), dtype=torch.int64, device="cuda")

    def item() -> None:
        x.add_(1e-6)
        index.item()

    loops = {"launch": lambda: x.add_(1e-6), "copy": lambda: y.copy_(x), "set": lambda: y.zero_(), "item": item}
    counts = {"launch": 2000, "copy": 500, "set": 500, "item": 200}
    times: dict[str, list[float]] = {name: [] for name in loops}
    for turn in loops.values():
        for _ in range(500):
            turn()
    torch.cuda.synchronize()
    end = time.perf_counter() + float(seconds)
    while time.perf_counter() < end:
        for name, turn in loops.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                turn()
            torch.cuda.synchronize()
            times[name].append((time.perf_counter() - start) / counts[name] * 1e6)
    print(json.dumps({name: round(statistics.median(values), 3) for name, values in times.items()}))


def ranges(pairs: int = 200_000) -> None:
    """NVTX push and pop through torch, beside the same loop without. Prints nanoseconds a pair."""
    torch.cuda.init()
    push, pop = torch._C._nvtx.rangePushA, torch._C._nvtx.rangePop  # no f-string, no Python layer
    nothing = time.perf_counter_ns
    torch.randn(1, device="cuda")
    rounds = []
    for _ in range(7):
        start = time.perf_counter_ns()
        for _ in range(pairs):
            push("layer:3")
            pop()
        middle = time.perf_counter_ns()
        for _ in range(pairs):
            nothing()
            nothing()
        end = time.perf_counter_ns()
        rounds.append(((middle - start) / pairs, (end - middle) / pairs))
    print(json.dumps({"ns_per_pair": statistics.median(r[0] for r in rounds),
                      "ns_per_empty_pair_of_calls": statistics.median(r[1] for r in rounds)}))


def leaking_graph(nodes_wanted: int = 1_800_000) -> None:
    """Replays a graph of kernels, memsets and memcpys until `nodes_wanted` nodes ran; prints device memory taken."""
    x = torch.randn(1024, device="cuda")
    y = torch.empty_like(x)
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        for _ in range(3):
            y.copy_(x)
            y.zero_()
            y.add_(1)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    per_graph = 300
    with torch.cuda.graph(graph):
        for _ in range(per_graph // 3):
            y.copy_(x)
            y.zero_()
            y.add_(1)
    graph.replay()
    torch.cuda.synchronize()
    free_before = torch.cuda.mem_get_info()[0]
    lowest = free_before
    for i in range(nodes_wanted // per_graph):
        graph.replay()
        if i % 50 == 0:
            torch.cuda.synchronize()
            lowest = min(lowest, torch.cuda.mem_get_info()[0])
    torch.cuda.synchronize()
    print(json.dumps({"nodes": nodes_wanted // per_graph * per_graph, "mib_taken": (free_before - lowest) / 2**20}))


def graph_kinds() -> None:
    """One replay each of: a captured graph, a child graph, a compiled function's graph."""
    from cuda.bindings import runtime

    x = torch.randn(1 << 16, device="cuda")
    x.mul_(1.0).add_(1.0)
    torch.cuda.synchronize()
    inner = torch.cuda.CUDAGraph(keep_graph=True)
    torch.cuda.nvtx.range_push("capture_inner")
    with torch.cuda.graph(inner):
        torch.cuda.nvtx.range_push("inner_part")
        x.mul_(1.0)
        x.add_(1.0)
        torch.cuda.nvtx.range_pop()
    torch.cuda.nvtx.range_pop()
    inner.instantiate()
    for name in ("plain_replay", "plain_replay"):
        torch.cuda.nvtx.range_push(name)
        inner.replay()
        torch.cuda.synchronize()
        torch.cuda.nvtx.range_pop()

    def check(result):
        assert int(result[0]) == 0, result
        return result[1] if len(result) == 2 else result[1:]

    stream = torch.cuda.current_stream().cuda_stream
    outer = check(runtime.cudaGraphCreate(0))
    check((*runtime.cudaGraphAddChildGraphNode(outer, None, 0, runtime.cudaGraph_t(inner.raw_cuda_graph())),))
    executable = check(runtime.cudaGraphInstantiate(outer, 0))
    torch.cuda.nvtx.range_push("child_replay")
    runtime.cudaGraphLaunch(executable, stream)
    torch.cuda.synchronize()
    torch.cuda.nvtx.range_pop()

    try:  # a conditional node whose body is taken by default
        graph = check(runtime.cudaGraphCreate(0))
        handle = check(runtime.cudaGraphConditionalHandleCreate(graph, 1, 1))
        parameters = runtime.cudaGraphNodeParams()
        parameters.type = runtime.cudaGraphNodeType.cudaGraphNodeTypeConditional
        parameters.conditional.handle = handle
        parameters.conditional.type = runtime.cudaGraphConditionalNodeType.cudaGraphCondTypeIf
        parameters.conditional.size = 1
        check((*runtime.cudaGraphAddNode(graph, None, None, 0, parameters),))
        body = parameters.conditional.phGraph_out[0]
        torch.cuda.nvtx.range_push("conditional_body")
        check((*runtime.cudaGraphAddChildGraphNode(body, None, 0, runtime.cudaGraph_t(inner.raw_cuda_graph())),))
        torch.cuda.nvtx.range_pop()
        executable = check(runtime.cudaGraphInstantiate(graph, 0))
        torch.cuda.nvtx.range_push("conditional_replay")
        runtime.cudaGraphLaunch(executable, stream)
        torch.cuda.synchronize()
        torch.cuda.nvtx.range_pop()
        print("conditional: ran")
    except Exception as problem:  # the binding's surface differs between versions; say so and go on
        print("conditional:", type(problem).__name__, str(problem)[:200])

    try:
        compiled = torch.compile(lambda t: torch.nn.functional.gelu(t * 2 + 1).sum(), mode="reduce-overhead")
        for i in range(6):
            torch.cuda.nvtx.range_push(f"compiled_{i}")
            torch.compiler.cudagraph_mark_step_begin()
            compiled(x)
            torch.cuda.synchronize()
            torch.cuda.nvtx.range_pop()
        print("compiled: ran")
    except Exception as problem:
        print("compiled:", type(problem).__name__, str(problem)[:200])


def profiler_in_the_middle() -> None:
    """Five seconds of launches; torch.profiler runs during the second one."""
    x = torch.randn(256, device="cuda")
    for second in range(5):
        torch.cuda.nvtx.range_push(f"second:{second}")
        profiler = None
        if second == 1:
            profiler = torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CUDA])
            profiler.start()
        end = time.perf_counter() + 1.0
        launches = 0
        while time.perf_counter() < end:
            for _ in range(1000):
                x.add_(1e-6)
            launches += 1000
        torch.cuda.synchronize()
        if profiler is not None:
            profiler.stop()
            print("torch.profiler saw", sum(1 for event in profiler.events() if "elementwise" in event.name), "kernels")
        torch.cuda.nvtx.range_pop()
        print(second, launches)
    end = time.perf_counter() + 3.0  # long enough for the watch to notice
    while time.perf_counter() < end:
        for _ in range(1000):
            x.add_(1e-6)
    torch.cuda.synchronize()


def endless(kind: str) -> None:
    """Prints 'ready', then works until killed: `bound` keeps the GPU's queue full, `eager` the host busy."""
    n = 4096 if kind == "bound" else 64
    a = torch.randn(n, n, device="cuda", dtype=torch.bfloat16)
    b = torch.empty_like(a)
    for _ in range(50):
        torch.mm(a, a, out=b)
    torch.cuda.synchronize()
    print("ready", flush=True)
    while True:
        torch.mm(a, a, out=b)


if __name__ == "__main__":
    {"tiny_launches": tiny_launches, "ranges": ranges, "leaking_graph": leaking_graph, "graph_kinds": graph_kinds,
     "profiler_in_the_middle": profiler_in_the_middle, "endless": endless}[sys.argv[1]](*sys.argv[2:])
