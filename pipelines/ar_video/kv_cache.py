"""The sliding self-attention cache: where a forward writes, what it attends to, when it is stored.

The order is the original's (LongLive v1, causal_model.py): every layer works on a *copy* of its
cache (clone, then roll and insert or insert) and attends to sinks + window of that copy; only after
the last layer does one pass over all layers store what was new. All positions are tokens.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from pipelines import instrument as nvtx


class Branch(enum.Enum):
    ROLL = "roll"
    DIRECT = "direct"


WRITE_RANGE = {Branch.ROLL: "kv_roll_and_insert", Branch.DIRECT: "kv_direct_insert"}


@dataclass(frozen=True)
class WritePlan:
    """Where one forward's K and V go. Equal plans launch equal work: this is a CUDA graph's key.

    New K and V belong in [local_start, local_end); [write_start, local_end) of it is written.
    """

    branch: Branch
    recompute: bool  # these frames are in the cache already: the indices stay as they are
    local_start: int
    local_end: int
    write_start: int
    evicted: int = 0
    rolled: int = 0
    rotation: int = 0  # of a ring: slots from its start to its oldest token, after this write


@dataclass(frozen=True)
class CacheLayout:
    window: int
    sinks: int
    ring: bool = False  # what follows the sinks is overwritten in turn rather than shifted

    def rotation(self, end: int, local_end: int) -> int:
        """Where the oldest token lies once the video's token `end` is the window's `local_end`.

        The difference is how many tokens were ever evicted, so no index of its own is needed.
        """
        return (end - local_end) % (self.window - self.sinks) if self.ring else 0


class Indices(Protocol):
    """How far the cache is filled: in the video (global) and in the window (local)."""

    def global_end(self) -> int: ...

    def local_end(self) -> int: ...

    def set(self, global_end: int, local_end: int) -> None: ...


class HostIndices:
    """Plain integers; one object serves all layers, which always agree."""

    def __init__(self) -> None:
        self._global = 0
        self._local = 0

    def global_end(self) -> int:
        return self._global

    def local_end(self) -> int:
        return self._local

    def set(self, global_end: int, local_end: int) -> None:
        self._global, self._local = global_end, local_end


class DeviceIndices:
    """The original's: int64 scalars on the device. Each read copies 8 bytes back and waits."""

    def __init__(self, device: str) -> None:
        self._global = torch.zeros((), dtype=torch.int64, device=device)
        self._local = torch.zeros((), dtype=torch.int64, device=device)

    def global_end(self) -> int:
        return int(self._global.item())

    def local_end(self) -> int:
        return int(self._local.item())

    def set(self, global_end: int, local_end: int) -> None:
        self._global.fill_(global_end)
        self._local.fill_(local_end)


def plan_write(
    indices: Indices, layout: CacheLayout, start: int, count: int, *, write_sinks: bool
) -> WritePlan:
    """Decides where `count` tokens beginning at token `start` of the video are written.

    Reads an index wherever it is used rather than once at the top, and stops at the first condition
    that fails: this makes 7 reads when rolling, 4 when recomputing and 5 when appending, as the
    original does. With indices on the device each read stalls the host.
    """
    end = start + count
    recompute = end <= indices.global_end() and start > 0
    if end > indices.global_end() and count + indices.local_end() > layout.window:
        evicted = count + indices.local_end() - layout.window
        rolled = indices.local_end() - evicted - layout.sinks
        local_end = indices.local_end() + end - indices.global_end() - evicted
        first = local_end - count
        rotation = layout.rotation(end, local_end)
        return WritePlan(Branch.ROLL, False, first, local_end, first, evicted, rolled, rotation)
    local_end = indices.local_end() + end - indices.global_end()
    first = local_end - count
    protect = recompute and not write_sinks
    write_start = max(first, layout.sinks) if protect else first
    rotation = layout.rotation(end, local_end)
    return WritePlan(Branch.DIRECT, recompute, first, local_end, write_start, rotation=rotation)


@dataclass
class PendingUpdate:
    """What a layer computed and the cache does not hold yet."""

    plan: WritePlan
    new_k: Tensor
    new_v: Tensor
    end: int  # token of the video that follows the new ones


class SelfCache:
    """One layer's K and V, [B, window tokens, heads, head_dim]. K is stored rotated."""

    def __init__(self, k: Tensor, v: Tensor, indices: Indices, layout: CacheLayout) -> None:
        self.k = k
        self.v = v
        self.indices = indices
        self.layout = layout

    def view(
        self, k: Tensor, v: Tensor, start: int, plan: WritePlan | None, *, write_sinks: bool = False
    ) -> tuple[Tensor, Tensor, PendingUpdate]:
        """K and V to attend to, for new k, v [B, S, H, D] at token `start`; the cache is untouched.

        A plan made beforehand saves the index reads: a graph is captured with one.
        """
        if plan is None:
            with nvtx.range("kv_read_indices"):
                plan = plan_write(
                    self.indices, self.layout, start, k.shape[1], write_sinks=write_sinks
                )
        skipped = plan.write_start - plan.local_start
        pending = PendingUpdate(plan, k[:, skipped:], v[:, skipped:], start + k.shape[1])
        with nvtx.range("kv_temp_clone"):
            temp_k, temp_v = self.k.clone(), self.v.clone()
        with nvtx.range(WRITE_RANGE[plan.branch]):
            write(temp_k, temp_v, pending.new_k, pending.new_v, plan, self.layout)
        with nvtx.range("kv_sink_concat"):
            return (
                attended(temp_k, plan.local_end, self.layout),
                attended(temp_v, plan.local_end, self.layout),
                pending,
            )

    def apply(self, pending: PendingUpdate) -> None:
        """Stores a forward's K and V."""
        write(self.k, self.v, pending.new_k, pending.new_v, pending.plan, self.layout)
        if not pending.plan.recompute:
            self.indices.set(pending.end, pending.plan.local_end)

    def reset(self) -> None:
        """Zeroes K and V; the indices stay, as at a prompt switch."""
        self.k.zero_()
        self.v.zero_()


def write(
    k: Tensor, v: Tensor, new_k: Tensor, new_v: Tensor, plan: WritePlan, layout: CacheLayout
) -> None:
    """Shifts the window of k and v if the plan says so, and puts the new K and V in."""
    if plan.branch is Branch.ROLL:
        for cache in (k, v):
            _roll(cache, layout.sinks, plan.evicted, plan.rolled)
    target = slice(plan.write_start, plan.local_end)
    k[:, target] = new_k
    v[:, target] = new_v


def _roll(cache: Tensor, sinks: int, evicted: int, rolled: int) -> None:
    # Source and target overlap, hence the clone.
    kept = cache[:, sinks + evicted : sinks + evicted + rolled].clone()
    cache[:, sinks : sinks + rolled] = kept


def attended(cache: Tensor, local_end: int, layout: CacheLayout) -> Tensor:
    """Sinks and window joined, [B, tokens, H, D]."""
    sinks = min(layout.sinks, local_end)
    first = max(sinks, local_end - (layout.window - layout.sinks))
    if sinks == 0:
        return cache[:, first:local_end]
    return torch.cat([cache[:, :sinks], cache[:, first:local_end]], dim=1)
