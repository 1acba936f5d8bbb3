"""The denoising forward as CUDA graphs, one for each state of the cache it can meet.

A forward's work depends on where it writes (the `WritePlan`) and on whether the prompt's K and V
are cached. Everything else that changes is data, and is copied into static buffers before a replay:
latents, timestep, prompt, and the rotary factors of the frames' times.

Capture happens between runs rather than in the middle of one: the first run meets the states and
executes them eagerly, then each is captured with no outer range open. So a graph node carries the
ranges of the layer it belongs to, and its replay adds the ranges open at the launch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines import instrument as nvtx
from pipelines.ar_video.attention import Position
from pipelines.ar_video.caches import Caches
from pipelines.ar_video.config import Config
from pipelines.ar_video.kv_cache import WritePlan, plan_write
from pipelines.ar_video.rope import RopeTable

# latents [B, F, 16, H, W], timestep [B, F], prompt [B, text tokens, text_dim] -> clean latents
Forward = Callable[[Tensor, Tensor, Tensor, Position], Tensor]


@dataclass(frozen=True)
class State:
    plan: WritePlan
    cross_ready: bool


@dataclass
class Captured:
    replay: Callable[[], None]
    output: Tensor  # overwritten by the next replay of any graph: they share one memory pool


class ForwardGraphs:
    def __init__(self, config: Config, forward: Forward, caches: Caches, table: RopeTable) -> None:
        self._config = config
        self._forward = forward
        self._caches = caches
        self._table = table
        self._met: dict[State, None] = {}
        self._captured: dict[State, Captured] = {}
        self._inputs = _static_inputs(config, table)
        self._pool = torch.cuda.graph_pool_handle() if config.device != "cpu" else None
        self.replays = 0
        self.eager = 0

    @property
    def captured(self) -> int:
        return len(self._captured)

    def run(self, latents: Tensor, timestep: Tensor, prompt: Tensor, start: int) -> Tensor:
        """The forward of one block's frames at token `start`: replayed if captured, else eager."""
        caches, config = self._caches, self._config
        count = config.block_tokens
        plan = plan_write(caches.host_indices, caches.layout, start, count, write_sinks=False)
        state = State(plan, caches.cross_ready)
        frame = start // config.tokens_per_frame
        rope = self._table.at(frame, config.frames_per_block)
        captured = self._captured.get(state)
        if captured is None:
            self._met[state] = None
            self.eager += 1
            return self._forward(latents, timestep, prompt, Position(start, rope, plan))
        with nvtx.range("graph_inputs"):
            given = (latents, timestep, prompt, rope.time)
            for static, value in zip(self._inputs, given, strict=True):
                static.copy_(value)
        captured.replay()
        self.replays += 1
        # A replay changes device memory only; the host's side of the caches has to follow.
        if not plan.recompute:
            caches.host_indices.set(start + count, plan.local_end)
        caches.mark_cross(True)
        return captured.output

    def capture_met(self) -> None:
        """Captures every state met so far. Leaves the caches' host state to be initialised."""
        for state in [state for state in self._met if state not in self._captured]:
            self._caches.mark_cross(state.cross_ready)
            self._captured[state] = self._capture(state)

    def reset_counts(self) -> None:
        self.replays = self.eager = 0

    def _capture(self, state: State) -> Captured:
        latents, timestep, prompt, time = self._inputs
        axes = self._table.at(0, self._config.frames_per_block)
        rope = type(axes)(time, axes.height, axes.width)
        # The plan says where to write; the start is only used for the host's indices, which `run`
        # keeps itself.
        position = Position(0, rope, state.plan)

        def forward() -> Tensor:
            return self._forward(latents, timestep, prompt, position)

        if self._pool is None:
            return _record_for_cpu(forward)
        graph = torch.cuda.CUDAGraph()
        # thread_local: a profiler's own thread may call CUDA while we capture.
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            output = forward()
        return Captured(graph.replay, output)


def _static_inputs(config: Config, table: RopeTable) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Buffers for latents, timestep, prompt and the rotary factors of time."""
    batch, frames = config.batch, config.frames_per_block
    height, width = config.latent_size
    dtype, device = config.torch_dtype, config.device
    shape = (batch, frames, config.latent_channels, height, width)
    latents = torch.zeros(shape, dtype=dtype, device=device)
    prompt = torch.zeros((batch, config.text_tokens, config.text_dim), dtype=dtype, device=device)
    timestep = torch.zeros((batch, frames), dtype=torch.float32, device=device)
    return latents, timestep, prompt, table.at(0, frames).time.clone()


def _record_for_cpu(forward: Callable[[], Tensor]) -> Captured:
    """A stand-in where there are no CUDA graphs: the tests' way to the code around them.

    Unlike a capture it computes, which does no harm: a run begins by initialising the caches.
    """
    output = forward()

    def replay() -> None:
        output.copy_(forward())

    return Captured(replay, output)
