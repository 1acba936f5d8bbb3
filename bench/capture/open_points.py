"""Settles how CUPTI behaves on this machine, by recording small programs in different ways.

    python -m bench.capture.open_points --out results.json

Needs an NVIDIA GPU, torch with CUDA, pyarrow, and a built capture library (GAPSCOPE_LIBRARY names it). The answers
are in docs/capture.md.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import signal
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc

from .traces import folder_of, read_table, recorded, status, strings

SUBJECT = [sys.executable, "-m", "bench.capture.subjects"]


def last_json(output: str) -> dict:
    return json.loads([line for line in output.splitlines() if line.startswith("{")][-1])


def leak(out: Path) -> dict:
    """Do graph nodes use up CUPTI's device slots? With a pool of eight buffers (800 k slots), more
    nodes than that get no timestamps if they are never given back."""
    results = {}
    for name, settings in {
        "kernels, copies and sets": {"GAPSCOPE_DEVICE_POOL_LIMIT": "8"},
        "kernels only": {"GAPSCOPE_DEVICE_POOL_LIMIT": "8", "GAPSCOPE_EXPERIMENT": "no-memory"},
    }.items():
        code, output, _ = recorded([*SUBJECT, "leaking_graph"], out, settings)
        folder = folder_of(out)
        state = status(folder)
        results[name] = {"exit": code, **last_json(output), "ops": read_table(folder, "ops").num_rows,
                         "zeroTimestamps": state.get("zeroTimestamps"), "dropped": state.get("dropped")}
    return results


def costs(out: Path) -> dict:
    """Cost of each kind of record, CPU-bound, processes interleaved; and whether ops still find their launch."""
    def only(names: str) -> dict[str, str]:
        return {"GAPSCOPE_EXPERIMENT": names}

    modes: dict[str, dict[str, str] | None] = {
        "no library": None,
        "nothing recorded": only("no-memory,no-overhead,no-calls,no-kernels"),
        "ops alone": only("no-overhead,no-calls"),
        "as it is": {},
        "runtime calls too": {"GAPSCOPE_API": "both"},
        "without overheads": only("no-overhead"),
        "CUPTI's call records besides": only("call-records"),
        "CUPTI's synchronization records besides": only("sync-records"),
        "CUPTI's event records besides": only("event-records"),
    }
    runs: dict[str, list[dict]] = {mode: [] for mode in modes}
    joins = {}
    for _ in range(3):
        for mode, settings in modes.items():
            _, output, _ = recorded([*SUBJECT, "tiny_launches", "1.0"], out, settings, library=settings is not None)
            runs[mode].append(last_json(output))
            if settings is not None and mode not in joins:
                joins[mode] = join_rate(folder_of(out))
    return {mode: {**{loop: [run[loop] for run in runs[mode]] for loop in runs[mode][0]}, **joins.get(mode, {})}
            for mode in modes}


def join_rate(folder: Path) -> dict:
    ops, calls, names = read_table(folder, "ops"), read_table(folder, "calls"), strings(folder)
    known = set(calls["correlation"].to_pylist())
    found = sum(1 for correlation in ops["correlation"].to_pylist() if correlation in known)
    counts = Counter(names[name] for name in calls["name"].to_pylist())
    size = sum(file.stat().st_size for file in folder.glob("*.arrows"))
    return {"ops": ops.num_rows, "opsWithLaunch": found, "calls": calls.num_rows, "topCalls": counts.most_common(5),
            "bytesPerOp": round(size / max(ops.num_rows, 1), 1), "notEnabled": status(folder).get("notEnabled")}


def buffers(out: Path) -> dict:
    """What a request for a buffer costs the launching thread, by how buffers are prepared."""
    results = {}
    for name, settings in {
        "ready and cleared by us": {},
        "ready, cleared by CUPTI": {"GAPSCOPE_ZEROED": "0"},
        "made on demand": {"GAPSCOPE_BUFFERS": "0"},
        "made on demand, cleared by CUPTI": {"GAPSCOPE_BUFFERS": "0", "GAPSCOPE_ZEROED": "0"},
    }.items():
        _, output, _ = recorded([*SUBJECT, "tiny_launches"], out, settings)
        overheads = read_table(folder_of(out), "overheads")
        kinds = {}
        for kind in sorted(set(overheads["kind"].to_pylist())):
            durations = overheads.filter(pc.equal(overheads["kind"], kind))["durationNs"].to_pylist()
            kinds[kind] = {"count": len(durations), "medianUs": statistics.median(durations) / 1e3,
                           "maxUs": max(durations) / 1e3, "totalMs": sum(durations) / 1e6}
        results[name] = {**last_json(output), "overheads": kinds}
    return results


def nvtx(out: Path) -> dict:
    """A pair of push and pop: nobody listening, our handlers, CUPTI's markers."""
    results = {}
    _, output, _ = recorded([*SUBJECT, "ranges"], out, library=False)
    results["nobody"] = last_json(output)
    _, output, _ = recorded([*SUBJECT, "ranges"], out)
    results["ours"] = last_json(output)
    cupti = status(folder_of(out))["cuptiPath"]
    _, output, _ = recorded([*SUBJECT, "ranges"], out,
                            {"NVTX_INJECTION64_PATH": cupti, "GAPSCOPE_EXPERIMENT": "markers"})
    results["cupti"] = {**last_json(output), "records": status(folder_of(out)).get("unknownRecords")}
    return results


def graphs(out: Path) -> dict:
    """Which graph ops find the node that was captured, and by which way."""
    _, output, _ = recorded([*SUBJECT, "graph_kinds"], out)
    folder = folder_of(out)
    names = strings(folder)
    ops, nodes = read_table(folder, "ops"), read_table(folder, "graphNodes")
    execs = read_table(folder, "graphExecs").to_pylist()
    original = dict(zip(nodes["node"].to_pylist(), nodes["original"].to_pylist(), strict=True))
    stack_of = {row["node"]: row["stack"] for row in nodes.to_pylist() if row["original"] == 0}
    stacks = {row["id"]: row for row in read_table(folder, "rangeStacks").to_pylist()}

    def path(stack: int) -> str:
        parts = []
        while stack:
            parts.insert(0, names[stacks[stack]["name"]])
            stack = stacks[stack]["parent"]
        return ">".join(parts)

    result = []
    for row in ops.to_pylist():
        if row["graph"] == 0:
            continue
        node, hops = row["graphNode"], 0
        while original.get(node, 0) != 0:
            node, hops = original[node], hops + 1
        result.append((row["graph"], row["graphNode"] >> 32, row["graphNode"] & 0xFFFFFFFF, row["graphNode"] in original,
                       hops, path(stack_of.get(node, 0)), names[row["name"]][:40]))
    listing = [{"exec": r[0], "nodeOwner": r[1], "nodeLocal": r[2], "known": r[3], "hops": r[4], "path": r[5],
                "kernel": r[6], "count": count} for r, count in Counter(result).items()]
    return {"said": output.splitlines(), "graphOps": listing, "execs": execs[:20],
            "nodes": [[row["node"] >> 32, row["node"] & 0xFFFFFFFF, row["original"] >> 32, row["original"] & 0xFFFFFFFF,
                       row["graph"], row["originalGraph"], row["type"], row["stack"]] for row in nodes.to_pylist()]}


def hardware_events(_: Path) -> dict:
    """Is the hardware event system there? The header says Blackwell only."""
    import torch

    torch.cuda.init()
    torch.randn(1, device="cuda")
    cupti = ctypes.CDLL("libcupti.so.13")
    text = ctypes.c_char_p()
    code = cupti.cuptiActivityEnableHWTrace(1)
    cupti.cuptiGetResultString(code, ctypes.byref(text))
    return {"result": code, "text": text.value.decode() if text.value else ""}


def other_profiler(out: Path) -> dict:
    """torch.profiler during the second of five seconds: what is lost?"""
    _, output, _ = recorded([*SUBJECT, "profiler_in_the_middle"], out)
    folder = folder_of(out)
    names = strings(folder)
    ops = read_table(folder, "ops")["startNs"].to_numpy()
    result = {}
    for row in sorted(read_table(folder, "ranges").to_pylist(), key=lambda row: row["startNs"]):
        end = row["startNs"] + row["durationNs"]
        result[names[row["name"]]] = int(((ops >= row["startNs"]) & (ops < end)).sum())
    return {"launched": output.split(), "recorded": result, "status": status(folder)}


def killed(out: Path) -> dict:
    """How long before a signal is the last op that reached the disk?"""
    results = {}
    for kind in ("bound", "eager"):
        for number in (signal.SIGTERM, signal.SIGKILL):
            losses = []
            for _ in range(2):
                _, _, when = recorded([*SUBJECT, "endless", kind], out, kill=(3.3, number))
                ops = read_table(folder_of(out), "ops")
                last = max(pc.add(ops["startNs"], ops["durationNs"]).to_pylist())
                losses.append(round(when - last * 1e-9, 3))
            results[f"{kind} {number.name}"] = {"secondsLost": losses, "ops": ops.num_rows}
    return results


EXPERIMENTS: dict[str, Callable[[Path], dict]] = {
    "costs": costs, "leak": leak, "buffers": buffers, "nvtx": nvtx, "graphs": graphs,
    "hardware_events": hardware_events, "other_profiler": other_profiler, "killed": killed,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("open-points.json"))
    parser.add_argument("--only", nargs="*", choices=list(EXPERIMENTS), default=list(EXPERIMENTS))
    arguments = parser.parse_args()
    results: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.only:
            try:
                results[name] = EXPERIMENTS[name](Path(folder) / name)
            except Exception as problem:  # one experiment that fails must not cost the others
                results[name] = {"failed": f"{type(problem).__name__}: {problem}"}
            print(name, json.dumps(results[name])[:2500], flush=True)
            arguments.out.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
