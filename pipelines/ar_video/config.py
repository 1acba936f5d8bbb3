"""What is run: the shapes and the switches of one run."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Literal

import torch

from pipelines.fp8 import Scaling, fp8_problems

DTYPES: dict[str, torch.dtype] = {
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "fp32": torch.float32,
}

AttentionBackend = Literal["auto", "flash", "cudnn", "math"]
RopePrecision = Literal["fp64", "fp32"]
KvCache = Literal["sliding", "ring"]


@dataclass(frozen=True)
class Config:
    """Shapes of LongLive v1's generator (Wan2.1-T2V-1.3B made causal) unless said otherwise.

    "Frame" is always a latent frame, "block" a temporal block of `frames_per_block` frames.
    """

    layers: int = 30
    dim: int = 1536
    heads: int = 12
    ffn: int = 8960
    text_tokens: int = 512
    text_dim: int = 4096
    freq_dim: int = 256  # width of the sinusoidal timestep embedding
    latent_channels: int = 16

    tokens_per_frame: int = 1560  # 30 x 52 patches of a 480 x 832 video
    frames_per_block: int = 3
    window: int = 12  # frames in the KV cache; includes the sinks and the block being made
    sinks: int = 3
    batch: int = 1
    blocks: int = 10
    switch_at: tuple[int, ...] = ()  # blocks that begin with a new prompt
    rope_positions: int = 1024

    # Costs of the original that can be taken away one at a time, to measure what each is worth.
    lora: bool = False
    lora_rank: int = 256
    rope: RopePrecision = "fp64"
    item_sync: bool = True
    global_sink: bool = False  # keep the old prompt's sink frames over a switch
    recache_block_mask: bool = False

    # What the original does not do, to see what it would gain.
    kv: KvCache = "sliding"
    compile: bool = False  # the sliding cache's copies
    fp8: tuple[str, ...] = ()  # linear layers multiplied in FP8: qkv, o, ffn
    fp8_scaling: Scaling = "row"
    denoising_steps: int = 4

    vae: bool = False
    vae_width: int = 96
    cuda_graphs: bool = False
    attention_backend: AttentionBackend = "auto"
    dtype: str = "bf16"
    seed: int = 0
    device: str = "cuda"

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads

    @property
    def grid(self) -> tuple[int, int]:
        """Patches of one frame (height, width)."""
        return patch_grid(self.tokens_per_frame)

    @property
    def latent_size(self) -> tuple[int, int]:
        """Latent (height, width): twice the patch grid, because a patch is 1 x 2 x 2."""
        height, width = self.grid
        return 2 * height, 2 * width

    @property
    def block_tokens(self) -> int:
        return self.frames_per_block * self.tokens_per_frame

    @property
    def window_tokens(self) -> int:
        return self.window * self.tokens_per_frame

    @property
    def sink_tokens(self) -> int:
        return self.sinks * self.tokens_per_frame

    @property
    def torch_dtype(self) -> torch.dtype:
        return DTYPES[self.dtype]

    def validate(self) -> Config:
        """Returns the config itself, or raises ValueError with what to change."""
        problems = {
            "--dim must be a multiple of --heads": self.dim % self.heads != 0,
            "a head must be at least 6 wide, and even, for 3-axis RoPE": self.head_dim < 6
            or self.head_dim % 2 != 0,
            "--window must hold the sinks and one block": self.window
            < self.sinks + self.frames_per_block,
            # The original never rewrites a sink slot after block 0; a later block that lay in the
            # sinks would keep the K and V of its noisiest pass for ever.
            "--sinks must not exceed --frames-per-block": self.sinks > self.frames_per_block,
            "sizes must be at least 1": min(
                self.layers, self.batch, self.blocks, self.frames_per_block, self.tokens_per_frame
            )
            < 1,
            "--switch-at must name blocks from 1 to --blocks - 1": any(
                not 0 < block < self.blocks for block in self.switch_at
            ),
            f"--blocks is too many for {self.rope_positions} RoPE positions": self.blocks
            * self.frames_per_block
            > self.rope_positions,
            "--cuda-graphs needs --no-item-sync": self.cuda_graphs and self.item_sync,
            "--compile is of the sliding cache's copies; a ring has none": self.compile
            and self.kv == "ring",
            "--fp8 cannot be used with --lora": bool(self.fp8) and self.lora,
            "--denoising-steps must be from 1 to 1000": not 1 <= self.denoising_steps <= 1000,
            **fp8_problems(self.fp8, self.dtype, (self.dim, self.ffn)),
            f"--dtype must be one of {', '.join(DTYPES)}": self.dtype not in DTYPES,
        }
        for message, wrong in problems.items():
            if wrong:
                raise ValueError(message)
        return self


def patch_grid(tokens: int) -> tuple[int, int]:
    """Splits a frame's tokens into (height, width), as near as they divide to 30 : 52."""
    target = math.log(52 / 30)
    heights = [height for height in range(1, tokens + 1) if tokens % height == 0]
    height = min(heights, key=lambda h: abs(math.log(tokens / h / h) - target))
    return height, tokens // height


PRESETS: dict[str, dict[str, Any]] = {
    "full": {},
    # 9 x 16 patches of a 144 x 256 video: each kernel takes a few microseconds, less than the host
    # needs to launch the next one.
    "small": {"tokens_per_frame": 144, "blocks": 12},
}


def from_preset(name: str, **changes: Any) -> Config:
    """The preset with every change that is not None applied."""
    given = {key: value for key, value in changes.items() if value is not None}
    return dataclasses.replace(Config(), **{**PRESETS[name], **given}).validate()
