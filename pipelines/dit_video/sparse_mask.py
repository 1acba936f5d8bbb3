"""FlexAttention's block mask of a window, computed axis by axis instead of token by token.

A mask over every pair of 84,480 tokens has 7.1 billion entries. It is a product of one mask an
axis, and so is what it says of a pair of tiles: some of it visible, or all of it.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask

from pipelines.dit_video.natten_map import Window, axis_mask
from pipelines.dit_video.tiles import TILE_TOKENS, TokenOrder

MaskMod = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]


def tile_masks(window: Window, order: TokenOrder) -> tuple[Tensor, Tensor]:
    """Bool [tiles, tiles] twice: is any pair of a query's and a key's tile visible; are all?

    Both are products over the axes, because a tile is a product of ranges of them.
    """
    first = order.natural.view(-1, order.tile[0] * order.tile[1] * order.tile[2])
    some: Tensor | None = None
    every: Tensor | None = None
    for axis, positions in enumerate(coordinates(first, order)):
        mask = axis_mask(order.grid[axis], window.axes[axis])
        # Tiles that hold the same positions of this axis have the same row: work on those only.
        distinct, tile_of = positions.unique(dim=0, return_inverse=True)
        members = [row.unique() for row in distinct]
        pairs = [[mask[q][:, k] for k in members] for q in members]
        any_pair = torch.tensor([[bool(pair.any()) for pair in row] for row in pairs])
        all_pair = torch.tensor([[bool(pair.all()) for pair in row] for row in pairs])
        any_tile, all_tile = (found[tile_of][:, tile_of] for found in (any_pair, all_pair))
        some = any_tile if some is None else some & any_tile
        every = all_tile if every is None else every & all_tile
    assert some is not None and every is not None
    return some, every


def coordinates(token: Tensor, order: TokenOrder) -> tuple[Tensor, Tensor, Tensor]:
    """(time, height, width) of tokens given by their place in the natural order."""
    _, rows, columns = order.grid
    return token // (rows * columns), token // columns % rows, token % columns


def token_mask(window: Window, order: TokenOrder, device: str) -> MaskMod:
    """Which key a query sees, both as places in `order`."""
    where = [part.to(device) for part in coordinates(order.natural, order)]
    masks = [
        axis_mask(length, axis).to(device)
        for length, axis in zip(order.grid, window.axes, strict=True)
    ]

    def visible(batch: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        time, height, width = (
            mask[place[query], place[key]] for mask, place in zip(masks, where, strict=True)
        )
        return time & height & width

    return visible


def block_mask(window: Window, order: TokenOrder, device: str) -> BlockMask:
    """For tokens in `order`, one sequence and head standing for all."""
    if order.tile[0] * order.tile[1] * order.tile[2] != TILE_TOKENS:
        raise ValueError(f"a tile must be of {TILE_TOKENS} tokens")
    some, every = tile_masks(window, order)
    partial = some & ~every
    # Where no tile is cut, no pair needs a look. On the CPU attention reads the function alone.
    whole = device != "cpu" and not bool(partial.any())
    return BlockMask.from_kv_blocks(
        *_listed(partial, device),
        *_listed(every, device),
        BLOCK_SIZE=TILE_TOKENS,
        mask_mod=_everything if whole else token_mask(window, order, device),
    )


def kept_share(window: Window, order: TokenOrder) -> float:
    """Tiles of keys visited, of all pairs of tiles."""
    some, _ = tile_masks(window, order)
    return float(some.float().mean())


def _everything(batch: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
    return query >= 0


def _listed(tiles: Tensor, device: str) -> tuple[Tensor, Tensor]:
    """Bool [q, kv] to (count of each row, visited first in each row): int32 [1, 1, q(, kv)]."""
    count = tiles.sum(dim=1, dtype=torch.int32)
    index = tiles.int().argsort(dim=1, descending=True, stable=True).int()
    return count[None, None].to(device), index[None, None].contiguous().to(device)
