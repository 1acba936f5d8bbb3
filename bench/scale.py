"""Times whole commands on long traces: wall time and peak memory, median of several processes.

    python -m bench.scale --ops 100000 1000000 10000000 --runs 5 --json-up-to 1000000

Needs pyarrow, GNU time and a built project. Tables for docs/benchmarks.md go to stdout. What is slow to make (the JSON
that is imported, the exports) is timed up to `--json-up-to` ops.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from .tile_trace import tile
from .timing import GAPSCOPE, export_json, load, median_of, spread, timed

LOOK = (["info"], ["gaps"], ["breakdown"], ["kernels"])


def commands(trace: Path, scratch: Path, with_json: bool) -> list[tuple[str, list[str], Path | None]]:
    """Label, arguments, and what is written and has to go before the next run."""
    found = [(" ".join(name), [*name, str(trace)], None) for name in LOOK]
    if not with_json:
        return found
    text = scratch / "long.json"
    export_json(trace, text)
    size = f"{text.stat().st_size / 1e6:,.0f} MB"
    out = scratch / "out"
    return [*found,
            (f"import, JSON of {size}", ["import", str(text), "-o", str(out)], out),
            ("gaps, the same JSON", ["gaps", str(text)], None),
            ("export --perfetto", ["export", str(trace), "--perfetto", str(out)], out),
            ("export --parquet", ["export", str(trace), "--parquet", str(out)], out)]


def remove(path: Path | None) -> None:
    if path is None:
        return
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, default=Path("traces/small-eager.trace"))
    parser.add_argument("--ops", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--runs-from-10m", type=int, default=3, help="runs of traces from ten million ops on")
    parser.add_argument("--json-up-to", type=int, default=1_000_000)
    arguments = parser.parse_args()
    print("| ops, each with its call | command | s, median (least to most) | CPU s | MB | µs an op |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for wanted in arguments.ops:
            trace = scratch / "long.trace"
            ops = tile(arguments.source, trace, wanted)
            count = arguments.runs_from_10m if wanted >= 10_000_000 else arguments.runs
            for label, command, written in commands(trace, scratch, wanted <= arguments.json_up_to):
                runs = []
                for _ in range(count):
                    runs.append(timed([*GAPSCOPE, *command, "--quiet"]))
                    remove(written)
                each = median_of(runs, "wall") / ops * 1e6
                print(f"| {ops:,} | `{label}` | {spread(runs)} | {median_of(runs, 'cpu'):.2f} "
                      f"| {median_of(runs, 'mb'):,.0f} | {each:.2f} |", flush=True)
            print(f"{ops:,} ops: {load()} at the end", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
