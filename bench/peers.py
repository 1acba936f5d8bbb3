"""Times gapscope and Holistic Trace Analysis on the same PyTorch profiler JSON, to the same answer, by turns.

    python -m bench.peers --hta CHECKOUT --python PYTHON --ops 100000 1000000 --runs 3 [--file FILE.json.gz …]

CHECKOUT is a clone of facebookresearch/HolisticTraceAnalysis, PYTHON an interpreter with pandas, plotly, networkx and
PyYAML. A run is a whole process: start, read, answer one question (idle time by stream, or time by kernel) or both. For
gapscope both are two processes, `gaps --by-stream` and `kernels`, which both read the file; "kept" is the same on what
`gapscope import` keeps. The answers are compared: time by stream and by kernel name to HTA's two decimals of a microsecond; time by class to a
thousandth, because a launch in the very nanosecond in which the op before ended may come out later in HTA's doubles.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

from .tile_trace import tile
from .timing import GAPSCOPE, Run, export_json, load, median_of, spread, timed

# HTA rounds times to whole microseconds by default, which lengthens every gap; without, its answer can be compared.
UNROUNDED = {"HTA_DISABLE_NS_ROUNDING": "1"}
CLASSES = {"host_wait": "hostWait", "kernel_wait": "kernelWait", "other": "other"}
TOLERANCE_US = 0.006


COMMANDS = {"idle": ["gaps", "--by-stream"], "kernels": ["kernels", "--top", "all"]}


def gapscope(path: Path, question: str) -> Run:
    """Both questions one after the other are one run."""
    asked = list(COMMANDS) if question == "both" else [question]
    runs = [timed([*GAPSCOPE, *COMMANDS[each], str(path), "--json", "--quiet"]) for each in asked]
    return Run(sum(run.wall for run in runs), sum(run.cpu for run in runs), max(run.mb for run in runs),
               "\n\0".join(run.stdout for run in runs))


def hta(python: str, checkout: Path, path: Path, question: str) -> Run:
    command = [python, "bench/peers_hta.py", str(path.resolve()), question]
    return timed(command, {**UNROUNDED, "PYTHONPATH": str(checkout)})


def disagreements(ours: str, theirs: dict) -> list[str]:
    """What the two say differently."""
    gaps, kernels = (json.loads(text) for text in ours.split("\n\0"))
    found = []
    for device in gaps["devices"]:
        for stream in device["byStream"]["streams"]:
            total = stream["gaps"]["totalNs"] / 1e3
            their = {name: theirs["idle"].get(f"{stream['stream']} {name}", 0) for name in CLASSES}
            if abs(total - sum(their.values())) > 3 * TOLERANCE_US:
                found.append(f"stream {stream['stream']}: {total} and {their}")
            for name, key in CLASSES.items():
                us = stream[key]["totalNs"] / 1e3
                if abs(us - their[name]) > TOLERANCE_US + total / 1000:
                    found.append(f"stream {stream['stream']}, {name}: {us} and {their[name]}")
    for device in kernels["devices"]:
        for kernel in device["kernels"]:
            us = kernel["totalNs"] / 1e3
            if abs(us - theirs["kernels"].get(kernel["fullName"], 0)) > TOLERANCE_US:
                found.append(f"{kernel['fullName']}: {us} and {theirs['kernels'].get(kernel['fullName'])}")
    return found


def only_launches(text: Path) -> None:
    """Takes the correlation of waits and overheads out of our own export, one event a line: HTA takes whatever row
    carries an op's correlation last for its launch, and the answer would not be the same."""
    changed = text.with_suffix(".new")
    with text.open() as lines, changed.open("w") as out:
        for line in lines:
            if '"cat":"overhead"' in line or '"cat":"cuda_sync"' in line:
                line = re.sub(r'"correlation":\d+,?', "", line).replace(",}", "}")
            out.write(line)
    changed.replace(text)


def compare(path: Path, label: str, arguments: argparse.Namespace, scratch: Path) -> None:
    kept = scratch / "kept"
    timed([*GAPSCOPE, "import", str(path), "-o", str(kept), "--force", "--quiet"])
    for question in ("idle", "kernels", "both"):
        ours, fast, theirs = [], [], []
        for _ in range(arguments.runs):
            theirs.append(hta(arguments.python, arguments.hta, path, question))
            ours.append(gapscope(path, question))
            fast.append(gapscope(kept, question))
        for who, runs in (("HTA", theirs), ("gapscope", ours), ("gapscope, kept", fast)):
            ratios = [median_of(theirs, of) / median_of(runs, of) for of in ("wall", "cpu")]
            print(f"| {label} | {question} | {who} | {spread(runs)} | {median_of(runs, 'cpu'):.2f} "
                  f"| {median_of(runs, 'mb'):,.0f} | {ratios[0]:.1f} | {ratios[1]:.1f} |", flush=True)
    answer = json.loads(next(line for line in theirs[0].stdout.splitlines() if line.startswith("ANSWER"))[7:])
    different = disagreements(ours[0].stdout, answer)
    same = "the same answer" if not different else "DIFFERENT: " + "; ".join(different[:5])
    print(f"<!-- {label}: {same}; {answer['versions']}; {load()} -->", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hta", type=Path, required=True)
    parser.add_argument("--python", default="python3")
    parser.add_argument("--source", type=Path, default=Path("traces/small-eager.trace"))
    parser.add_argument("--ops", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--file", type=Path, nargs="*", default=[])
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    head = subprocess.run(["git", "-C", str(arguments.hta), "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    print(f"<!-- HTA {head.stdout.strip() or 'of unknown commit'} -->")
    print("| file | question | who | s, median (least to most) | CPU s | MB | HTA ÷ it, wall | HTA ÷ it, CPU |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for file in arguments.file:
            compare(file, file.name, arguments, scratch)
        for wanted in arguments.ops:
            trace, text = scratch / "long.trace", scratch / "long.json"
            ops = tile(arguments.source, trace, wanted)
            export_json(trace, text)
            only_launches(text)
            compare(text, f"{ops:,} ops, {text.stat().st_size / 1e6:,.0f} MB", arguments, scratch)


if __name__ == "__main__":
    main()
