"""The ring against the sliding cache: the same keys, whatever their order, and the same videos."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from conftest import Recorder, tiny

from pipelines.ar_video import compiled_cache
from pipelines.ar_video.caches import bytes_moved
from pipelines.ar_video.compiled_cache import CompiledCache
from pipelines.ar_video.generate import Session
from pipelines.ar_video.kv_cache import CacheLayout, HostIndices, SelfCache
from pipelines.ar_video.ring_cache import RingCache
from pipelines.ar_video.timing import Timer


def latents(**changes: Any) -> torch.Tensor:
    session = Session(tiny(**changes))
    session.prepare()
    session.generate(Timer("cpu"))
    return session.latents


def in_order(k: torch.Tensor) -> torch.Tensor:
    """Keys sorted by their first number: what attention over them depends on."""
    flat = k.flatten(2)[0]
    return flat[flat[:, 0].argsort()]


@pytest.mark.parametrize(
    ("window", "sinks", "frames"),
    # The last three wrap inside a block: the ring is no multiple of it.
    [(12, 3, 3), (6, 0, 3), (6, 3, 3), (10, 1, 3), (5, 0, 2), (8, 3, 3)],
)
def test_the_ring_attends_to_the_same_keys(window: int, sinks: int, frames: int) -> None:
    config = tiny(window=window, sinks=sinks, frames_per_block=frames)
    shape = (1, config.window_tokens, 1, 2)
    sizes = (config.window_tokens, config.sink_tokens)
    sliding = SelfCache(torch.zeros(shape), torch.zeros(shape), HostIndices(), CacheLayout(*sizes))
    ring = RingCache(
        torch.zeros(shape), torch.zeros(shape), HostIndices(), CacheLayout(*sizes, ring=True)
    )
    for block in range(9):
        for _ in range(3):
            k, v = torch.randn(2, 1, config.block_tokens, 1, 2)
            views = [c.view(k, v, block * config.block_tokens, None) for c in (sliding, ring)]
            (want_k, want_v, _), (got_k, got_v, _) = views
            assert torch.equal(in_order(got_k), in_order(want_k))
            # Each value stays beside its key.
            together = [torch.cat(pair, dim=-1) for pair in ((want_k, want_v), (got_k, got_v))]
            assert torch.equal(in_order(together[1]), in_order(together[0]))
            for cache, (_, _, pending) in zip((sliding, ring), views, strict=True):
                cache.apply(pending)
    kept = config.sink_tokens
    assert torch.equal(sliding.k[:, :kept], ring.k[:, :kept])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"batch": 2},
        {"switch_at": (6,)},
        {"switch_at": (2, 5)},
        {"switch_at": (6, 7), "global_sink": True},
        {"window": 9, "switch_at": (6,)},
        {"window": 10, "sinks": 1, "switch_at": (7,)},
        {"window": 8, "sinks": 0, "item_sync": False},
    ],
)
def test_videos_are_the_same(changes: dict[str, Any]) -> None:
    changes = {"blocks": 9, **changes}
    got, want = latents(kv="ring", **changes), latents(**changes)
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)


def test_graphs_serve_every_place_of_the_ring() -> None:
    changes: dict[str, Any] = {"kv": "ring", "item_sync": False, "switch_at": (8,), "blocks": 11}
    session = Session(tiny(cuda_graphs=True, **changes))
    assert session.graphs is not None
    for index in range(2):
        session.prepare()
        session.generate(Timer("cpu"))
        if index == 0:
            session.graphs.capture_met()
            session.graphs.reset_counts()
    assert session.graphs.eager == 0
    torch.testing.assert_close(session.latents, latents(**changes))


def test_the_ring_only_inserts(ranges: Recorder) -> None:
    latents(kv="ring", layers=1, blocks=6)
    names = {path.split(" > ")[-1] for path in ranges.paths}
    assert "kv_direct_insert" in names
    assert names.isdisjoint({"kv_temp_clone", "kv_roll_and_insert", "kv_sink_concat"})


def test_bytes_of_the_ring() -> None:
    sliding, ring = bytes_moved(tiny()), bytes_moved(tiny(kv="ring"))
    assert ring["insert"] == sliding["insert"] > 0
    assert [ring[name] for name in ("clone", "roll", "concat", "deferred_roll")] == [0] * 4


@pytest.mark.parametrize("batch", [1, 2])
def test_compiled_copies_change_nothing(monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    """Traced whole (a graph break is an error), then run as traced: no compiler is needed here."""
    monkeypatch.setattr(compiled_cache, "BACKEND", "aot_eager")
    compiled_cache._compiled.cache_clear()
    changes: dict[str, Any] = {"layers": 1, "blocks": 7, "switch_at": (6,), "batch": batch}
    session = Session(tiny(compile=True, **changes))
    assert all(isinstance(cache, CompiledCache) for cache in session.caches.self_caches)
    session.prepare()
    session.generate(Timer("cpu"))
    torch.testing.assert_close(session.latents, latents(**changes))
    compiled_cache._compiled.cache_clear()


def test_fewer_denoising_steps(ranges: Recorder) -> None:
    latents(denoising_steps=2, blocks=1)
    steps = {path for path in ranges.paths if path.split(" > ")[-1].startswith("denoising_step_")}
    assert len(steps) == 2
