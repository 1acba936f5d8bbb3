"""Ways through a forward's blocks: all of them, or what they added at an earlier step.

A forward is one of two kinds, with the prompt and without it; each keeps its own state. What is
reused is always a residual: output minus input of the blocks left out, when they last ran.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from pipelines import instrument as nvtx
from pipelines.dit_video.config import Config
from pipelines.dit_video.feature_plan import FeaturePlan
from pipelines.dit_video.model import Transformer
from pipelines.dit_video.places import Places
from pipelines.dit_video.stages import Given, Stages

# TeaCache's fit for Cosmos-1.0-7B, highest power first. None is published for Predict2-2B: with
# random weights the schedule is a mechanism's anyway, not this model's.
TEACACHE_COEFFICIENTS = (271.156237, -91.9775607, 2.2443725, 2.08355751, 0.14177633)


@dataclass(frozen=True)
class Decision:
    """`change` is what was compared with the threshold; None where nothing was."""

    step: int
    kind: str
    reused: bool
    change: float | None


@dataclass(frozen=True)
class Forward:
    """One forward: which, and what its stages need."""

    step: int
    kind: str  # cond, uncond
    last_step: bool
    given: Given
    stages: Stages
    eager: Stages  # for a stretch that only some steps run, which is not made a graph of


class Strategy(Protocol):
    decisions: list[Decision]

    def reset(self) -> None: ...

    def run(self, x: Tensor, forward: Forward) -> Tensor:
        """Tokens [B, S, C] in natural order to those that the last block leaves, in its order."""
        ...


class AllBlocks:
    def __init__(self, layers: int) -> None:
        self._last = layers - 1
        self.decisions: list[Decision] = []

    def reset(self) -> None:
        pass

    def run(self, x: Tensor, forward: Forward) -> Tensor:
        return forward.stages.blocks(x, forward.given, 0, self._last)


@dataclass
class _Kept:
    """Of one kind of forward, when its blocks last ran."""

    compared: Tensor | None = None
    residual: Tensor | None = None
    accumulated: float = 0.0


@dataclass
class _Caching:
    layers: int
    places: Places
    decisions: list[Decision] = field(default_factory=list)
    kept: dict[str, _Kept] = field(default_factory=dict)

    def reset(self) -> None:
        """Before a run: nothing of the last one may be reused."""
        self.kept.clear()
        self.decisions.clear()

    def state(self, forward: Forward) -> _Kept:
        return self.kept.setdefault(forward.kind, _Kept())

    def note(self, forward: Forward, reused: bool, change: float | None) -> None:
        self.decisions.append(Decision(forward.step, forward.kind, reused, change))

    def reuse_or_run(
        self, x: Tensor, forward: Forward, stages: Stages, first: int, last: int, *, reuse: bool
    ) -> Tensor:
        """Blocks first to last by `stages`, or their residual."""
        kept = self.state(forward)
        if reuse and kept.residual is not None:
            with nvtx.range("step_cache_apply"):
                return self.places.align(x, first - 1, last) + kept.residual
        out = stages.blocks(x, forward.given, first, last)
        with nvtx.range("step_cache_store"):
            kept.residual = out - self.places.align(x, first - 1, last)
        return out


class FeatureCache(_Caching):
    """A stretch of blocks in chosen steps, if their input has not drifted too far."""

    def __init__(self, config: Config, places: Places, plan: FeaturePlan) -> None:
        super().__init__(config.layers, places)
        self.plan = plan

    def run(self, x: Tensor, forward: Forward) -> Tensor:
        plan, stages, given = self.plan, forward.stages, forward.given
        x = stages.blocks(x, given, 0, plan.first_block - 1)
        kept, change = self.state(forward), None
        reuse = forward.step in plan.steps and kept.residual is not None
        if reuse and plan.drift is not None:
            with nvtx.range("step_cache_decide"):
                change = relative_change(x, kept.compared)
            reuse = change <= plan.drift
        if plan.drift is not None and not reuse:
            with nvtx.range("step_cache_store"):
                kept.compared = x.clone()  # a graph's output is overwritten by its next replay
        self.note(forward, reuse, change)
        middle = plan.first_block, plan.last_block
        x = self.reuse_or_run(x, forward, forward.eager, *middle, reuse=reuse)
        return stages.blocks(x, given, plan.last_block + 1, self.layers - 1)


class FirstBlockCache(_Caching):
    """All blocks but the first, while the first's residual is near that of the last full step.

    As implemented in ParaAttention and diffusers: a step that reuses leaves the residual compared
    with as it is, so that consecutive reuse limits itself.
    """

    def __init__(self, config: Config, places: Places, threshold: float) -> None:
        super().__init__(config.layers, places)
        self.threshold = threshold

    def run(self, x: Tensor, forward: Forward) -> Tensor:
        first = forward.stages.blocks(x, forward.given, 0, 0)
        kept, change, reuse = self.state(forward), None, False
        with nvtx.range("step_cache_decide"):
            residual = first - self.places.align(x, -1, 0)
            if kept.residual is not None:
                change = relative_change(residual, kept.compared)
                reuse = change < self.threshold
        if not reuse:
            kept.compared = residual
        self.note(forward, reuse, change)
        return self.reuse_or_run(first, forward, forward.stages, 1, self.layers - 1, reuse=reuse)


class TeaCache(_Caching):
    """All blocks, while the first one's input has changed little since they last ran, in sum.

    Each step's change is first mapped by a fitted polynomial. First and last step always run.
    """

    def __init__(
        self, config: Config, places: Places, model: Transformer, threshold: float
    ) -> None:
        super().__init__(config.layers, places)
        self.model = model
        self.threshold = threshold

    def run(self, x: Tensor, forward: Forward) -> Tensor:
        kept, change, reuse = self.state(forward), None, False
        with nvtx.range("step_cache_decide"):
            place = self.places.layers[0]
            tokens = self.places.align(x, -1, 0)
            indicator = self.model.first_block.first_input(tokens, forward.given.timing, place)
            if kept.compared is not None:
                change = relative_change(indicator, kept.compared)
                kept.accumulated += polynomial(change)
                reuse = kept.accumulated < self.threshold and not forward.last_step
        kept.compared = indicator  # of every step, reused or not
        if not reuse:
            kept.accumulated = 0.0
        self.note(forward, reuse, change)
        return self.reuse_or_run(x, forward, forward.stages, 0, self.layers - 1, reuse=reuse)


def relative_change(now: Tensor, before: Tensor | None) -> float:
    """mean |now - before| / mean |before|, summed in float32. Waits for the device."""
    assert before is not None
    return float(change_of(now, before).item())


def change_of(now: Tensor, before: Tensor) -> Tensor:
    """The same, on the device: a float32 scalar."""
    return l1(now - before) / l1(before)


def l1(x: Tensor) -> Tensor:
    """Sum of absolute values, float32."""
    return torch.linalg.vector_norm(x, 1, dtype=torch.float32)


def polynomial(value: float) -> float:
    result = 0.0
    for coefficient in TEACACHE_COEFFICIENTS:
        result = result * value + coefficient
    return result


def strategy_for(config: Config, places: Places, model: Transformer) -> Strategy:
    if config.feature_cache is not None:
        return FeatureCache(config, places, config.feature_cache)
    if config.first_block_cache is not None:
        return FirstBlockCache(config, places, config.first_block_cache)
    if config.teacache is not None:
        return TeaCache(config, places, model, config.teacache)
    return AllBlocks(config.layers)
