"""Gaps that only a recording shows: between kernels of a graph, of a full queue, and from a call to its kernel.

    python -m bench.whatif.dispatch --out dispatch.json     # records itself with the capture library and reads it

Needs an NVIDIA GPU, torch with CUDA, pyarrow, and a built capture library (GAPSCOPE_LIBRARY names it).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

SECTIONS = ("graph", "graph_copies", "graph_memsets", "queued", "queued_copies", "idle", "idle_sync")


def subject() -> None:
    """Each section inside a range of its name, which ends after the device has."""
    import torch
    from torch.cuda import nvtx

    x, y = torch.randn(256, device="cuda"), torch.randn(256, device="cuda")

    def kernels(count: int) -> None:
        for _ in range(count):
            x.add_(1e-6)

    def copies(count: int) -> None:
        for _ in range(count // 2):
            x.add_(1e-6)
            y.copy_(x)

    def memsets(count: int) -> None:
        for _ in range(count // 2):
            y.zero_()
            x.add_(1e-6)

    def captured(work) -> torch.cuda.CUDAGraph:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            work(1000)
        graph.replay()
        return graph

    kernels(100)
    copies(100)
    memsets(100)
    graphs = {"graph": captured(kernels), "graph_copies": captured(copies), "graph_memsets": captured(memsets)}
    torch.cuda.synchronize()

    def queued(work) -> None:
        torch.cuda._sleep(20_000_000)
        work(600)

    def idle() -> None:
        for _ in range(100):
            torch.cuda.synchronize()
            time.sleep(0.0005)
            x.add_(1e-6)

    def idle_sync() -> None:
        for _ in range(200):
            x.add_(1e-6)
            torch.cuda.synchronize()

    todo = {"graph": lambda: [graphs["graph"].replay() for _ in range(3)],
            "graph_copies": lambda: [graphs["graph_copies"].replay() for _ in range(3)],
            "graph_memsets": lambda: [graphs["graph_memsets"].replay() for _ in range(3)],
            "queued": lambda: queued(kernels), "queued_copies": lambda: queued(copies), "idle": idle,
            "idle_sync": idle_sync}
    for name in SECTIONS:
        torch.cuda.synchronize()
        with nvtx.range(name):
            todo[name]()
            torch.cuda.synchronize()


def quartiles(values: list[int]) -> dict[str, float]:
    if len(values) < 4:
        return {"count": len(values)}
    low, middle, high = statistics.quantiles(values, n=4)
    return {"count": len(values), "p25": low, "median": middle, "p75": high}


def analyse(folder: Path) -> dict:
    """Nanoseconds: gaps between one op's end and the next one's start, durations, and call start to op start."""
    from bench.capture.traces import read_table, strings

    names = strings(folder)
    ops = sorted(read_table(folder, "ops").to_pylist(), key=lambda row: row["startNs"])
    calls = {row["correlation"]: row for row in read_table(folder, "calls").to_pylist() if row["correlation"]}
    result = {}
    for section in read_table(folder, "ranges").to_pylist():
        name = names[section["name"]]
        if name not in SECTIONS:
            continue
        start, end = section["startNs"], section["startNs"] + section["durationNs"]
        inside = [row for row in ops if start <= row["startNs"] < end and "spin" not in names[row["name"]]]
        gaps = [b["startNs"] - a["startNs"] - a["durationNs"] for a, b in zip(inside, inside[1:])]
        # A new replay is a new launch, and no gap inside a graph.
        same = [gap for gap, a, b in zip(gaps, inside, inside[1:]) if a["correlation"] == b["correlation"]]
        launched = [(row, calls[row["correlation"]]) for row in inside if row["correlation"] in calls]
        result[name] = {
            "ops": len(inside),
            "gapNs": quartiles(same if name.startswith("graph") else gaps),
            "opNs": {kind: quartiles([row["durationNs"] for row in inside if row["kind"] == kind])
                     for kind in sorted({row["kind"] for row in inside})},
            "callNs": quartiles([call["durationNs"] for _, call in launched]),
            "callStartToOpStartNs": quartiles([row["startNs"] - call["startNs"] for row, call in launched]),
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.out is None:
        subject()
        return
    from bench.capture.traces import folder_of, recorded

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "dispatch"
        recorded([sys.executable, "-m", "bench.whatif.dispatch"], out)
        found = analyse(folder_of(out))
    arguments.out.write_text(json.dumps({"schema": "bench.dispatch/1", "unit": "ns", "sections": found}, indent=1) + "\n")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
