"""Everything that a what-if is held against, in one call on a machine with an NVIDIA GPU.

    GAPSCOPE_LIBRARY=build/Release/libgapscope_capture.so python -m bench.whatif.campaign OUT [--stages NAME ...]

Stages are processes of their own: a stage that fails, or outlasts its time, is recorded and costs the others nothing.
OUT gets `results-FIRST.tar.gz`, called after the first stage (`rates.json`, `dispatch.json`, a `measured-SUBJECT.json`
a subject, `campaign.json`, which says what ran and for how long, and the log), and `captures-KIND.tar` (NAME.trace:
gzipped tables and the pipeline's run.json). Times in `measured` and `rates` are unprofiled; only `captures` and
`dispatch` run under the library.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import gzip
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from .arms import CAPTURE_TINY, CAPTURES, SUBJECTS

# Stage -> seconds after which it is ended. `captures` has its limit for each recording.
STAGES = {"rates": 120, "dispatch": 60, "captures": 90, **dict.fromkeys(SUBJECTS, 240)}
DEFAULT = ["rates", "dispatch", "ar-small", "ar-full", "dit", "dit-full", "captures", "compile-small", "compile-full"]


def run(command: list[str], seconds: float, log: Path, environment: dict[str, str] | None = None) -> str:
    """'' when the command succeeds, otherwise what went wrong. Its output goes to `log`, the end of it to ours."""
    with open(log, "ab") as file:
        file.write(f"$ {' '.join(command)}\n".encode())
        file.flush()
        try:
            code = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, timeout=seconds,
                                  env={**os.environ, **(environment or {})}).returncode
        except subprocess.TimeoutExpired:
            return f"ended after {seconds:.0f} s"
    if code == 0:
        return ""
    tail = log.read_bytes()[-1500:].decode(errors="replace")
    return f"exit {code}: {tail}"


def capture(name: str, out: Path, log: Path, seconds: float, tiny: bool) -> str:
    """Records one pipeline run into OUT/NAME.trace, compressed by another thread's time."""
    pipeline, options = CAPTURES[name]
    with tempfile.TemporaryDirectory() as scratch:
        library = str(Path(os.environ.get("GAPSCOPE_LIBRARY", "build/Release/libgapscope_capture.so")).resolve())
        environment = {} if tiny else {
            "CUDA_INJECTION64_PATH": library, "NVTX_INJECTION64_PATH": library, "GAPSCOPE_OUT": f"{scratch}/out",
            "GAPSCOPE_PROFILER_API": "1"}
        record = Path(scratch) / "run.json"
        command = [sys.executable, "-m", f"pipelines.{pipeline}", *options, *(CAPTURE_TINY[pipeline] if tiny else [])]
        problem = run([*command, "--profiler-api", "--out", str(record)], seconds, log, environment)
        if problem:
            return problem
        folders = [folder for folder in Path(scratch).glob("out/*.trace") if (folder / "ops.arrows").exists()]
        if not folders and not tiny:
            return "nothing was recorded"
        # Child processes (a compiler's workers) may leave traces too: the largest is the pipeline's.
        folders.sort(key=lambda folder: (folder / "ops.arrows").stat().st_size)
        target = out / f"{name}.trace"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        shutil.copy(record, target / "run.json")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda table: compress(table, target), folders[-1].glob("*.arrows") if folders else []))
    size = sum(file.stat().st_size for file in target.iterdir())
    print(f"  {name}: {size / 1e6:.2f} MB", flush=True)
    return ""


def compress(table: Path, target: Path) -> None:
    with open(table, "rb") as source, open(target / f"{table.name}.gz", "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            shutil.copyfileobj(source, packed)


def captures(names: list[str], out: Path, log: Path, seconds: float, tiny: bool, until: float) -> dict[str, str]:
    """Failures by name. Traces are packed, because a machine may hand back only a few files, none of them large."""
    failed = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            try:
                late = time.monotonic() > until
                problem = "no time was left" if late else capture(name, Path(folder), log, seconds, tiny)
            except OSError as error:
                problem = f"{type(error).__name__}: {error}"
            if problem:
                failed[name] = problem
                print(f"  {name}: {problem[-600:]}", flush=True)
        for kind in ("ar-small", "ar-full", "dit", "matmul"):
            found = sorted(Path(folder).glob(f"{kind}*.trace"))
            if found:
                pack(out / f"captures-{kind}.tar", found)
    return failed


def pack(file: Path, members: list[Path]) -> None:
    """Written beside and renamed, so that a cut-off run leaves the last whole one."""
    draft = file.with_name(f".{file.name}")
    with tarfile.open(draft, "w:gz" if file.suffix == ".gz" else "w") as tar:
        for member in members:
            tar.add(member, member.name)
    draft.rename(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--stages", nargs="+", choices=list(STAGES), default=DEFAULT)
    parser.add_argument("--captures", nargs="+", choices=list(CAPTURES), default=list(CAPTURES))
    parser.add_argument("--seconds", type=float, default=540, help="begin no stage after this long (default 540)")
    parser.add_argument("--tiny", action="store_true", help="small shapes on the CPU, to check the program")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        campaign(arguments, Path(folder))


def campaign(arguments: argparse.Namespace, folder: Path) -> None:
    """Runs the stages; `folder` gets their results, OUT a packed copy after every stage."""
    started = time.monotonic()
    until = started + arguments.seconds
    log, stages = folder / "log.txt", {}
    for stage in arguments.stages:
        begun, left = time.monotonic(), until - time.monotonic()
        failed: object
        if left < 5:
            failed = "no time was left"
        elif stage == "captures":
            failed = captures(arguments.captures, arguments.out, log, STAGES[stage], arguments.tiny, until)
        else:
            limit = min(STAGES[stage], left)
            if stage in SUBJECTS:
                name, command = f"measured-{stage}.json", ["bench.whatif.measure", stage, "--seconds", str(0.7 * limit)]
                command += ["--tiny", "--rounds", "1"] if arguments.tiny else []
            else:
                name, command = f"{stage}.json", [f"bench.whatif.{stage}"]
            failed = run([sys.executable, "-m", *command, "--out", str(folder / name)], limit, log)
        stages[stage] = {"seconds": round(time.monotonic() - begun, 1), **({"failed": failed} if failed else {})}
        print(f"{stage}: {json.dumps(stages[stage])[:1500]}", flush=True)
        report = {"schema": "bench.campaign/1", "stages": stages}
        (folder / "campaign.json").write_text(json.dumps(report, indent=1) + "\n")
        pack(arguments.out / f"results-{arguments.stages[0]}.tar.gz", sorted(folder.iterdir()))


if __name__ == "__main__":
    main()
