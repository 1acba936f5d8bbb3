"""How fast this GPU does what the video models are made of: the numbers a projection needs.

    python -m bench.whatif.rates --out rates.json

Every figure is a median over batches of calls between two CUDA events, on random data. Sections are independent: one
that fails is recorded as failed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F

from pipelines.ar_video.attention import backend_context
from pipelines.ar_video.run_record import machine
from pipelines.fp8 import Fp8Linear, quantize, quantize_once

Row = dict[str, Any]
DEVICE = "cuda"
BATCHES = 5


def timed(action: Callable[[], object], target_ms: float = 4.0) -> float:
    """Milliseconds a call: calls back to back, as many as take about `target_ms`, five times; the median."""
    for _ in range(2):
        action()
    torch.cuda.synchronize()
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))

    def batch(calls: int) -> float:
        # A wait on the device first: the host queues the calls behind it, and is never waited for.
        torch.cuda._sleep(100_000 * calls)
        begin.record()
        for _ in range(calls):
            action()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end) / calls

    calls = min(50, max(1, round(target_ms / max(batch(1), 1e-3))))
    return statistics.median(batch(calls) for _ in range(BATCHES if calls > 1 else 2))


def normal(*shape: int, dtype: torch.dtype = torch.bfloat16) -> torch.Tensor:
    return torch.randn(shape, device=DEVICE, dtype=dtype)


# Tokens of a forward, and the (inputs, outputs) of its linear layers, with bias or not.
MODELS = {
    "ar-small": ([432], [(1536, 1536), (1536, 8960), (8960, 1536)], True),
    "ar-full": ([4680, 18720], [(1536, 1536), (1536, 8960), (8960, 1536)], True),
    "ar-full-batch2": ([9360], [(1536, 1536), (1536, 8960), (8960, 1536)], True),
    "dit": ([28160, 84480], [(2048, 2048), (2048, 8192), (8192, 2048)], False),
}


def linear() -> Iterator[Row]:
    """bf16 against FP8: the product alone, and what quantizes its input."""
    for model, (counts, sizes, bias) in MODELS.items():
        for tokens in counts:
            for inputs, outputs in sizes:
                x = normal(tokens, inputs)
                layer = torch.nn.Linear(inputs, outputs, bias=bias, device=DEVICE, dtype=torch.bfloat16)
                row: Row = {"model": model, "M": tokens, "N": outputs, "K": inputs, "bias": bias,
                            "bf16Ms": timed(lambda layer=layer, x=x: layer(x))}
                for scaling in ("row", "tensor"):
                    fp8 = Fp8Linear(layer, scaling)
                    given = quantize(x, scaling)
                    row[f"fp8{scaling.title()}Ms"] = timed(lambda fp8=fp8, given=given: fp8(given))
                    want = layer(x).float()
                    row[f"fp8{scaling.title()}Error"] = float((fp8(x).float() - want).norm() / want.norm())
                    row[f"quantize{scaling.title()}Ms"] = timed(lambda x=x, s=scaling: quantize(x, s))
                work = 2e-9 * tokens * inputs * outputs
                row["teraflops"] = {"bf16": work / row["bf16Ms"], "fp8Row": work / row["fp8RowMs"],
                                    "fp8Tensor": work / row["fp8TensorMs"]}
                yield row


def copies() -> Iterator[Row]:
    """Copies and elementwise kernels by size. GB/s counts bytes read and written."""
    for megabytes in (0.5, 2, 8, 16, 28.75, 57.5, 115, 346, 1000):
        count = int(megabytes * 1e6 / 2)
        x, y, z = normal(count), normal(count), normal(count)
        wide = x.float()
        ways: dict[str, tuple[Callable[[], object], float]] = {
            "copy (memcpy)": (lambda: y.copy_(x), 2),
            "clone": (lambda: x.clone(), 2),
            "zero (memset)": (lambda: y.zero_(), 1),
            "add": (lambda: torch.add(x, z, out=y), 3),
            "gelu": (lambda: F.gelu(x), 2),
            "cast bf16 to fp32": (lambda: x.float(), 3),
            "multiply fp32": (lambda: wide * wide, 4),
        }
        for name, (action, passes) in ways.items():
            ms = timed(action, 2.0)
            yield {"way": name, "megabytes": megabytes, "ms": ms, "gigabytesPerSecond": passes * 2e-6 * count / ms}


def kv_operations() -> Iterator[Row]:
    """The cache's own operations at their shapes: sliding and ring, one layer, K and V together."""
    for model, frame, batch in (("ar-small", 144, 1), ("ar-full", 1560, 1), ("ar-full-batch2", 1560, 2)):
        for window in (6, 9, 12):
            shape, new = (batch, window * frame, 12, 128), (batch, 3 * frame, 12, 128)
            k, v, nk, nv = normal(*shape), normal(*shape), normal(*new), normal(*new)
            sink = 3 * frame

            def roll(t: torch.Tensor) -> None:
                t[:, sink:-3 * frame] = t[:, sink + 3 * frame:].clone()

            def insert(t: torch.Tensor, n: torch.Tensor) -> None:
                t[:, -3 * frame:] = n

            ways: dict[str, Callable[[], object]] = {
                "clone": lambda: (k.clone(), v.clone()),
                "insert": lambda: (insert(k, nk), insert(v, nv)),
                "concat": lambda: [torch.cat([t[:, :sink], t[:, sink:]], dim=1) for t in (k, v)],
                "reset": lambda: (k.zero_(), v.zero_()),
            }
            if window > 6:
                ways["roll"] = lambda: (roll(k), roll(v))
            for name, action in ways.items():
                yield {"model": model, "operation": name, "window": window, "batch": batch, "ms": timed(action, 2.0)}


def attention() -> Iterator[Row]:
    """Dense attention by cuDNN. 4 x queries x keys x width floating-point operations."""
    shapes = [("ar-full", 12, 4680, 1560 * frames) for frames in (3, 6, 9, 12)]
    shapes += [("ar-small", 12, 432, 144 * frames) for frames in (3, 6, 9, 12)]
    shapes += [("ar-full recache", 12, 1560 * frames, 1560 * frames) for frames in (6, 9, 12)]
    shapes += [("ar-full cross", 12, 4680, 512), ("ar-small cross", 12, 432, 512)]
    shapes += [("dit", 16, 28160, 28160), ("dit cross", 16, 28160, 512)]
    shapes += [("dit", 16, 84480, 84480), ("dit cross", 16, 84480, 512)]
    for model, heads, queries, keys in shapes:
        q, k, v = (normal(1, count, heads, 128).transpose(1, 2) for count in (queries, keys, keys))
        ms = timed(lambda q=q, k=k, v=v: F.scaled_dot_product_attention(q, k, v))
        yield {"model": model, "heads": heads, "queries": queries, "keys": keys, "ms": ms,
               "teraflops": 4e-9 * queries * keys * heads * 128 / ms}


def sparse() -> Iterator[Row]:
    """FlexAttention over each distinct window of the published map, and over everything."""
    from pipelines.dit_video.attention import flex
    from pipelines.dit_video.natten_map import layer_windows
    from pipelines.dit_video.sparse_mask import block_mask, kept_share, token_mask
    from pipelines.dit_video.tiles import TokenOrder

    for frames in (8, 24):
        grid = (frames, 44, 80)
        tokens = frames * 44 * 80
        q, k, v = (normal(1, tokens, 16, 128).transpose(1, 2) for _ in range(3))
        run = flex("cuda")
        windows = layer_windows(grid, 28)
        for window in dict.fromkeys(windows):
            order = TokenOrder(grid, window.dilations)
            mask = block_mask(window, order, DEVICE)
            ms = timed(lambda mask=mask: run(q, k, v, block_mask=mask))
            rows = torch.randint(tokens, (64,), device=DEVICE)
            everything = torch.arange(tokens, device=DEVICE)
            zero = torch.zeros((), dtype=torch.int64, device=DEVICE)
            visible = token_mask(window, order, DEVICE)(zero, zero, rows[:, None], everything[None])
            scores = (q[0, 0, rows].float() @ k[0, 0].float().T) / 128**0.5
            want = scores.masked_fill(~visible, float("-inf")).softmax(dim=-1) @ v[0, 0].float()
            got = run(q, k, v, block_mask=mask)[0, 0, rows].float()
            axes = {axis: [each.window, each.stride, each.dilation]
                    for axis, each in zip(("time", "height", "width"), window.axes)}
            yield {"grid": list(grid), "window": axes, "layers": [i for i, w in enumerate(windows) if w == window],
                   "kept": kept_share(window, order), "ms": ms,
                   "relativeError": float((got - want).norm() / want.norm())}
        yield {"grid": list(grid), "window": "everything", "kept": 1.0, "ms": timed(lambda: run(q, k, v))}
        x, index = normal(1, tokens, 2048), torch.randperm(tokens, device=DEVICE)
        yield {"grid": list(grid), "window": "token permutation", "ms": timed(lambda: x[:, index])}


def launches() -> Iterator[Row]:
    """Tiny kernels: host-bound in turn, in a graph, and queued behind a long one. Microseconds a kernel."""
    x, y = torch.randn(256, device=DEVICE), torch.randn(256, device=DEVICE)
    index = torch.zeros((), dtype=torch.int64, device=DEVICE)

    def wall(action: Callable[[], object], count: int) -> float:
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(count):
            action()
        torch.cuda.synchronize()
        return (time.perf_counter() - start) / count * 1e6

    for name, action in {"kernel": lambda: x.add_(1e-6), "memcpy": lambda: y.copy_(x), "memset": lambda: y.zero_(),
                         "item": lambda: index.item(), "kernel and item": lambda: (x.add_(1e-6), index.item())}.items():
        yield {"what": f"host-bound {name}", "microseconds": statistics.median(wall(action, 500) for _ in range(7))}
    pairs = {"kernel": lambda: x.add_(1e-6), "memcpy": lambda: y.copy_(x),
             "memset and kernel": lambda: (y.zero_(), x.add_(1e-6))}
    for name, action in pairs.items():
        action()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            for _ in range(1000):
                action()
        yield {"what": f"graph of 1000, a {name}", "microseconds": timed(graph.replay) * 1000 / 1000}
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        values = []
        for _ in range(5):
            torch.cuda._sleep(20_000_000)  # about 10 ms, in which the host queues all that follows
            begin.record()
            for _ in range(500):
                action()
            end.record()
            end.synchronize()
            values.append(begin.elapsed_time(end) * 1000 / 500)
        yield {"what": f"queued, a {name}", "microseconds": statistics.median(values)}


def host() -> Iterator[Row]:
    """What FP8 costs the host, in the company of a layer's other calls: 16 tokens, so the device never holds it up.

    Microseconds a quantization, and an FP8 product more than a bf16 one. Alone in a loop both would look cheaper: code
    that has just run is still in the caches. Two ways of using FP8 give the two unknowns, a third checks them.
    """
    dim, layers = 256, 40
    x = normal(16, dim)

    def linears(*parts: str) -> list[dict[str, torch.nn.Module]]:
        sizes = {"q": (dim, dim), "k": (dim, dim), "v": (dim, dim), "o": (dim, dim), "up": (dim, 4 * dim),
                 "down": (4 * dim, dim)}
        made = []
        for _ in range(layers):
            layer = {name: torch.nn.Linear(*size, device=DEVICE, dtype=torch.bfloat16) for name, size in sizes.items()}
            made.append({name: Fp8Linear(one, "row") if name in parts else one for name, one in layer.items()})
        return made

    def run(made: list[dict[str, torch.nn.Module]]) -> float:
        torch.cuda.synchronize()
        start = time.perf_counter()
        y = x
        for one in made:
            given = quantize_once(one["q"], F.layer_norm(y, (dim,)) * 1.01 + 0.01)
            q, k, v = (one[name](given).view(1, 16, 2, dim // 2).transpose(1, 2) for name in "qkv")
            mixed = F.scaled_dot_product_attention(q * q.square().mean(-1, keepdim=True).rsqrt(), k, v)
            y = y + one["o"](mixed.transpose(1, 2).reshape(16, dim)) * 0.99
            hidden = F.gelu(one["up"](F.layer_norm(y, (dim,)) * 1.01 + 0.01))
            y = y + one["down"](hidden) * 0.99
        torch.cuda.synchronize()
        return (time.perf_counter() - start) / layers * 1e6

    arms = {"bf16": linears(), "ffn": linears("up", "down"), "qkv": linears("q", "k", "v"),
            "all": linears("q", "k", "v", "o", "up", "down")}
    samples: dict[str, list[float]] = {name: [] for name in arms}
    for index in range(25):
        for name, made in arms.items():
            took = run(made)
            if index >= 4:  # the first ones compile and allocate
                samples[name].append(took)
    more = {name: statistics.median(a - b for a, b in zip(samples[name], samples["bf16"])) for name in arms}
    # ffn: two quantizations and two products; qkv: one and three.
    product = (more["qkv"] - more["ffn"] / 2) / 2
    quantization = more["ffn"] / 2 - product
    yield {"what": "layer", "microseconds": {name: statistics.median(values) for name, values in samples.items()}}
    yield {"what": "fp8", "quantizeMicroseconds": quantization, "matmulMicroseconds": product,
           "allPredicted": 4 * quantization + 6 * product, "allMeasured": more["all"]}


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "linear": linear, "copies": copies, "kvOperations": kv_operations, "attention": attention, "sparse": sparse,
    "launches": launches, "host": host,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=list(SECTIONS), default=list(SECTIONS))
    arguments = parser.parse_args()
    result: dict[str, Any] = {"schema": "bench.rates/1", **machine(DEVICE), "failed": {}}
    with torch.inference_mode(), backend_context("cudnn"):
        for name in arguments.only:
            started = time.perf_counter()
            rows = result.setdefault(name, [])
            try:
                for row in SECTIONS[name]():
                    rows.append(row)
            except Exception as problem:  # one section that fails must not cost the others
                result["failed"][name] = f"{type(problem).__name__}: {problem}"[:2000]
                print(f"{name} failed: {problem}", flush=True)
            torch.cuda.empty_cache()
            print(f"{name}: {len(rows)} rows in {time.perf_counter() - started:.1f} s", flush=True)
            arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
