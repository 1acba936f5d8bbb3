"""Which order the tokens are in, layer by layer, and what follows from it; made once a run."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask

from pipelines.dit_video.attention import Place
from pipelines.dit_video.config import Config
from pipelines.dit_video.natten_map import Window, layer_windows
from pipelines.dit_video.rope import in_order, rope_factors
from pipelines.dit_video.sparse_mask import block_mask, kept_share
from pipelines.dit_video.tiles import TokenOrder, natural_order, reorder


@dataclass(frozen=True)
class Places:
    layers: list[Place]
    last_moved: Tensor | None  # back to the natural order
    kept: list[float]  # share of the pairs of tiles that each layer's self-attention visits
    orders: list[TokenOrder]  # before the first layer, then after each
    moves: Moves

    def align(self, x: Tensor, before: int, after: int) -> Tensor:
        """Tokens [B, S, C] as layer `before` leaves them (-1: as they came) in `after`'s order."""
        index = self.moves.index(self.orders[before + 1], self.orders[after + 1])
        return x if index is None else x[:, index]


class Moves:
    """Indices between orders, each made once."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._found: dict[tuple[TokenOrder, TokenOrder], Tensor | None] = {}

    def index(self, before: TokenOrder, after: TokenOrder) -> Tensor | None:
        if (before, after) not in self._found:
            index = None if before == after else reorder(before, after)
            self._found[before, after] = None if index is None else index.to(self._device)
        return self._found[before, after]


def build_places(config: Config) -> Places:
    """One block mask for each distinct window, one set of rotary factors for each order."""
    device = config.device
    factors = rope_factors(config.grid, config.head_dim, device)
    natural = natural_order(config.grid)
    moves = Moves(device)
    if config.attention == "dense":
        place = Place(natural.frame_view, factors, None, None)
        orders = [natural] * (config.layers + 1)
        return Places([place] * config.layers, None, [1.0] * config.layers, orders, moves)
    masks: dict[Window, BlockMask] = {}
    shares: dict[Window, float] = {}
    ropes: dict[TokenOrder, Tensor] = {}
    layers, kept, orders = [], [], [natural]
    for window in layer_windows(config.grid, config.layers):
        order = TokenOrder(config.grid, window.dilations)
        if order not in ropes:
            ropes[order] = in_order(factors, order)
        if window not in masks:
            masks[window] = block_mask(window, order, device)
            shares[window] = kept_share(window, order)
        move = moves.index(orders[-1], order)
        layers.append(Place(order.frame_view, ropes[order], masks[window], move))
        kept.append(shares[window])
        orders.append(order)
    return Places(layers, moves.index(orders[-1], natural), kept, orders, moves)
