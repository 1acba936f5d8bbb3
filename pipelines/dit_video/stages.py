"""A forward's blocks and head, run as they are or replayed as CUDA graphs.

A graph is made of each stretch of blocks that a forward runs without a decision inside: all of
them; with a feature cache those before and after the cached ones, which stay outside; with a
first-block cache the first, then the rest; and of the head. Capture happens between runs,
with no outer range open, so a graph's node carries its layer's ranges and its replay adds those
open at the launch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from pipelines import instrument as nvtx
from pipelines.dit_video.layers import Timing
from pipelines.dit_video.model import Transformer
from pipelines.dit_video.places import Places

Key = tuple[int, int]  # first and last block; the head is (layers, layers)


@dataclass(frozen=True)
class Given:
    """What all stages of one forward share."""

    timing: Timing
    prompt: Tensor  # [B, text tokens, text_dim]


class Stages(Protocol):
    def blocks(self, x: Tensor, given: Given, first: int, last: int) -> Tensor: ...

    def head(self, x: Tensor, given: Given) -> Tensor: ...


class EagerStages:
    def __init__(self, model: Transformer, places: Places) -> None:
        self._model = model
        self._places = places

    def blocks(self, x: Tensor, given: Given, first: int, last: int) -> Tensor:
        if last < first:
            return x
        return self._model.run_blocks(x, given.timing, given.prompt, self._places, first, last)

    def head(self, x: Tensor, given: Given) -> Tensor:
        return self._model.finish(x, given.timing, self._places)


@dataclass
class Captured:
    replay: Callable[[], None]
    input: Tensor
    output: Tensor


class GraphStages:
    """The first run meets the stages and executes them; `capture_met` makes graphs of them."""

    def __init__(self, eager: EagerStages, layers: int, device: str) -> None:
        self._eager = eager
        self._layers = layers
        self._pool = None if device == "cpu" else torch.cuda.graph_pool_handle()
        self._met: dict[Key, Key | None] = {}  # and the stage whose output was the input, if any
        self._captured: dict[Key, Captured] = {}
        self._given: Given | None = None
        self._loaded: Given | None = None
        self._latest: tuple[Key, Tensor] | None = None
        self._example: Tensor | None = None
        self.replays = 0
        self.eager = 0

    @property
    def captured(self) -> int:
        return len(self._captured)

    def blocks(self, x: Tensor, given: Given, first: int, last: int) -> Tensor:
        return x if last < first else self._run((first, last), x, given)

    def head(self, x: Tensor, given: Given) -> Tensor:
        return self._run((self._layers, self._layers), x, given)

    def capture_met(self) -> None:
        """Captures every stage met so far."""
        for key, producer in self._met.items():
            if key not in self._captured:
                self._captured[key] = self._capture(key, producer)

    def reset_counts(self) -> None:
        self.replays = self.eager = 0

    def _run(self, key: Key, x: Tensor, given: Given) -> Tensor:
        captured = self._captured.get(key)
        if captured is None:
            return self._meet(key, x, given)
        if captured.input.data_ptr() != x.data_ptr() or self._loaded is not given:
            with nvtx.range("graph_inputs"):
                self._load(captured, x, given)
        captured.replay()
        self.replays += 1
        return captured.output

    def _meet(self, key: Key, x: Tensor, given: Given) -> Tensor:
        if key not in self._met:
            chained = self._latest is not None and self._latest[1] is x
            self._met[key] = self._latest[0] if chained and self._latest is not None else None
        if self._given is None:
            timing = Timing(given.timing.embedding.clone(), given.timing.lora.clone())
            self._given, self._example = Given(timing, given.prompt.clone()), x
        self.eager += 1
        out = self._execute(key, x, given)
        self._latest = (key, out)
        return out

    def _load(self, captured: Captured, x: Tensor, given: Given) -> None:
        if captured.input.data_ptr() != x.data_ptr():
            captured.input.copy_(x)
        if self._loaded is not given and self._given is not None:
            self._given.timing.embedding.copy_(given.timing.embedding)
            self._given.timing.lora.copy_(given.timing.lora)
            self._given.prompt.copy_(given.prompt)
            self._loaded = given

    def _execute(self, key: Key, x: Tensor, given: Given) -> Tensor:
        if key[0] == self._layers:
            return self._eager.head(x, given)
        return self._eager.blocks(x, given, *key)

    def _capture(self, key: Key, producer: Key | None) -> Captured:
        given, example = self._given, self._example
        assert given is not None and example is not None
        # Another stage's output is this one's input where it lies: nothing to copy on a replay.
        chained = self._captured.get(producer) if producer is not None else None
        x = torch.zeros_like(example) if chained is None else chained.output

        def stage() -> Tensor:
            return self._execute(key, x, given)

        if self._pool is None:
            return _record_for_cpu(stage, x)
        graph = torch.cuda.CUDAGraph()
        # thread_local: a profiler's own thread may call CUDA while we capture.
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            output = stage()
        return Captured(graph.replay, x, output)


def _record_for_cpu(stage: Callable[[], Tensor], x: Tensor) -> Captured:
    """A stand-in where there are no CUDA graphs: the tests' way to the code around them."""
    output = stage().clone()

    def replay() -> None:
        output.copy_(stage())

    return Captured(replay, x, output)
