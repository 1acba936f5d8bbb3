"""The generation loop: temporal blocks, each denoised in four steps and then cached clean."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines import instrument as nvtx
from pipelines.ar_video.attention import Position
from pipelines.ar_video.caches import Caches
from pipelines.ar_video.config import Config
from pipelines.ar_video.graphs import ForwardGraphs
from pipelines.ar_video.model import Generator, build_generator
from pipelines.ar_video.prompt_switch import switch_prompt
from pipelines.ar_video.rope import RopeFactors, RopeTable
from pipelines.ar_video.scheduler import Scheduler, denoising_timesteps
from pipelines.ar_video.timing import Timer
from pipelines.ar_video.vae import build_decoder


class Session:
    """A model with its caches; `prepare` then `generate` is a run, and may be repeated."""

    def __init__(self, config: Config, model: Generator | None = None) -> None:
        self.config = config
        # Sessions may share one model: its weights depend on seed and sizes alone, and on --fp8.
        self.model = build_generator(config) if model is None else model
        self.caches = Caches(config)
        self.table = RopeTable(config)
        self.scheduler = Scheduler(config.device)
        self.decoder = build_decoder(config) if config.vae else None
        self.graphs = (
            ForwardGraphs(config, self._clean_latents, self.caches, self.table)
            if config.cuda_graphs
            else None
        )
        frames = (config.batch, config.frames_per_block)
        self.timesteps = [
            torch.full(frames, step, dtype=torch.float32, device=config.device)
            for step in [*denoising_timesteps(config.denoising_steps), 0.0]
        ]
        self.latents = torch.zeros(
            self._video_shape(), dtype=config.torch_dtype, device=config.device
        )
        self.noise = torch.zeros_like(self.latents)
        self.prompts: list[Tensor] = []
        self.segment = 0
        self._random = torch.Generator(config.device)

    def prepare(self) -> None:
        """Everything before the first block. The same seed gives the same run."""
        config = self.config
        self._random.manual_seed(config.seed)
        self.segment = 0
        with nvtx.range("text_encoder"):
            # No encoder: what it costs is outside every block, so random embeddings stand in.
            shape = (config.batch, config.text_tokens, config.text_dim)
            self.prompts = [self._randn(shape) for _ in range(len(config.switch_at) + 1)]
        self.noise.normal_(generator=self._random)
        self.caches.initialize()
        if self.decoder is not None:
            self.decoder.reset()

    def generate(self, timer: Timer) -> None:
        """All blocks of the configured video, each under a span called like its range."""
        for index in range(self.config.blocks):
            self.temporal_block(index, timer)

    def temporal_block(self, index: int, timer: Timer) -> None:
        """One block. Past the configured blocks, latents and noise are reused from the start."""
        config = self.config
        name = f"temporal_block_{index}"
        first = index * config.frames_per_block
        slot = index % config.blocks * config.frames_per_block
        frames = slice(slot, slot + config.frames_per_block)
        with nvtx.range(name), timer.span(name):
            if index in config.switch_at:
                self.segment += 1
                switch_prompt(self, self.segment, first)
            clean = self._denoise(self.noise[:, frames], first)
            self.latents[:, frames] = clean
            with nvtx.range("clean_context_cache_update"):
                self._forward(self.latents[:, frames], self.timesteps[-1], first)
        if self.decoder is not None:
            with nvtx.range("vae_decode"), timer.span("vae_decode"):
                self.decoder(self.latents[:, frames])

    def _denoise(self, noisy: Tensor, first: int) -> Tensor:
        """noisy [B, F, 16, H, W] to clean latents of the same shape."""
        steps = self.timesteps[:-1]
        with nvtx.range("spatial_denoising_loop"):
            for step, timestep in enumerate(steps):
                with nvtx.range(f"denoising_step_{step}"):
                    with nvtx.range("generator_forward"):
                        clean = self._forward(noisy, timestep, first)
                    if step + 1 < len(steps):
                        with nvtx.range("add_noise"):
                            noise = self._randn(tuple(clean.shape))
                            noisy = self.scheduler.add_noise(clean, noise, steps[step + 1])
        return clean

    def _forward(self, latents: Tensor, timestep: Tensor, first_frame: int) -> Tensor:
        """One block's clean latents as the model predicts them; stores its K and V."""
        start = first_frame * self.config.tokens_per_frame
        prompt = self.prompts[self.segment]
        if self.graphs is not None:
            return self.graphs.run(latents, timestep, prompt, start)
        rope = self.table.at(first_frame, self.config.frames_per_block)
        return self._clean_latents(latents, timestep, prompt, Position(start, rope))

    def recache_forward(self, frames: Tensor, first_frame: int) -> None:
        """Fills the cache from frames that are done, [B, F, 16, H, W], under the current prompt."""
        config = self.config
        start = first_frame * config.tokens_per_frame
        rope = self.table.at(first_frame, frames.shape[1])
        position = Position(start, rope, write_sinks=not config.global_sink)
        timestep = torch.zeros(frames.shape[:2], dtype=torch.float32, device=config.device)
        self._clean_latents(frames, timestep, self.prompts[self.segment], position)

    def _clean_latents(
        self, latents: Tensor, timestep: Tensor, prompt: Tensor, position: Position
    ) -> Tensor:
        rope: RopeFactors = self.table.prepare(position.rope)
        placed = Position(position.start, rope, position.plan, position.write_sinks)
        flow = self.model(latents, timestep, prompt, self.caches, placed)
        return self.scheduler.clean(latents, flow, timestep)

    def _randn(self, shape: tuple[int, ...]) -> Tensor:
        dtype, device = self.config.torch_dtype, self.config.device
        return torch.randn(shape, generator=self._random, dtype=dtype, device=device)

    def _video_shape(self) -> tuple[int, ...]:
        config = self.config
        frames = config.blocks * config.frames_per_block
        return (config.batch, frames, config.latent_channels, *config.latent_size)
