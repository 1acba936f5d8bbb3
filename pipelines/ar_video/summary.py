"""What the block times say: steady state, inter-frame latency, prompt-switch latency."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from pipelines.ar_video.config import Config


@dataclass(frozen=True)
class BlockTime:
    index: int
    name: str
    role: str  # first, filling, steady, switch
    duration_ms: float


@dataclass(frozen=True)
class Switch:
    """Latency: the first block after the switch minus the block before it."""

    block: str
    latency_ms: float


@dataclass(frozen=True)
class Summary:
    blocks: list[BlockTime]
    steady_block_ms: float | None  # mean; None when no block is steady
    inter_frame_ms: float | None  # steady block / frames per block, a latent frame
    switches: list[Switch]


def role(config: Config, index: int) -> str:
    """Steady blocks are neither the first, nor still filling the window, nor at a switch."""
    if index in config.switch_at:
        return "switch"
    if index == 0:
        return "first"
    filled = (index + 1) * config.frames_per_block
    return "filling" if filled <= config.window else "steady"


def summarize(config: Config, durations_ms: list[float]) -> Summary:
    """`durations_ms` holds one entry a block, in order."""
    blocks = [
        BlockTime(index, f"temporal_block_{index}", role(config, index), duration)
        for index, duration in enumerate(durations_ms)
    ]
    steady = [block.duration_ms for block in blocks if block.role == "steady"]
    mean = statistics.fmean(steady) if steady else None
    return Summary(
        blocks,
        mean,
        mean / config.frames_per_block if mean is not None else None,
        [
            Switch(block.name, block.duration_ms - durations_ms[block.index - 1])
            for block in blocks
            if block.role == "switch"
        ],
    )
