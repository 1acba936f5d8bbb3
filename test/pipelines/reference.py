"""A KV cache that forgets nothing, to hold the sliding one against.

Keeps K and V by absolute frame and picks sinks and window by frame number: no slots, no rolling, no
indices, no deferred copy of anything.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.ar_video.config import Config
from pipelines.ar_video.kv_cache import WritePlan

FramesUpdate = dict[int, tuple[Tensor, Tensor]]


class ReferenceCache:
    def __init__(self, config: Config) -> None:
        self.tokens = config.tokens_per_frame
        self.sinks = config.sinks
        self.history = config.window - config.sinks
        self.frames: FramesUpdate = {}
        self.sink_frames = list(range(config.sinks))

    def view(
        self, k: Tensor, v: Tensor, start: int, plan: WritePlan | None, *, write_sinks: bool = False
    ) -> tuple[Tensor, Tensor, FramesUpdate]:
        first, count = start // self.tokens, k.shape[1] // self.tokens
        new = {
            first
            + i: (
                k[:, i * self.tokens : (i + 1) * self.tokens],
                v[:, i * self.tokens : (i + 1) * self.tokens],
            )
            for i in range(count)
        }
        if write_sinks:  # a recache: its first frames become the sinks
            self.sink_frames = list(range(first, first + self.sinks))
        known = {**self.frames, **new}
        last = first + count
        window = range(max(0, last - self.history), last)
        sinks = [frame for frame in self.sink_frames if frame in known]
        # A recache without new sinks leaves the old ones' K and V alone.
        chosen = sinks + [frame for frame in window if frame not in sinks]
        return (
            torch.cat([known[frame][0] for frame in chosen], dim=1),
            torch.cat([known[frame][1] for frame in chosen], dim=1),
            new,
        )

    def apply(self, pending: FramesUpdate) -> None:
        self.frames.update(pending)

    def reset(self) -> None:
        self.frames.clear()
