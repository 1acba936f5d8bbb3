"""The transformer: latents, timesteps and a prompt in, the network's raw output out."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines import instrument as nvtx
from pipelines.ar_video.layers import layer_norm
from pipelines.dit_video.attention import Place
from pipelines.dit_video.block import TransformerBlock
from pipelines.dit_video.config import Config
from pipelines.dit_video.layers import EPS, AdaptiveNorm, Timing
from pipelines.dit_video.places import Places
from pipelines.fp8 import quantize_linears

# Which of a block's linear layers each part of --fp8 is. The prompt's K and V (512 tokens) and the
# modulation (a row a frame) stay as they are.
PARTS = {
    "qkv": ("self_attn.q", "self_attn.k", "self_attn.v", "cross_attn.q"),
    "o": ("self_attn.o", "cross_attn.o"),
    "ffn": ("ffn.0", "ffn.2"),
}
_MASKS = 2  # channels beside the latents: which frames are given, which pixels are padding


class Transformer(nn.Module):
    """Called in three stages, so that a step cache or a graph can come between the blocks."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        dim = config.dim
        self.patch_embedding = nn.Linear(4 * (config.latent_channels + _MASKS), dim, bias=False)
        self.time_in = nn.Linear(dim, dim, bias=False)
        self.time_out = nn.Linear(dim, 3 * dim, bias=False)
        self.time_norm = nn.Parameter(torch.empty(dim))
        self.blocks = nn.ModuleList(TransformerBlock(config, i) for i in range(config.layers))
        self.head_norm = AdaptiveNorm(dim, config.adaln_rank, parts=2)
        self.head = nn.Linear(dim, 4 * config.latent_channels, bias=False)

    @property
    def first_block(self) -> TransformerBlock:
        return cast(TransformerBlock, self.blocks[0])

    def embed(self, latents: Tensor, masks: Tensor, timestep: Tensor) -> tuple[Tensor, Timing]:
        """latents [B, 16, T, H, W], masks [B, 2, T, H, W], timestep [B, T].

        Returns tokens [B, S, C], in natural order, and what the blocks need of the timestep.
        """
        with nvtx.range("embeddings"):
            cells = torch.cat([latents, masks], dim=1).unflatten(-1, (-1, 2)).unflatten(-3, (-1, 2))
            tokens = cells.permute(0, 2, 3, 5, 1, 4, 6).flatten(4).flatten(1, 3)
            sinusoids = self._sinusoids(timestep)
            lora = self.time_out(F.silu(self.time_in(sinusoids)))
            embedding = F.rms_norm(sinusoids, sinusoids.shape[-1:], self.time_norm, EPS)
            return self.patch_embedding(tokens), Timing(embedding, lora)

    def run_blocks(
        self, x: Tensor, timing: Timing, prompt: Tensor, places: Places, first: int, last: int
    ) -> Tensor:
        """Blocks first to last, inclusive. Tokens come in `first - 1`'s order, go in `last`'s."""
        for index in range(first, last + 1):
            place: Place = places.layers[index]
            if place.moved is not None:
                with nvtx.range("token_permute"):
                    x = x[:, place.moved]
            x = self.blocks[index](x, timing, prompt, place)
        return x

    def finish(self, x: Tensor, timing: Timing, places: Places) -> Tensor:
        """Tokens in the last layer's order to [B, 16, T, H, W]."""
        with nvtx.range("head"):
            if places.last_moved is not None:
                with nvtx.range("token_permute"):
                    x = x[:, places.last_moved]
            shift, scale = self.head_norm(timing)
            frames = layer_norm(x).unflatten(1, (self.config.frames, -1))
            out = self.head(frames * (1 + scale.unsqueeze(2)) + shift.unsqueeze(2))
            _, rows, columns = self.config.grid
            cells = out.unflatten(2, (rows, columns)).unflatten(-1, (2, 2, -1))
            # [B, T, h, w, 2, 2, 16] to [B, 16, T, h, 2, w, 2].
            return cells.permute(0, 6, 1, 2, 4, 3, 5).flatten(5, 6).flatten(3, 4)

    def _sinusoids(self, timestep: Tensor) -> Tensor:
        """[B, T] to [B, T, C]."""
        half = self.config.dim // 2
        steps = torch.arange(half, dtype=torch.float32, device=timestep.device)
        angles = timestep.float().unsqueeze(-1) * torch.exp(steps * (-math.log(10000) / half))
        return torch.cat([angles.cos(), angles.sin()], dim=-1).to(self.head.weight.dtype)


def build_transformer(config: Config) -> Transformer:
    """Seeded random weights, never zero: zeros draw less power, and so run at a higher clock."""
    with torch.device("meta"):
        module = Transformer(config)
    module = module.to(config.torch_dtype).to_empty(device=config.device).eval()
    generator = torch.Generator(config.device).manual_seed(config.seed)
    for name, parameter in module.named_parameters():
        _fill(name, parameter, generator, config.layers)
    module.requires_grad_(False)
    quantize_linears(module.blocks, config.fp8, PARTS, config.fp8_scaling)
    return module


def _fill(name: str, parameter: Tensor, generator: torch.Generator, layers: int) -> None:
    """Matrices keep the variance of what goes through; those that write to the residual stream are
    weaker, so that it stays finite at any depth, and the modulation stays around its ones."""
    if parameter.ndim == 1:
        parameter.data.normal_(1.0, 0.02, generator=generator)
        return
    gain = 1.0
    if name.endswith(("attn.o.weight", "ffn.2.weight")):
        gain = 1 / math.sqrt(layers)
    elif name.endswith("norm.up.weight") or name in ("time_out.weight", "head.weight"):
        gain = 0.5
    parameter.data.normal_(0.0, gain / math.sqrt(parameter.shape[1]), generator=generator)
