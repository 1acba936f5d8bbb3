"""Neighbourhood attention: which keys a query sees on one axis, and the published layer map.

The rule is generalised neighbourhood attention's (NATTEN; arXiv 2504.16922): along an axis of
length L, a window of w keys, moved in strides of s queries, in steps of d (dilation): position i
belongs to group i mod d, and everything happens among the group's positions.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.dit_video.tiles import TILE, Grid, TokenOrder


@dataclass(frozen=True)
class Axis:
    """Of one axis: w, s and d. A window of the whole length is full attention."""

    window: int
    stride: int = 1
    dilation: int = 1


@dataclass(frozen=True)
class Window:
    """One layer's window over (time, height, width)."""

    time: Axis
    height: Axis
    width: Axis

    @property
    def axes(self) -> tuple[Axis, Axis, Axis]:
        return self.time, self.height, self.width

    @property
    def dilations(self) -> Grid:
        return self.time.dilation, self.height.dilation, self.width.dilation


def bounds(length: int, axis: Axis) -> tuple[Tensor, Tensor]:
    """First key and one past the last that each position of one group sees, int64 [length].

    `length` is the group's. Queries of one stride share the window of their leader, the query
    right of the stride's middle; a window that would leave the axis is shifted back into it.
    """
    window, stride = min(axis.window, length), axis.stride
    left, right = window // 2, window // 2 + window % 2 - 1
    position = torch.arange(length)
    leader = ((position // stride) * stride + stride // 2).clamp(max=length - 1)
    start = (leader - left).clamp(min=0)
    start = start - (leader + right - length + 1).clamp(min=0)
    return start, start + window


def axis_mask(length: int, axis: Axis) -> Tensor:
    """Who sees whom along a whole axis: bool [query, key]."""
    mask = torch.zeros(length, length, dtype=torch.bool)
    for group in range(axis.dilation):
        members = torch.arange(group, length, axis.dilation)
        start, end = bounds(len(members), axis)
        inner = torch.arange(len(members))
        mask[members[:, None], members] = (inner >= start[:, None]) & (inner < end[:, None])
    return mask


# Cosmos-Predict2-2B's layers as published, for a grid of 44 x 80 patches; time is always whole.
# (height, width) of window, stride, dilation.
_BASE = (44, 80)
_ENTRIES = {
    ((4, 16), (1, 1), (11, 5)): (0, 1),
    ((12, 16), (4, 1), (1, 5)): (2, 5, 10),
    ((12, 24), (4, 8), (1, 1)): (3, 4, 6, 7, 8, 9, 27),
    ((20, 40), (4, 8), (1, 1)): (*range(11, 23), 24, 25, 26),
    ((28, 56), (4, 8), (1, 1)): (23,),
}


def layer_windows(grid: Grid, layers: int) -> list[Window]:
    """Each layer's window, scaled to the grid; at the published grid as published.

    Windows scale with the axis, dilations stay unless they would outgrow it. Ours besides: a
    dilation is lowered to the next that leaves whole tiles. ValueError where not even 1 does.
    """
    entry = {layer: key for key, members in _ENTRIES.items() for layer in members}
    if layers > len(entry):
        raise ValueError(f"natten-map is published for {len(entry)} layers")
    result = []
    for layer in range(layers):
        sizes, strides, dilations = entry[layer]
        height, width = (
            _scaled(length, base, tile, *parameters)
            for length, base, tile, *parameters in zip(
                grid[1:], _BASE, TILE[1:], sizes, strides, dilations, strict=True
            )
        )
        window = Window(Axis(grid[0]), height, width)
        TokenOrder(grid, window.dilations)  # raises
        result.append(window)
    return result


def _scaled(length: int, base: int, tile: int, window: int, stride: int, dilation: int) -> Axis:
    size = min(length, max(1, round(window * length / base)))
    most = max(1, min(dilation, length // size))
    whole = [d for d in range(1, most + 1) if length % (d * tile) == 0]
    return Axis(size, min(stride, size), max(whole, default=1))
