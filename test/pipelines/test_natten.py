"""Neighbourhoods: the rule by brute force, tiles, the published layer map, and block masks."""

from __future__ import annotations

import itertools

import pytest
import torch
from dit_shapes import latents, tiny

from pipelines.dit_video.attention import attend_blocks
from pipelines.dit_video.natten_map import Axis, Window, axis_mask, layer_windows
from pipelines.dit_video.places import build_places
from pipelines.dit_video.sparse_mask import block_mask, kept_share, tile_masks, token_mask
from pipelines.dit_video.tiles import TokenOrder, natural_order, reorder

GRID = (4, 16, 32)
WINDOWS = [
    Window(Axis(4), Axis(8), Axis(8)),
    Window(Axis(4), Axis(4, 4), Axis(16, 8)),
    Window(Axis(4), Axis(5, 2), Axis(7, 3)),
    Window(Axis(2), Axis(4, 1, 2), Axis(8, 1, 2)),
    Window(Axis(3, 2), Axis(2, 1, 4), Axis(6, 4, 4)),
    Window(Axis(4), Axis(16), Axis(32)),
]


def sees(query: int, key: int, length: int, axis: Axis) -> bool:
    """One pair, by the published rule, in plain integers."""
    d, w, s = axis.dilation, axis.window, axis.stride
    if query % d != key % d:
        return False
    size = len(range(query % d, length, d))
    w = min(w, size)
    leader = min(query // d // s * s + s // 2, size - 1)
    start = max(leader - w // 2, 0)
    right = w // 2 + w % 2 - 1
    if leader + right >= size:
        start -= leader + right - size + 1
    return start <= key // d < start + w


@pytest.mark.parametrize(
    ("length", "axis"),
    [
        (length, Axis(w, s, d))
        for length, d in [(7, 1), (8, 1), (12, 2), (13, 3), (16, 4)]
        for w in range(1, length // d + 1)
        for s in range(1, w + 1)
    ],
)
def test_axis_rule(length: int, axis: Axis) -> None:
    want = [[sees(q, k, length, axis) for k in range(length)] for q in range(length)]
    got = axis_mask(length, axis)
    assert got.tolist() == want
    assert bool(got.diagonal().all()) or axis.stride > 1
    assert got.any(dim=1).all()


def brute_force(window: Window, order: TokenOrder) -> torch.Tensor:
    """Bool [query, key] for tokens in `order`: three axes, token by token."""
    axes = [
        torch.tensor([[sees(q, k, length, axis) for k in range(length)] for q in range(length)])
        for length, axis in zip(order.grid, window.axes, strict=True)
    ]
    where = torch.tensor(list(itertools.product(*map(range, order.grid))))[order.natural]
    found = torch.ones(len(where), len(where), dtype=torch.bool)
    for axis, mask in enumerate(axes):
        found &= mask[where[:, axis]][:, where[:, axis]]
    return found


@pytest.mark.parametrize("window", WINDOWS)
def test_block_mask_is_the_neighbourhood(window: Window) -> None:
    order = TokenOrder(GRID, window.dilations)
    want = brute_force(window, order)
    index = torch.arange(len(want))
    zero = torch.zeros((), dtype=torch.int64)
    visible = token_mask(window, order, "cpu")(zero, zero, index[:, None], index[None])
    assert torch.equal(visible, want)
    tiles = want.unflatten(0, (-1, 128)).unflatten(2, (-1, 128))
    some, every = tile_masks(window, order)
    assert torch.equal(some, tiles.any(dim=3).any(dim=1))
    assert torch.equal(every, tiles.all(dim=3).all(dim=1))
    mask = block_mask(window, order, "cpu")
    assert torch.equal(mask.to_dense()[0, 0].bool(), some)
    assert kept_share(window, order) == pytest.approx(float(some.float().mean()))


@pytest.mark.parametrize("window", [WINDOWS[2], WINDOWS[3]])
def test_attention_over_blocks_is_masked_attention(window: Window) -> None:
    order = TokenOrder(GRID, window.dilations)
    count = len(order.natural)
    q, k, v = torch.randn(3, 1, count, 2, 8)
    got = attend_blocks(q, k, v, block_mask(window, order, "cpu"))
    scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / 8**0.5
    scores = scores.masked_fill(~brute_force(window, order), float("-inf"))
    want = torch.einsum("bhqk,bkhd->bqhd", scores.softmax(dim=-1), v).flatten(2)
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dilations", [(1, 1, 1), (1, 2, 1), (1, 4, 2)])
def test_tiles_round_trip(dilations: tuple[int, int, int]) -> None:
    order = TokenOrder(GRID, dilations)
    x = torch.randn(4 * 16 * 32, 3)
    assert torch.equal(x[order.natural][order.places], x)
    back = reorder(order, natural_order(GRID))
    assert back is not None
    assert torch.equal(x[order.natural][back], x)
    assert reorder(order, order) is None


def test_a_tile_is_one_groups_box() -> None:
    order = TokenOrder(GRID, (1, 2, 4))
    where = torch.tensor(list(itertools.product(*map(range, GRID))))[order.natural]
    for tile in where.view(-1, 128, 3):
        for axis, (dilation, side) in enumerate(zip((1, 2, 4), (4, 4, 8), strict=True)):
            values = tile[:, axis].unique()
            assert values.tolist() == list(
                range(int(values[0]), int(values[0]) + side * dilation, dilation)
            )


def test_frames_broadcast_in_any_order() -> None:
    order = TokenOrder((8, 8, 16), (1, 2, 1))
    frame_of = order.natural // (8 * 16)
    seen = frame_of.view(order.frame_view)
    frames = torch.arange(8).view(order.frame_view[0], 1, order.frame_view[2], 1)
    assert torch.equal(seen, frames.expand_as(seen))


def test_grids_that_are_not_whole_tiles_are_refused() -> None:
    with pytest.raises(ValueError, match="whole number of tiles"):
        tiny(attention="natten-map", height=12)


def test_the_published_map_at_its_own_grid() -> None:
    """Sparsity as published, and every layer made of whole tiles: no tile is cut."""
    grid = (24, 44, 80)
    windows = layer_windows(grid, 28)
    shares = {}
    for window in set(windows):
        order = TokenOrder(grid, window.dilations)
        some, every = tile_masks(window, order)
        assert torch.equal(some, every)
        shares[window] = kept_share(window, order)
    kept = [round(100 * (1 - shares[window]), 1) for window in windows]
    assert kept[0] == kept[1] == 98.2
    assert [kept[layer] for layer in (2, 5, 10)] == [94.5] * 3
    assert [kept[layer] for layer in (3, 9, 27)] == [91.8] * 3
    assert [kept[layer] for layer in (11, 22, 24, 26)] == [77.3] * 4
    assert kept[23] == 55.5
    assert sum(shares[window] for window in windows) / 28 == pytest.approx(0.1653, abs=1e-4)


def test_layers_change_order_and_the_video_is_that_of_masked_attention(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same model, tokens left in natural order, every layer masked token by token."""
    config = tiny(attention="natten-map", steps=1)
    places = build_places(config)
    assert any(place.moved is not None for place in places.layers[1:])
    windows = layer_windows(config.grid, config.layers)
    assert len({window.dilations for window in windows}) > 1
    got = latents(attention="natten-map", steps=1)
    natural = natural_order(config.grid)
    masks = iter(itertools.cycle([brute_force(w, natural) for w in windows]))

    def masked(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        mask = next(masks) if k.shape[1] == q.shape[1] else None
        out = torch.nn.functional.scaled_dot_product_attention(
            q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), attn_mask=mask
        )
        return out.transpose(1, 2).flatten(2)

    monkeypatch.setattr("pipelines.dit_video.attention.attend", masked)
    want = latents(steps=1)
    torch.testing.assert_close(got, want, rtol=1e-3, atol=1e-3)
    monkeypatch.undo()
    assert (got - latents(steps=1)).abs().max() > 1e-2
