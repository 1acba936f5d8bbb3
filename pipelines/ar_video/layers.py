"""The small parts: norms and linears, kept as unfused as the original's."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.ar_video.config import Config

EPS = 1e-6


class RmsNorm(nn.Module):
    """Over the last axis, in float32 and one op at a time: 8 kernels, as in the original."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(dim))

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        scale = torch.rsqrt(wide.pow(2).mean(dim=-1, keepdim=True) + EPS)
        return (wide * scale).type_as(x) * self.weight


class LoraLinear(nn.Module):
    """A linear layer with its low-rank update left unmerged: 4 kernels more for each one.

    LongLive v1 runs so: rank 256, alpha 256 (a scale of 1, applied all the same), on every linear
    layer of every block.
    """

    def __init__(self, inputs: int, outputs: int, rank: int) -> None:
        super().__init__()
        self.base = nn.Linear(inputs, outputs)
        self.down = nn.Linear(inputs, rank, bias=False)
        self.up = nn.Linear(rank, outputs, bias=False)
        self.scale = 1.0

    def forward(self, x: Tensor) -> Tensor:
        update = self.up(self.down(x)) * self.scale
        result: Tensor = self.base(x) + update
        return result


def block_linear(config: Config, inputs: int, outputs: int) -> nn.Module:
    """One of a block's ten linear layers."""
    if config.lora:
        return LoraLinear(inputs, outputs, config.lora_rank)
    return nn.Linear(inputs, outputs)


def layer_norm(x: Tensor) -> Tensor:
    """Over the last axis, without weights."""
    return F.layer_norm(x, (x.shape[-1],), eps=EPS)


def modulate(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """x [B, S, C] shifted and scaled frame by frame; shift, scale [B, F, 1, C]."""
    frames = x.unflatten(1, (shift.shape[1], -1))
    return (frames * (1 + scale) + shift).flatten(1, 2)


def gate(x: Tensor, factor: Tensor) -> Tensor:
    """x [B, S, C] times factor [B, F, 1, C]."""
    return (x.unflatten(1, (factor.shape[1], -1)) * factor).flatten(1, 2)
