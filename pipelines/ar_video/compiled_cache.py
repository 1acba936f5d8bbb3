"""The sliding cache with its copies compiled: clone, roll, insert and concat become one pass.

The compiled functions are pure in what they attend to and write in place what they store. They are
specialised on the write plan's integers, of which a run meets about ten.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import torch
from torch import Tensor

from pipelines import instrument as nvtx
from pipelines.ar_video.kv_cache import (
    WRITE_RANGE,
    CacheLayout,
    PendingUpdate,
    SelfCache,
    WritePlan,
    attended,
    plan_write,
    write,
)

P = ParamSpec("P")
R = TypeVar("R")
BACKEND = "inductor"
# Each plan, batch and layout is a compilation of the same function; the default limit is eight.
_SPECIALISATIONS = 64


class CompiledCache(SelfCache):
    """One layer's K and V; the same results as a `SelfCache`."""

    def view(
        self, k: Tensor, v: Tensor, start: int, plan: WritePlan | None, *, write_sinks: bool = False
    ) -> tuple[Tensor, Tensor, PendingUpdate]:
        if plan is None:
            with nvtx.range("kv_read_indices"):
                plan = plan_write(
                    self.indices, self.layout, start, k.shape[1], write_sinks=write_sinks
                )
        skipped = plan.write_start - plan.local_start
        pending = PendingUpdate(plan, k[:, skipped:], v[:, skipped:], start + k.shape[1])
        # One range for all of it: the parts are no longer apart.
        with nvtx.range(WRITE_RANGE[plan.branch]):
            keys, values = _compiled(_view)(
                self.k, self.v, pending.new_k, pending.new_v, plan, self.layout
            )
        return keys, values, pending

    def apply(self, pending: PendingUpdate) -> None:
        plan = pending.plan
        _compiled(_store)(self.k, self.v, pending.new_k, pending.new_v, plan, self.layout)
        if not plan.recompute:
            self.indices.set(pending.end, plan.local_end)


def _view(
    k: Tensor, v: Tensor, new_k: Tensor, new_v: Tensor, plan: WritePlan, layout: CacheLayout
) -> tuple[Tensor, Tensor]:
    temp_k, temp_v = k.clone(), v.clone()
    write(temp_k, temp_v, new_k, new_v, plan, layout)
    return attended(temp_k, plan.local_end, layout), attended(temp_v, plan.local_end, layout)


def _store(
    k: Tensor, v: Tensor, new_k: Tensor, new_v: Tensor, plan: WritePlan, layout: CacheLayout
) -> None:
    write(k, v, new_k, new_v, plan, layout)


@functools.cache
def _compiled(function: Callable[P, R]) -> Callable[P, R]:
    from torch._dynamo import config  # slow to import, and only wanted here

    config.recompile_limit = _SPECIALISATIONS
    return torch.compile(function, fullgraph=True, dynamic=False, backend=BACKEND)
