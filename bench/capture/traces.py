"""Reading a trace folder with pyarrow: what the experiments need, and no more."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pyarrow as pa

LIBRARY = os.path.abspath(os.environ.get("GAPSCOPE_LIBRARY", "build/Release/libgapscope_capture.so"))


def read_table(folder: Path, name: str) -> pa.Table:
    """Every complete batch of one table, however its file ends."""
    batches = []
    with open(folder / f"{name}.arrows", "rb") as file:
        try:
            reader = pa.ipc.open_stream(file)
            schema = reader.schema
            for batch in reader:
                batches.append(batch)
        except (pa.ArrowInvalid, OSError):
            pass
    return pa.Table.from_batches(batches, schema=schema)


def strings(folder: Path) -> dict[int, str]:
    table = read_table(folder, "strings")
    return {0: "", **dict(zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True))}


def status(folder: Path) -> dict[str, str]:
    table = read_table(folder, "status")
    return dict(zip(table["key"].to_pylist(), table["value"].to_pylist(), strict=True))


def recorded(command: list[str], out: Path, settings: dict[str, str] | None = None,
             kill: tuple[float, signal.Signals] | None = None, library: bool = True) -> tuple[int, str, float]:
    """Runs `command` with the capture library, in a fresh `out`. Returns exit code, its stdout, and the wall-clock
    time (s since the epoch) at which `kill` was sent (0: it was not)."""
    shutil.rmtree(out, ignore_errors=True)
    environment = dict(os.environ)
    if library:
        environment.update(CUDA_INJECTION64_PATH=LIBRARY, NVTX_INJECTION64_PATH=LIBRARY, GAPSCOPE_OUT=str(out))
    environment.update(settings or {})
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    killed = 0.0
    if kill is not None:
        delay, number = kill
        line = process.stdout.readline() if process.stdout else ""
        assert "ready" in line, line
        time.sleep(delay)
        killed = time.time()
        process.send_signal(number)
    output, _ = process.communicate(timeout=300)
    if kill is None and process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {output[-500:]}")
    return process.returncode, output, killed


def folder_of(out: Path) -> Path:
    """The one trace in `out` (the one with the most rows, where helpers of the program left some too)."""
    folders = sorted(out.glob("*.trace"), key=lambda folder: (folder / "ops.arrows").stat().st_size)
    if not folders:
        raise RuntimeError(f"nothing was recorded in {out}")
    return folders[-1]
