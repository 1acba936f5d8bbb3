"""The denoising loop: every pass two forwards, with the prompt and without it."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines import instrument as nvtx
from pipelines.ar_video.timing import Timer
from pipelines.dit_video import sampler
from pipelines.dit_video.config import Config
from pipelines.dit_video.model import Transformer, build_transformer
from pipelines.dit_video.places import Places, build_places
from pipelines.dit_video.stages import EagerStages, Given, GraphStages, Stages
from pipelines.dit_video.step_cache import Forward, Strategy, strategy_for

KINDS = ("cond", "uncond")


class Session:
    """A model with what a run needs; `prepare` then `generate` is a run, and may be repeated."""

    def __init__(
        self, config: Config, model: Transformer | None = None, places: Places | None = None
    ) -> None:
        self.config = config
        # Sessions may share a model and the order of tokens, where those are the same.
        self.model = build_transformer(config) if model is None else model
        self.places = build_places(config) if places is None else places
        self.strategy: Strategy = strategy_for(config, self.places, self.model)
        self._eager = EagerStages(self.model, self.places)
        self.graphs = (
            GraphStages(self._eager, config.layers, config.device) if config.cuda_graphs else None
        )
        self._stages: Stages = self._eager if self.graphs is None else self.graphs
        self._random = torch.Generator(config.device)
        self.latents = torch.zeros(config.latent_shape, device=config.device)
        self.given = torch.zeros_like(self.latents)
        self._mask = torch.zeros(1, 1, config.frames, 1, 1, device=config.device)
        self._mask[:, :, : config.conditional_frames] = 1
        padding = torch.zeros_like(self.latents[:, :1])
        self._channels = torch.cat([padding + self._mask, padding], dim=1).to(config.torch_dtype)
        self.prompts: dict[str, Tensor] = {}
        self._levels = sampler.sigmas(config.steps)
        self._times = [self._frame_times(sigma) for sigma in self._levels]

    def prepare(self) -> None:
        """Everything before the first step. The same seed gives the same run."""
        config = self.config
        self._random.manual_seed(config.seed)
        self.strategy.reset()
        with nvtx.range("text_encoder"):
            # No encoder: what it costs is outside every step, so random embeddings stand in.
            shape = (1, config.text_tokens, config.text_dim)
            self.prompts = {kind: self._randn(shape).to(config.torch_dtype) for kind in KINDS}
        self.given = self._randn(config.latent_shape)
        self.latents = self._randn(config.latent_shape) * self._levels[0]

    def generate(self, timer: Timer) -> None:
        """All passes, each under a span called like its range."""
        for step in range(self.config.passes):
            self.denoising_step(step, timer)

    def denoising_step(self, step: int, timer: Timer) -> None:
        name = f"denoising_step_{step}"
        sigma, time = self._levels[step], self._times[step]
        with nvtx.range(name), timer.span(name):
            with nvtx.range("scheduler_input"):
                latents = torch.lerp(self.latents, self.given, self._mask)
                scaled = sampler.network_input(latents, time).to(self.config.torch_dtype)
            outputs = [self._forward(kind, step, scaled, timer) for kind in KINDS]
            with nvtx.range("scheduler_step"):
                cond, uncond = (sampler.denoised(latents, output, time) for output in outputs)
                clean = sampler.guided(cond, uncond, self.config.guidance)
                clean = torch.lerp(clean, self.given, self._mask)
                last = step == self.config.steps
                following = self._levels[-1 if last else step + 1]
                self.latents = (
                    clean if last else sampler.advance(self.latents, clean, sigma, following)
                )

    def _forward(self, kind: str, step: int, latents: Tensor, timer: Timer) -> Tensor:
        """latents [1, 16, T, H, W] to the network's raw output, float32."""
        name = f"forward_{kind}_{step}"
        with nvtx.range(kind), nvtx.range("generator_forward"), timer.span(name):
            timestep = self._times[step].flatten(1)
            x, timing = self.model.embed(latents, self._channels, timestep)
            given = Given(timing, self.prompts[kind])
            last_step = step == self.config.steps
            forward = Forward(step, kind, last_step, given, self._stages, self._eager)
            x = self.strategy.run(x, forward)
            # A copy in any case: a graph's output is overwritten by its next replay.
            return self._stages.head(x, given).to(torch.float32, copy=True)

    def _frame_times(self, sigma: float) -> Tensor:
        """Flow time of every frame, [1, 1, T, 1, 1]: given frames count as almost clean."""
        levels = torch.full_like(self._mask, sigma)
        return sampler.flow_time(
            torch.lerp(levels, torch.full_like(levels, sampler.SIGMA_CONDITIONAL), self._mask)
        )

    def _randn(self, shape: tuple[int, ...]) -> Tensor:
        return torch.randn(shape, generator=self._random, device=self.config.device)
