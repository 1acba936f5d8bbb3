"""The generator: latents and a timestep in, the predicted flow out."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn

from pipelines import instrument as nvtx
from pipelines.ar_video.attention import Position
from pipelines.ar_video.block import TransformerBlock
from pipelines.ar_video.caches import Caches
from pipelines.ar_video.config import Config
from pipelines.ar_video.layers import layer_norm, modulate
from pipelines.fp8 import quantize_linears

# Which of a block's linear layers each part of --fp8 is. The prompt's K and V are projected once a
# prompt, and stay as they are.
PARTS = {
    "qkv": ("self_attn.q", "self_attn.k", "self_attn.v", "cross_attn.q"),
    "o": ("self_attn.o", "cross_attn.o"),
    "ffn": ("ffn.0", "ffn.2"),
}


class Generator(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        dim, channels = config.dim, config.latent_channels
        self.patch_embedding = nn.Conv3d(channels, dim, kernel_size=(1, 2, 2), stride=(1, 2, 2))
        self.text_embedding = nn.Sequential(
            nn.Linear(config.text_dim, dim), nn.GELU(approximate="tanh"), nn.Linear(dim, dim)
        )
        self.time_embedding = nn.Sequential(
            nn.Linear(config.freq_dim, dim), nn.SiLU(), nn.Linear(dim, dim)
        )
        self.time_projection = nn.Sequential(nn.SiLU(), nn.Linear(dim, 6 * dim))
        self.blocks = nn.ModuleList(TransformerBlock(config, i) for i in range(config.layers))
        self.head_modulation = nn.Parameter(torch.empty(2, dim))
        self.head = nn.Linear(dim, 4 * channels)

    def forward(
        self, latents: Tensor, timestep: Tensor, prompt: Tensor, caches: Caches, position: Position
    ) -> Tensor:
        """latents [B, F, 16, H, W], timestep [B, F], prompt [B, text tokens, text_dim] -> flow.

        Stores the new K and V in `caches` before it returns. The flow has the latents' shape.
        """
        with nvtx.range("embeddings"):
            x = self.patch_embedding(latents.transpose(1, 2)).flatten(2).transpose(1, 2)
            time = self.time_embedding(self._sinusoids(timestep))
            modulation = self.time_projection(time).unflatten(-1, (6, -1))
            # Run every forward although only the first after a reset uses it, as in the original.
            text = self.text_embedding(prompt)
        updates = []
        for index, block in enumerate(self.blocks):
            layer_caches = (caches.self_caches[index], caches.cross_caches[index])
            x, pending = block(x, modulation, text, layer_caches, position)
            updates.append(pending)
        caches.apply(updates)
        with nvtx.range("head"):
            shift, scale = (self.head_modulation + time.unsqueeze(2)).split(1, dim=2)
            return self._unpatchify(self.head(modulate(layer_norm(x), shift, scale)))

    def _sinusoids(self, timestep: Tensor) -> Tensor:
        """[B, F] to [B, F, freq_dim], in float64 until the last step."""
        half = self.config.freq_dim // 2
        steps = torch.arange(half, dtype=torch.float64, device=timestep.device)
        angles = timestep.double().unsqueeze(-1) * torch.exp(steps * (-math.log(10000) / half))
        return torch.cat([angles.cos(), angles.sin()], dim=-1).to(self.head.weight.dtype)

    def _unpatchify(self, x: Tensor) -> Tensor:
        """[B, F*h*w, 2*2*16] to [B, F, 16, 2h, 2w]."""
        height, width = self.config.grid
        cells = x.unflatten(1, (-1, height, width)).unflatten(-1, (2, 2, -1))
        return cells.permute(0, 1, 6, 2, 4, 3, 5).flatten(5, 6).flatten(3, 4)


def build(module: nn.Module, config: Config, seed: int, residual_layers: int) -> nn.Module:
    """Gives a module built on the meta device seeded random weights, made on the device itself."""
    module = module.to(config.torch_dtype).to_empty(device=config.device).eval()
    generator = torch.Generator(config.device).manual_seed(seed)
    for name, parameter in module.named_parameters():
        _fill(name, parameter, generator, residual_layers)
    return module.requires_grad_(False)


def build_generator(config: Config) -> Generator:
    with torch.device("meta"):
        module = Generator(config)
    built = cast(Generator, build(module, config, config.seed, config.layers))
    quantize_linears(built.blocks, config.fp8, PARTS, config.fp8_scaling)
    return built


def _fill(name: str, parameter: Tensor, generator: torch.Generator, residual_layers: int) -> None:
    """Random, never zero: multiplying zeros draws less power, and so runs at a higher clock.

    Matrices keep the variance of what goes through; those that write to the residual stream are
    weaker, so that the stream stays finite in bf16 at any depth.
    """
    if parameter.ndim == 1:
        parameter.data.normal_(0.0, 0.02, generator=generator)
        if name.endswith("weight"):  # of a norm
            parameter.data.add_(1.0)
        return
    fan_in = math.prod(parameter.shape[1:])
    if name.endswith("modulation"):
        gain = 0.5
    elif name.endswith(("o.weight", "ffn.2.weight", "o.base.weight", "ffn.2.base.weight")):
        gain = 1 / math.sqrt(residual_layers)
    elif name.startswith("head") or ".up." in name:
        gain = 0.5
    else:
        gain = 1.0
    parameter.data.normal_(0.0, gain / math.sqrt(fan_in), generator=generator)
