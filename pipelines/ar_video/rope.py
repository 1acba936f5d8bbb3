"""Rotary position embedding over time, height and width.

Two ways of doing the same thing. `fp64` is the original's: complex128 factors, applied in float64,
one sample at a time, with the factors assembled anew for every tensor of every layer. `fp32` is the
lean one: complex64, the whole batch at once, factors assembled once a forward.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.ar_video.config import Config


def axis_widths(head_dim: int) -> tuple[int, int, int]:
    """Channels of a head given to (time, height, width): 44, 42, 42 of 128."""
    spatial = 2 * (head_dim // 6)
    return head_dim - 2 * spatial, spatial, spatial


@dataclass(frozen=True)
class RopeFactors:
    """Unit complex numbers of one forward: time [F, d_t/2], height [h, d_h/2], width [w, d_w/2].

    `joined` is all three over the F x h x w grid, [F*h*w, 1, d/2], where it is made once a forward.
    """

    time: Tensor
    height: Tensor
    width: Tensor
    joined: Tensor | None = None

    def join(self) -> Tensor:
        frames, rows, columns = len(self.time), len(self.height), len(self.width)
        shape = (frames, rows, columns, -1)
        return torch.cat(
            [
                self.time.view(frames, 1, 1, -1).expand(shape),
                self.height.view(1, rows, 1, -1).expand(shape),
                self.width.view(1, 1, columns, -1).expand(shape),
            ],
            dim=-1,
        ).reshape(frames * rows * columns, 1, -1)


class RopeTable:
    """The factors of every position, [positions, d/2] an axis."""

    def __init__(self, config: Config) -> None:
        self._lean = config.rope == "fp32"
        self._grid = config.grid
        self._axes = [
            _axis_table(config.rope_positions, width, config.device, lean=self._lean)
            for width in axis_widths(config.head_dim)
        ]

    def at(self, start_frame: int, frames: int) -> RopeFactors:
        """Views for frames [start, start + frames): no copy, so no kernel."""
        time, height, width = self._axes
        rows, columns = self._grid
        return RopeFactors(time[start_frame : start_frame + frames], height[:rows], width[:columns])

    def prepare(self, factors: RopeFactors) -> RopeFactors:
        """Called once a forward: joins the axes, if that is not left to every layer."""
        if not self._lean:
            return factors
        return RopeFactors(factors.time, factors.height, factors.width, factors.join())


def _axis_table(positions: int, width: int, device: str, *, lean: bool) -> Tensor:
    exponents = torch.arange(0, width, 2, dtype=torch.float64) / width
    angles = torch.outer(torch.arange(positions, dtype=torch.float64), 10000.0**-exponents)
    table = torch.polar(torch.ones_like(angles), angles)
    return table.to(device=device, dtype=torch.complex64 if lean else torch.complex128)


def rotate(x: Tensor, factors: RopeFactors) -> Tensor:
    """Rotates x [B, S, H, D] and returns the same shape and dtype."""
    if factors.joined is not None:
        pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
        return torch.view_as_real(pairs * factors.joined).flatten(-2).type_as(x)
    return torch.stack([_rotate_sample(sample, factors) for sample in x]).type_as(x)


def _rotate_sample(x: Tensor, factors: RopeFactors) -> Tensor:
    """x [S, H, D] to float64 of the same shape."""
    pairs = torch.view_as_complex(x.to(torch.float64).unflatten(-1, (-1, 2)))
    rotated = torch.view_as_real(pairs * factors.join()).flatten(-2)
    # Tokens past the grid are padding, of which there is none here; the original still joins the
    # empty rest on, which copies everything once more.
    return torch.cat([rotated, x[len(rotated) :]])
