"""The self-attention cache as a ring: new K and V overwrite the oldest, and nothing is moved.

Attention does not care in which order keys come, and K is stored rotated, so the window need not be
in order: sinks, then a ring, in one buffer that is attended to as it lies. While it fills, its used
part is a prefix. There is no clone, roll, concat or deferred update: a forward writes its K and V
before it attends. That is the same as storing them after the last layer, because every forward of a
block writes the same slots, and reads them only after it has.
"""

from __future__ import annotations

from torch import Tensor

from pipelines import instrument as nvtx
from pipelines.ar_video.kv_cache import (
    CacheLayout,
    Indices,
    PendingUpdate,
    WritePlan,
    plan_write,
)


class RingCache:
    """One layer's K and V, [B, window tokens, heads, head_dim]. K is stored rotated."""

    def __init__(self, k: Tensor, v: Tensor, indices: Indices, layout: CacheLayout) -> None:
        self.k = k
        self.v = v
        self.indices = indices
        self.layout = layout

    def view(
        self, k: Tensor, v: Tensor, start: int, plan: WritePlan | None, *, write_sinks: bool = False
    ) -> tuple[Tensor, Tensor, PendingUpdate]:
        """Writes k, v [B, S, H, D] of token `start` and returns the K and V to attend to: views."""
        if plan is None:
            with nvtx.range("kv_read_indices"):
                plan = plan_write(
                    self.indices, self.layout, start, k.shape[1], write_sinks=write_sinks
                )
        with nvtx.range("kv_direct_insert"):
            for source, target in segments(plan, self.layout):
                self.k[:, target] = k[:, source]
                self.v[:, target] = v[:, source]
        pending = PendingUpdate(plan, k, v, start + k.shape[1])
        return self.k[:, : plan.local_end], self.v[:, : plan.local_end], pending

    def apply(self, pending: PendingUpdate) -> None:
        """Only the indices are left to move."""
        if not pending.plan.recompute:
            self.indices.set(pending.end, pending.plan.local_end)

    def reset(self) -> None:
        """Zeroes K and V; the indices stay, as at a prompt switch."""
        self.k.zero_()
        self.v.zero_()


def segments(plan: WritePlan, layout: CacheLayout) -> list[tuple[slice, slice]]:
    """(tokens of the new K and V, slots of the buffer) of each contiguous piece to write.

    Position p of the window, in order of age, lies at slot p among the sinks and at
    sinks + (p - sinks + rotation) mod (window - sinks) in the ring.
    """
    pieces: list[tuple[slice, slice]] = []
    position = plan.write_start
    while position < plan.local_end:
        if position < layout.sinks:
            slot, room = position, layout.sinks - position
        else:
            ring = layout.window - layout.sinks
            place = (position - layout.sinks + plan.rotation) % ring
            slot, room = layout.sinks + place, ring - place
        count = min(room, plan.local_end - position)
        source = position - plan.local_start
        pieces.append((slice(source, source + count), slice(slot, slot + count)))
        position += count
    return joined(pieces)


def joined(pieces: list[tuple[slice, slice]]) -> list[tuple[slice, slice]]:
    """Neighbours in both places made one, so that a copy is launched once."""
    result: list[tuple[slice, slice]] = []
    for source, slots in pieces:
        if result and result[-1][0].stop == source.start and result[-1][1].stop == slots.start:
            before, place = result.pop()
            source, slots = slice(before.start, source.stop), slice(place.start, slots.stop)
        result.append((source, slots))
    return result
