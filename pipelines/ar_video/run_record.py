"""run.json: what was run, on what, and how long each block took."""

from __future__ import annotations

import dataclasses
import datetime
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import torch

from pipelines.ar_video.caches import bytes_moved
from pipelines.ar_video.config import Config
from pipelines.ar_video.summary import Summary

SCHEMA = "pipelines.run/1"


def camel(name: str) -> str:
    """steady_block_ms to steadyBlockMs: the spelling of the other JSON files of the project."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def camel_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {camel(key): camel_keys(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [camel_keys(item) for item in value]
    return value


def machine(device: str) -> dict[str, Any]:
    """The software and the device, as far as they can be asked."""
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "gpu": None,
        "driver": None,
    }
    if device != "cpu":
        found["gpu"] = torch.cuda.get_device_name()
        found["driver"] = driver_version()
    return found


def driver_version() -> str | None:
    """The display driver's version; None where neither nvidia-smi nor /proc tells."""
    query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True)
        return answer.stdout.split("\n")[0].strip()
    except (OSError, subprocess.SubprocessError):
        pass
    try:
        found = re.search(r"\d+\.\d+(\.\d+)?", Path("/proc/driver/nvidia/version").read_text())
    except OSError:
        return None
    return found.group(0) if found else None


def shapes(config: Config) -> dict[str, Any]:
    frames = config.blocks * config.frames_per_block
    return {
        "patchGrid": list(config.grid),
        "latent": [config.batch, frames, config.latent_channels, *config.latent_size],
        "queryTokens": config.block_tokens,
        "windowTokens": config.window_tokens,
        "sinkTokens": config.sink_tokens,
        "bytesMoved": camel_keys(bytes_moved(config)),
    }


def run_record(config: Config, summary: Summary, **more: Any) -> dict[str, Any]:
    """`more` is added at the top level: the command, memory, spans, what graphs did."""
    return {
        "schema": SCHEMA,
        "pipeline": "ar_video",
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        **machine(config.device),
        "config": camel_keys(dataclasses.asdict(config)),
        "shapes": shapes(config),
        "timing": "CUDA events" if config.device != "cpu" else "host clock",
        **camel_keys(dataclasses.asdict(summary)),
        **camel_keys(more),
    }


def table(summary: Summary) -> str:
    """Block times for a terminal."""
    lines = [f"{'block':<20}{'role':<10}{'ms':>10}"]
    lines += [f"{b.name:<20}{b.role:<10}{b.duration_ms:>10.3f}" for b in summary.blocks]
    lines.append("")
    if summary.steady_block_ms is None:
        lines.append("no steady block: more blocks are needed to fill the window")
    else:
        lines.append(f"steady block   {summary.steady_block_ms:10.3f} ms")
        lines.append(f"inter-frame    {summary.inter_frame_ms:10.3f} ms a latent frame")
    lines += [f"switch latency {s.latency_ms:10.3f} ms at {s.block}" for s in summary.switches]
    return "\n".join(lines)
