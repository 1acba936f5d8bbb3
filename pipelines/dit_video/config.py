"""What is run: the shapes and the switches of one run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

import torch

from pipelines.ar_video.config import DTYPES, AttentionBackend
from pipelines.dit_video.feature_plan import FeaturePlan
from pipelines.dit_video.natten_map import layer_windows
from pipelines.dit_video.tiles import Grid
from pipelines.fp8 import Scaling, fp8_problems

Attention = Literal["dense", "natten-map"]


@dataclass(frozen=True)
class Config:
    """Cosmos-Predict2-2B-Video2World at 720p and 16 frames a second, unless said otherwise."""

    layers: int = 28
    dim: int = 2048
    heads: int = 16
    ffn: int = 8192
    adaln_rank: int = 256
    text_tokens: int = 512
    text_dim: int = 1024
    latent_channels: int = 16

    frames: int = 24  # latent frames; 93 frames of pixels
    height: int = 88  # of the latent: twice the patches
    width: int = 160
    conditional_frames: int = 1  # given, not generated

    steps: int = 35  # of the scheduler; one clean pass follows
    guidance: float = 7.0

    attention: Attention = "dense"
    fp8: tuple[str, ...] = ()
    fp8_scaling: Scaling = "row"
    feature_cache: FeaturePlan | None = None
    first_block_cache: float | None = None  # threshold
    teacache: float | None = None  # threshold
    cuda_graphs: bool = False
    attention_backend: AttentionBackend = "auto"
    dtype: str = "bf16"
    seed: int = 0
    device: str = "cuda"

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads

    @property
    def grid(self) -> Grid:
        """Patches: (time, height, width)."""
        return self.frames, self.height // 2, self.width // 2

    @property
    def tokens(self) -> int:
        frames, rows, columns = self.grid
        return frames * rows * columns

    @property
    def passes(self) -> int:
        """Denoising passes, each of two forwards: the scheduler's steps and the clean one."""
        return self.steps + 1

    @property
    def latent_shape(self) -> tuple[int, int, int, int, int]:
        return 1, self.latent_channels, self.frames, self.height, self.width

    @property
    def torch_dtype(self) -> torch.dtype:
        return DTYPES[self.dtype]

    @property
    def step_caching(self) -> bool:
        return any(
            option is not None
            for option in (self.feature_cache, self.first_block_cache, self.teacache)
        )

    def validate(self) -> Config:
        """Returns the config itself, or raises ValueError with what to change."""
        caches = (self.feature_cache, self.first_block_cache, self.teacache)
        plan = self.feature_cache
        problems = {
            "--dim must be a multiple of --heads": self.dim % self.heads != 0,
            "a head must be at least 6 wide, and even, for 3-axis RoPE": self.head_dim < 6
            or self.head_dim % 2 != 0,
            "--height and --width must be even: a patch is 2 x 2": self.height % 2 != 0
            or self.width % 2 != 0,
            "sizes must be at least 1": min(
                self.layers, self.frames, self.height, self.width, self.steps
            )
            < 1,
            "--conditional-frames must leave a frame to generate": not 0
            <= self.conditional_frames
            < self.frames,
            "one step cache at a time": sum(option is not None for option in caches) > 1,
            "--feature-cache names blocks from 0 to --layers - 1": plan is not None
            and plan.last_block >= self.layers,
            "--first-block-cache needs two layers at least": self.first_block_cache is not None
            and self.layers < 2,
            f"--dtype must be one of {', '.join(DTYPES)}": self.dtype not in DTYPES,
            **fp8_problems(self.fp8, self.dtype, (self.dim, self.ffn)),
        }
        for message, wrong in problems.items():
            if wrong:
                raise ValueError(message)
        if self.attention == "natten-map":
            layer_windows(self.grid, self.layers)  # raises where tiles do not fit
        return self


PRESETS: dict[str, dict[str, Any]] = {
    "720p16": {},
    "720p10": {"frames": 16},  # 61 frames of pixels
}


def from_preset(name: str, **changes: Any) -> Config:
    """The preset with every change that is not None applied."""
    given = {key: value for key, value in changes.items() if value is not None}
    return dataclasses.replace(Config(), **{**PRESETS[name], **given}).validate()
