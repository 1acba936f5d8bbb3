"""Tokens in the order in which sparse attention wants them: tile by tile.

A tile of 4 x 4 x 8 tokens (time, height, width) is one block of 128 of FlexAttention's, so that a
window made of whole tiles skips whole blocks. Under dilation a tile is made of one group's tokens:
those whose positions differ by multiples of the dilation.

Everything between two attentions works on tokens one by one, so they stay in this order from one
layer to the next, and are moved only where the dilation changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

Grid = tuple[int, int, int]
TILE: Grid = (4, 4, 8)
TILE_TOKENS = 128


@dataclass(frozen=True)
class TokenOrder:
    """Tokens of a (time, height, width) grid by tile of `tile` after splitting into groups.

    From outside in: tiles along time, groups of height and width, tiles along height and width,
    then (time, height, width) within a tile. Time is never split into groups. `tile` (1, rows,
    columns) without dilation is the natural order.
    """

    grid: Grid
    dilations: Grid = (1, 1, 1)
    tile: Grid = TILE

    def __post_init__(self) -> None:
        if self.dilations[0] != 1:
            raise ValueError("natten-map: time has no dilation")
        for length, dilation, tile in zip(self.grid, self.dilations, self.tile, strict=True):
            if length % (dilation * tile) != 0:
                raise ValueError(
                    f"natten-map: {length} patches are not a whole number of tiles of {tile}"
                    + (f" in {dilation} groups" if dilation > 1 else "")
                )

    @property
    def frame_view(self) -> tuple[int, int, int, int]:
        """Tokens as [tiles of time, tiles of a frame, frames of a tile, tokens of a tile's frame].

        What depends on the frame alone, [tiles of time, 1, frames of a tile, 1], broadcasts to it.
        """
        frames, rows, columns = self.grid
        deep, high, wide = self.tile
        return frames // deep, rows * columns // (high * wide), deep, high * wide

    @cached_property
    def natural(self) -> Tensor:
        """For each place in this order, the token's place in the natural one: int64 [tokens]."""
        (frames, rows, columns), (_, down, across) = self.grid, self.dilations
        deep, high, wide = self.tile
        token = torch.arange(frames * rows * columns)
        # A position is tile, place in the tile, group: the group is what varies fastest.
        parts = token.view(
            frames // deep, deep, rows // (high * down), high, down, -1, wide, across
        )
        return parts.permute(0, 4, 7, 2, 5, 1, 3, 6).reshape(-1)

    @cached_property
    def places(self) -> Tensor:
        """For each token of the natural order, its place in this one: int64 [tokens]."""
        result = torch.empty_like(self.natural)
        result[self.natural] = torch.arange(len(result))
        return result


def natural_order(grid: Grid) -> TokenOrder:
    return TokenOrder(grid, tile=(1, grid[1], grid[2]))


def reorder(before: TokenOrder, after: TokenOrder) -> Tensor | None:
    """Index that takes tokens from one order to another; None where they are the same."""
    index = before.places[after.natural]
    return None if torch.equal(index, torch.arange(len(index))) else index
