"""How far the first block's residual and input move from step to step: what a step cache meets.

Recorded in a run that computes every block, and compared step against step afterwards, so that the
hits of any threshold can be told without a run of its own.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from pipelines.dit_video.config import Config
from pipelines.dit_video.model import Transformer
from pipelines.dit_video.places import Places
from pipelines.dit_video.step_cache import Decision, Forward, change_of, l1

# Device memory that the residuals of all steps may take; past it only every n-th token is kept.
BYTES = 8 << 30


class ResidualRecorder:
    """A strategy that runs all blocks, the first one apart."""

    def __init__(self, config: Config, places: Places, model: Transformer) -> None:
        self._last = config.layers - 1
        self._places = places
        self._model = model
        self._input: dict[str, Tensor] = {}
        self.decisions: list[Decision] = []
        self.stride = token_stride(config)
        self.residuals: dict[str, list[Tensor]] = {}
        self.changes: dict[str, list[Tensor]] = {}

    def reset(self) -> None:
        self.residuals.clear()
        self.changes.clear()
        self._input.clear()

    def run(self, x: Tensor, forward: Forward) -> Tensor:
        tokens = self._places.align(x, -1, 0)
        self._note_input(tokens, forward)
        out = forward.stages.blocks(x, forward.given, 0, 0)
        residual = out - tokens
        self.residuals.setdefault(forward.kind, []).append(residual[:, :: self.stride].clone())
        return forward.stages.blocks(out, forward.given, 1, self._last)

    def _note_input(self, tokens: Tensor, forward: Forward) -> None:
        place = self._places.layers[0]
        now = self._model.first_block.first_input(tokens, forward.given.timing, place)
        before = self._input.get(forward.kind)
        # The first step has nothing before it: no change. All stay on the device until the end.
        change = torch.zeros((), device=now.device) if before is None else change_of(now, before)
        self.changes.setdefault(forward.kind, []).append(change)
        self._input[forward.kind] = now

    def step_changes(self) -> dict[str, list[float]]:
        """By kind, mean |m_i - m_(i-1)| / mean |m_(i-1)| of the first block's modulated input."""
        return {kind: torch.stack(changes).tolist() for kind, changes in self.changes.items()}

    def record(self) -> dict[str, Any]:
        """Row i has i numbers: mean |r_i - r_j| / mean |r_j| against every earlier step j."""
        return {
            "every_nth_token": self.stride,
            **{kind: distances(steps) for kind, steps in self.residuals.items()},
        }


def token_stride(config: Config) -> int:
    """1 (every token) unless the residuals of all forwards would outgrow `BYTES`."""
    one = config.tokens * config.dim * torch.finfo(config.torch_dtype).bits // 8
    return max(1, -(-2 * config.passes * one // BYTES))


def distances(residuals: list[Tensor]) -> list[list[float]]:
    sizes = [l1(residual) for residual in residuals]
    rows = [
        [l1(residual - earlier) / size for earlier, size in zip(residuals[:i], sizes, strict=False)]
        for i, residual in enumerate(residuals)
    ]
    return [[float(value) for value in torch.stack(row).tolist()] if row else [] for row in rows]
