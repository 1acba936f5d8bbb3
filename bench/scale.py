"""Times whole commands on long traces: wall time and peak memory, median of several processes.

    python -m bench.scale --ops 100000 1000000 10000000 --runs 5

Needs pyarrow, GNU time and a built project. A table for docs/benchmarks.md goes to stdout.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
from pathlib import Path

from .tile_trace import tile

COMMANDS = (["info"], ["gaps"], ["breakdown"], ["kernels"])


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds of wall time and MB of peak resident memory of one process."""
    run = subprocess.run(["/usr/bin/time", "-f", "%e %M", *command], stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True, check=True)
    seconds, kilobytes = run.stderr.split()[-2:]
    return float(seconds), float(kilobytes) / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, default=Path("traces/small-eager.trace"))
    parser.add_argument("--ops", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    print("| ops, each with its call | command | s, median (least to most) | MB | µs an op |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for wanted in arguments.ops:
            trace = Path(folder) / "long.trace"
            ops = tile(arguments.source, trace, wanted)
            for command in COMMANDS:
                runs = [timed(["node", "dist/cli/main.js", *command, str(trace), "--quiet"])
                        for _ in range(arguments.runs)]
                seconds = sorted(run[0] for run in runs)
                middle = statistics.median(seconds)
                print(f"| {ops:,} | `{' '.join(command)}` | {middle:.2f} ({seconds[0]:.2f} to {seconds[-1]:.2f}) "
                      f"| {statistics.median(run[1] for run in runs):,.0f} | {middle / ops * 1e6:.2f} |", flush=True)


if __name__ == "__main__":
    main()
