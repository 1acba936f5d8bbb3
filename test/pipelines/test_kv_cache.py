"""The sliding cache: branches, slots, reads and bytes."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from conftest import tiny
from reference import ReferenceCache

from pipelines.ar_video.caches import bytes_moved
from pipelines.ar_video.config import Config
from pipelines.ar_video.kv_cache import (
    Branch,
    CacheLayout,
    DeviceIndices,
    HostIndices,
    SelfCache,
    WritePlan,
    plan_write,
)

FRAME = 1560
PASSES = 5  # four denoising forwards and the clean one


class CountingIndices(HostIndices):
    reads = 0

    def global_end(self) -> int:
        self.reads += 1
        return super().global_end()

    def local_end(self) -> int:
        self.reads += 1
        return super().local_end()


def replay(blocks: int) -> list[tuple[WritePlan, int]]:
    """(plan, index reads) of every forward at window 12, sinks 3, 3 frames a block."""
    indices, layout = CountingIndices(), CacheLayout(12 * FRAME, 3 * FRAME)
    found = []
    for block in range(blocks):
        start, count = 3 * block * FRAME, 3 * FRAME
        for _ in range(PASSES):
            indices.reads = 0
            plan = plan_write(indices, layout, start, count, write_sinks=False)
            found.append((plan, indices.reads))
            if not plan.recompute:
                indices.set(start + count, plan.local_end)
    return found


def test_blocks_append_until_the_window_is_full_and_then_roll_once_each() -> None:
    plans = [plan for plan, _ in replay(8)]
    for block in range(8):
        branches = [plan.branch for plan in plans[block * PASSES : (block + 1) * PASSES]]
        first = Branch.DIRECT if block < 4 else Branch.ROLL
        assert branches == [first] + [Branch.DIRECT] * 4
    for block in range(4):
        for plan in plans[block * PASSES : (block + 1) * PASSES]:
            assert (plan.local_start, plan.local_end) == (
                3 * block * FRAME,
                3 * (block + 1) * FRAME,
            )
            assert plan.write_start == plan.local_start
    rolling, *rest = plans[6 * PASSES : 7 * PASSES]
    assert (rolling.evicted, rolling.rolled) == (3 * FRAME, 6 * FRAME)
    for plan in (rolling, *rest):
        assert (plan.local_start, plan.local_end) == (9 * FRAME, 12 * FRAME)
    assert [plan.recompute for plan in rest] == [True] * 4


def test_block_0_never_counts_as_recomputing() -> None:
    assert [plan.recompute for plan, _ in replay(1)] == [False] * 5


def test_index_reads_of_each_kind_of_forward() -> None:
    found = replay(6)
    assert found[4 * PASSES][1] == 7  # roll
    assert found[4 * PASSES + 1][1] == 4  # recompute
    assert found[PASSES][1] == 5  # append


def test_reads_of_device_indices_are_item_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    indices, layout = DeviceIndices("cpu"), CacheLayout(12, 3)
    indices.set(12, 12)
    calls: Counter[str] = Counter()
    item = torch.Tensor.item

    def counted(self: torch.Tensor) -> object:
        calls["item"] += 1
        return item(self)

    monkeypatch.setattr(torch.Tensor, "item", counted)
    plan_write(indices, layout, 12, 3, write_sinks=False)
    assert calls["item"] == 7


def test_equal_states_give_equal_plans() -> None:
    """What lets one CUDA graph serve every steady block."""
    plans = [plan for plan, _ in replay(9)]
    assert len({*plans[4 * PASSES :]}) == 2


@pytest.mark.parametrize(
    ("window", "sinks", "frames"),
    [(12, 3, 3), (10, 1, 3), (9, 3, 3), (6, 0, 3), (4, 1, 1), (5, 2, 2)],
)
def test_attended_keys_and_contents_match_a_cache_that_forgets_nothing(
    window: int, sinks: int, frames: int
) -> None:
    config = tiny(window=window, sinks=sinks, frames_per_block=frames)
    shape = (1, config.window_tokens, 1, 2)
    layout = CacheLayout(config.window_tokens, config.sink_tokens)
    cache = SelfCache(torch.zeros(shape), torch.zeros(shape), DeviceIndices("cpu"), layout)
    reference = ReferenceCache(config)
    for block in range(8):
        start = block * config.block_tokens
        for _ in range(PASSES):
            k, v = torch.randn(2, 1, config.block_tokens, 1, 2)
            got_k, got_v, pending = cache.view(k, v, start, None)
            want_k, want_v, update = reference.view(k, v, start, None)
            assert torch.equal(got_k, want_k)
            assert torch.equal(got_v, want_v)
            cache.apply(pending)
            reference.apply(update)
        local_end = cache.indices.local_end()
        assert torch.equal(cache.k[:, :local_end], want_k)
        assert torch.equal(cache.v[:, :local_end], want_v)
        assert torch.count_nonzero(cache.k[:, local_end:]) == 0


def test_cache_is_untouched_until_the_deferred_update() -> None:
    layout = CacheLayout(12, 3)
    cache = SelfCache(torch.zeros(1, 12, 1, 2), torch.zeros(1, 12, 1, 2), HostIndices(), layout)
    new = torch.ones(1, 3, 1, 2)
    _, _, pending = cache.view(new, new, 0, None)
    assert torch.count_nonzero(cache.k) == 0
    assert cache.indices.global_end() == 0
    cache.apply(pending)
    assert torch.equal(cache.k[:, :3], new)
    assert (cache.indices.global_end(), cache.indices.local_end()) == (3, 3)


@pytest.mark.parametrize("write_sinks", [True, False])
def test_recache_writes_the_sinks_only_when_asked_to(write_sinks: bool) -> None:
    layout, indices = CacheLayout(12 * FRAME, 3 * FRAME), HostIndices()
    indices.set(21 * FRAME, 12 * FRAME)
    plan = plan_write(indices, layout, 9 * FRAME, 12 * FRAME, write_sinks=write_sinks)
    assert plan.branch is Branch.DIRECT
    assert plan.recompute
    written = plan.local_end - plan.write_start
    assert (plan.local_start, plan.local_end) == (0, 12 * FRAME)
    assert written == (18720 if write_sinks else 14040)


def test_bytes_at_the_full_shape() -> None:
    moved = {name: round(count / 1e6, 1) for name, count in bytes_moved(Config()).items()}
    assert moved["clone"] == moved["roll"] == moved["concat"] == 230.0
    assert moved["insert"] == 57.5
    assert moved["deferred_direct"] == pytest.approx(1725, abs=1)
    assert moved["deferred_roll"] == pytest.approx(8626, abs=1)
    assert moved["cache"] == pytest.approx(3450, abs=1)
