"""All layers' caches together, and how many bytes their operations move."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from pipelines import instrument as nvtx
from pipelines.ar_video.compiled_cache import CompiledCache
from pipelines.ar_video.config import Config
from pipelines.ar_video.cross_cache import CrossCache
from pipelines.ar_video.kv_cache import (
    CacheLayout,
    DeviceIndices,
    HostIndices,
    Indices,
    PendingUpdate,
    SelfCache,
)
from pipelines.ar_video.ring_cache import RingCache


class Caches:
    """Allocated once; a new run zeroes them in place, because CUDA graphs hold their addresses."""

    def __init__(self, config: Config) -> None:
        ring = config.kv == "ring"
        self.layout = CacheLayout(config.window_tokens, config.sink_tokens, ring)
        kind = RingCache if ring else CompiledCache if config.compile else SelfCache
        self.host_indices = HostIndices()
        head = (config.heads, config.head_dim)

        def zeros(tokens: int) -> torch.Tensor:
            shape = (config.batch, tokens, *head)
            return torch.zeros(shape, dtype=config.torch_dtype, device=config.device)

        def indices() -> Indices:
            return DeviceIndices(config.device) if config.item_sync else self.host_indices

        with nvtx.range("initialize_kv_cache"):
            self.self_caches: list[SelfCache | RingCache] = [
                kind(
                    zeros(config.window_tokens), zeros(config.window_tokens), indices(), self.layout
                )
                for _ in range(config.layers)
            ]
        with nvtx.range("initialize_crossattn_cache"):
            self.cross_caches = [
                CrossCache(
                    zeros(config.text_tokens),
                    zeros(config.text_tokens),
                    in_place=config.cuda_graphs,
                )
                for _ in range(config.layers)
            ]

    @property
    def cross_ready(self) -> bool:
        return all(cache.ready for cache in self.cross_caches)

    def mark_cross(self, ready: bool) -> None:
        for cache in self.cross_caches:
            cache.ready = ready

    def initialize(self) -> None:
        """To the state before the first block."""
        with nvtx.range("initialize_kv_cache"):
            self.zero_self()
            for cache in self.self_caches:
                cache.indices.set(0, 0)
        with nvtx.range("initialize_crossattn_cache"):
            self.zero_cross()

    def zero_self(self) -> None:
        for cache in self.self_caches:
            cache.reset()

    def zero_cross(self) -> None:
        for cache in self.cross_caches:
            cache.reset()

    def apply(self, updates: Sequence[PendingUpdate]) -> None:
        """The deferred update: one pass over the layers, after the last one's forward."""
        with nvtx.range("_apply_cache_updates"):
            for cache, pending in zip(self.self_caches, updates, strict=True):
                cache.apply(pending)


def bytes_moved(config: Config) -> dict[str, int]:
    """Bytes read + written by each cache operation once the window is full, for K and V together.

    Per layer, except `deferred_*`, which are one forward's pass over all layers. A ring only
    inserts; compiled copies are counted as the originals' are.
    """
    token = 2 * config.batch * config.dim * torch.finfo(config.torch_dtype).bits // 8
    kept = config.window_tokens - config.sink_tokens - config.block_tokens
    insert = 2 * config.block_tokens * token
    moved = 0 if config.kv == "ring" else 1
    roll = moved * 2 * (2 * kept * token)  # a slice cloned, then copied to its new place
    return {
        "clone": moved * 2 * config.window_tokens * token,
        "roll": roll,
        "insert": insert,
        "concat": moved * 2 * config.window_tokens * token,
        "deferred_direct": moved * config.layers * insert,
        "deferred_roll": moved * config.layers * (roll + insert),
        "cache": config.layers * config.window_tokens * token,
    }
