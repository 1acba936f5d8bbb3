"""The small parts: per-head norm, adaptive layer norm, and modulation frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.ar_video.layers import layer_norm

EPS = 1e-6
FrameView = tuple[int, int, int, int]


class HeadNorm(nn.Module):
    """RMS norm over the last axis, [B, S, H, D]: queries and keys, head by head."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(dim))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight, EPS)


@dataclass(frozen=True)
class Timing:
    """What a forward's timesteps become, a row a frame: they differ where frames are given."""

    embedding: Tensor  # [B, T, C]
    lora: Tensor  # [B, T, 3C], shared by all layers and added to each one's modulation


class AdaptiveNorm(nn.Module):
    """Shift, scale (and gate) from the timestep, through a low rank: AdaLN-LoRA."""

    def __init__(self, dim: int, rank: int, parts: int = 3) -> None:
        super().__init__()
        self.parts = parts
        self.down = nn.Linear(dim, rank, bias=False)
        self.up = nn.Linear(rank, parts * dim, bias=False)

    def forward(self, timing: Timing) -> tuple[Tensor, ...]:
        """`parts` tensors [B, T, C]."""
        out = self.up(self.down(F.silu(timing.embedding)))
        return (out + timing.lora[..., : out.shape[-1]]).chunk(self.parts, dim=-1)


def by_frame(factor: Tensor, view: FrameView) -> Tensor:
    """factor [B, T, C] to broadcast to tokens seen as `view`: see TokenOrder.frame_view."""
    return factor.unflatten(1, (view[0], 1, view[2], 1))


def modulated(x: Tensor, shift: Tensor, scale: Tensor, view: FrameView) -> Tensor:
    """x [B, S, C] normalised, then scaled and shifted frame by frame."""
    tokens = layer_norm(x).unflatten(1, view)
    return (tokens * (1 + by_frame(scale, view)) + by_frame(shift, view)).flatten(1, 4)


def gated(x: Tensor, update: Tensor, gate: Tensor, view: FrameView) -> Tensor:
    """x + gate * update, [B, S, C], the gate frame by frame."""
    return torch.addcmul(
        x.unflatten(1, view), by_frame(gate, view), update.unflatten(1, view)
    ).flatten(1, 4)
