"""Whole runs: the cached model against one that forgets nothing, ranges, graphs, seeds."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import torch
from conftest import Recorder, tiny
from reference import ReferenceCache

from pipelines.ar_video.config import Config
from pipelines.ar_video.generate import Session
from pipelines.ar_video.kv_cache import DeviceIndices
from pipelines.ar_video.timing import Timer


def generate(session: Session) -> torch.Tensor:
    session.prepare()
    session.generate(Timer("cpu"))
    return session.latents.clone()


def latents(**changes: Any) -> torch.Tensor:
    return generate(Session(tiny(**changes)))


class ReferenceSession(Session):
    def __init__(self, config: Config) -> None:
        super().__init__(config)
        caches: Any = [ReferenceCache(config) for _ in range(config.layers)]
        self.caches.self_caches = caches

    def prepare(self) -> None:
        caches, self.caches.self_caches = self.caches.self_caches, []
        super().prepare()
        self.caches.self_caches = caches


@pytest.mark.parametrize("switch_at", [(), (6,), (2, 5)])
@pytest.mark.parametrize(("batch", "global_sink"), [(1, False), (2, False), (1, True)])
def test_sliding_cache_equals_one_that_forgets_nothing(
    switch_at: tuple[int, ...], batch: int, global_sink: bool
) -> None:
    config = tiny(blocks=8, switch_at=switch_at, batch=batch, global_sink=global_sink)
    got, want = generate(Session(config)), generate(ReferenceSession(config))
    torch.testing.assert_close(got, want, rtol=1e-5, atol=1e-6)


def test_the_window_matters() -> None:
    """So that the test above can fail."""
    assert (latents(window=12) - latents(window=9)).abs().max() > 1e-4


def test_a_switch_changes_what_follows_and_nothing_before() -> None:
    config = tiny(blocks=7, switch_at=(5,))
    plain, switched = Session(tiny(blocks=7)), Session(config)
    for session in (plain, switched):
        session.prepare()
    # A second prompt draws from the same stream of random numbers: give both the same noise.
    switched.noise.copy_(plain.noise)
    switched._random.set_state(plain._random.get_state())
    switched.prompts[0] = plain.prompts[0]
    for session in (plain, switched):
        session.generate(Timer("cpu"))
    first = 5 * config.frames_per_block
    assert torch.equal(plain.latents[:, :first], switched.latents[:, :first])
    assert not torch.equal(plain.latents[:, first:], switched.latents[:, first:])


def test_global_sink_keeps_the_old_sinks() -> None:
    kept, rewritten = (
        Session(tiny(blocks=7, switch_at=(6,), global_sink=keep)) for keep in (True, False)
    )
    before = {}
    for name, session in (("kept", kept), ("rewritten", rewritten)):
        session.prepare()
        for index in range(7):
            if index == 6:
                before[name] = session.caches.self_caches[0].k[:, :18].clone()
            session.temporal_block(index, Timer("cpu"))
    assert torch.equal(before["kept"], kept.caches.self_caches[0].k[:, :18])
    assert not torch.equal(before["rewritten"], rewritten.caches.self_caches[0].k[:, :18])


def test_seeds() -> None:
    session = Session(tiny(seed=1))
    first = generate(session)
    assert torch.equal(first, generate(session))
    assert torch.equal(first, latents(seed=1))
    assert not torch.equal(first, latents(seed=2))


def test_costs_of_the_original_do_not_change_the_result() -> None:
    plain = latents(switch_at=(5,))
    assert torch.equal(plain, latents(switch_at=(5,), item_sync=False))
    assert torch.equal(plain, latents(switch_at=(5,), recache_block_mask=True))
    torch.testing.assert_close(plain, latents(switch_at=(5,), rope="fp32"), rtol=1e-4, atol=1e-4)


def test_graphs_replay_every_block_forward_and_change_nothing() -> None:
    changes: dict[str, Any] = {"switch_at": (5,), "item_sync": False}
    session = Session(tiny(cuda_graphs=True, **changes))
    assert session.graphs is not None
    eager = generate(session)
    assert session.graphs.replays == 0
    session.graphs.capture_met()
    session.graphs.reset_counts()
    replayed = generate(session)
    assert (session.graphs.replays, session.graphs.eager) == (7 * 5, 0)
    # First block: prompt cached or not. Blocks 1 to 3: append, recompute. Steady: roll (recomputing
    # is what block 3 does); after the switch, roll with the prompt not cached.
    assert session.graphs.captured == 2 + 3 * 2 + 1 + 1
    assert torch.equal(eager, replayed)
    assert torch.equal(eager, latents(**changes))


def test_capture_opens_only_the_forwards_own_ranges(ranges: Recorder) -> None:
    """A graph node's ranges are those at capture below those at launch: none may be in both."""
    session = Session(tiny(cuda_graphs=True, item_sync=False, layers=1, blocks=5))
    assert session.graphs is not None
    generate(session)
    ranges.paths.clear()
    session.graphs.capture_met()
    outermost = {path.split(" > ")[0] for path in ranges.paths}
    assert outermost == {"embeddings", "transformer_block_0", "_apply_cache_updates", "head"}
    assert "transformer_block_0 > self_attn > kv_roll_and_insert" in ranges.paths
    ranges.paths.clear()
    generate(session)
    launch = "temporal_block_4 > spatial_denoising_loop > denoising_step_0 > generator_forward"
    assert f"{launch} > graph_inputs" in ranges.paths


def test_finite_in_bf16_over_many_blocks() -> None:
    found = latents(blocks=16, layers=4, dtype="bf16", lora=True, switch_at=(7,))
    assert torch.isfinite(found).all()
    assert 0.1 < found.float().std() < 3


def test_item_calls_of_a_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[str] = Counter()
    for name in ("global_end", "local_end"):
        original = getattr(DeviceIndices, name)

        def counted(self: DeviceIndices, original: Any = original) -> int:
            reads["all"] += 1
            return int(original(self))

        monkeypatch.setattr(DeviceIndices, name, counted)
    session = Session(tiny(blocks=6))
    session.prepare()
    per_block = []
    for block in range(6):
        reads.clear()
        session.temporal_block(block, Timer("cpu"))
        per_block.append(reads["all"] / session.config.layers)
    # Append 5 then four of 4; a steady block rolls (7) then four of 4.
    assert per_block == [21, 21, 21, 21, 23, 23]


def test_ranges_carry_the_published_names(ranges: Recorder) -> None:
    generate(Session(tiny(blocks=6, switch_at=(5,), layers=1, vae=True)))
    # Everything but the outermost, numbers generalised.
    paths = {re.sub(r"_\d+", "_#", path) for path in ranges.paths}
    block = "temporal_block_#"
    step = f"{block} > spatial_denoising_loop > denoising_step_#"
    recache = f"{block} > recache_after_switch_segment_# > recache_after_switch"
    layer = f"{step} > generator_forward > transformer_block_#"
    for expected in [
        "text_encoder",
        "initialize_kv_cache",
        "initialize_crossattn_cache",
        "vae_decode",
        f"{recache} > kv_cache_reset",
        f"{recache} > crossattn_cache_reset",
        f"{recache} > recache_forward > transformer_block_# > self_attn > kv_direct_insert",
        f"{step} > add_noise",
        f"{layer} > self_attn > kv_temp_clone",
        f"{layer} > self_attn > kv_roll_and_insert",
        f"{layer} > self_attn > kv_direct_insert",
        f"{layer} > self_attn > kv_sink_concat",
        f"{layer} > self_attn > attention",
        f"{layer} > cross_attn > attention",
        f"{layer} > ffn",
        f"{step} > generator_forward > _apply_cache_updates",
        f"{block} > clean_context_cache_update > _apply_cache_updates",
    ]:
        assert expected in paths
    counts = Counter(path for path in ranges.paths if path.startswith("temporal_block_5 >"))
    assert counts["temporal_block_5 > spatial_denoising_loop > denoising_step_3 > add_noise"] == 0
    resets = [path for path in ranges.paths if path.endswith("> crossattn_cache_reset")]
    assert len(resets) == 2
