"""Whole processes, timed: wall time and peak memory, as a median of several."""

from __future__ import annotations

import os
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

GAPSCOPE = ["node", "dist/cli/main.js"]


@dataclass(frozen=True)
class Run:
    """One process: seconds of wall time and of all its threads' work, MB of peak resident memory, and what it printed."""

    wall: float
    cpu: float
    mb: float
    stdout: str


def timed(command: list[str], env: dict[str, str] | None = None) -> Run:
    """Runs a command to its end under GNU time."""
    run = subprocess.run(["/usr/bin/time", "-f", "%e %U %S %M", *command], capture_output=True, text=True,
                         env={**os.environ, **(env or {})}, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{run.stderr}")
    wall, user, system, kilobytes = run.stderr.split()[-4:]
    return Run(float(wall), float(user) + float(system), float(kilobytes) / 1e3, run.stdout)


def median_of(runs: list[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)


def spread(runs: list[Run]) -> str:
    """`0.35 (0.34 to 0.36)`: median, least and most seconds of wall time."""
    walls = sorted(run.wall for run in runs)
    return f"{statistics.median(walls):.2f} ({walls[0]:.2f} to {walls[-1]:.2f})"


def load() -> str:
    """What else the machine was doing: processes that wanted a core, over the last minute, and cores."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def export_json(trace: Path, target: Path) -> None:
    """Writes a trace as the JSON of the PyTorch profiler."""
    timed([*GAPSCOPE, "export", str(trace), "--perfetto", str(target), "--quiet"])
