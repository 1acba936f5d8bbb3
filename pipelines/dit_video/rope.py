"""Rotary factors of a whole grid, in whatever order its tokens are."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.ar_video.rope import axis_widths
from pipelines.dit_video.tiles import Grid, TokenOrder

# Height and width reach three times as far as in training: the frequencies' base is raised.
EXTRAPOLATION = (1.0, 3.0, 3.0)


def rope_factors(grid: Grid, head_dim: int, device: str) -> Tensor:
    """complex64 [tokens, 1, head_dim / 2], natural order: time, height, width side by side."""
    axes = []
    for length, width, reach in zip(grid, axis_widths(head_dim), EXTRAPOLATION, strict=True):
        base = 10000.0 * (reach ** (width / (width - 2)) if width > 2 else 1.0)
        exponents = torch.arange(0, width, 2, dtype=torch.float64) / width
        angles = torch.outer(torch.arange(length, dtype=torch.float64), base**-exponents)
        axes.append(torch.polar(torch.ones_like(angles), angles))
    frames, rows, columns = grid
    time, height, across = axes
    shape = (frames, rows, columns, -1)
    joined = torch.cat(
        [
            time.view(frames, 1, 1, -1).expand(shape),
            height.view(1, rows, 1, -1).expand(shape),
            across.view(1, 1, columns, -1).expand(shape),
        ],
        dim=-1,
    )
    return joined.reshape(frames * rows * columns, 1, -1).to(device, torch.complex64)


def in_order(factors: Tensor, order: TokenOrder) -> Tensor:
    return factors[order.natural.to(factors.device)]


def rotate(x: Tensor, factors: Tensor) -> Tensor:
    """x [B, S, H, D] by factors [S, 1, D / 2]; the same shape and dtype."""
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * factors).flatten(-2).type_as(x)
