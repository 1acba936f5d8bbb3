"""A streaming video decoder of plausible cost: causal 3D convolutions from latents to pixels.

Same channels, residual blocks and upsampling as Wan2.1's VAE decoder (96 wide: 384, 384, 384, 192,
96), without its one attention layer, and with random weights. Every latent frame, the first too,
becomes four frames of pixels. At 60 x 104 it is about 12 TFLOP a latent frame.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.ar_video.config import Config
from pipelines.ar_video.model import build


class CausalConv(nn.Module):
    """3D convolution over [B, C, T, H, W] that sees no later frame and remembers the last two."""

    def __init__(self, inputs: int, outputs: int, spatial: int = 3) -> None:
        super().__init__()
        size, pad = (3, spatial, spatial), (0, spatial // 2, spatial // 2)
        self.conv = nn.Conv3d(inputs, outputs, size, padding=pad)
        self.tail: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if self.tail is None:
            self.tail = torch.zeros_like(x[:, :, :1]).repeat(1, 1, 2, 1, 1)
        joined = torch.cat([self.tail, x], dim=2)
        self.tail = joined[:, :, -2:].clone()
        out: Tensor = self.conv(joined)
        return out


class ChannelNorm(nn.Module):
    """RMS norm over the channels of [B, C, T, H, W]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))
        self.scale = channels**0.5

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=1) * self.scale * self.weight.view(-1, 1, 1, 1)


class ResidualBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first_norm, self.first = ChannelNorm(inputs), CausalConv(inputs, outputs)
        self.second_norm, self.second = ChannelNorm(outputs), CausalConv(outputs, outputs)
        self.shortcut = nn.Conv3d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.first(F.silu(self.first_norm(x)))
        hidden = self.second(F.silu(self.second_norm(hidden)))
        out: Tensor = self.shortcut(x) + hidden
        return out


class Upsample(nn.Module):
    """Doubles height and width, halves the channels; doubles the frames too if `temporal`."""

    def __init__(self, channels: int, *, temporal: bool) -> None:
        super().__init__()
        self.time = CausalConv(channels, 2 * channels, spatial=1) if temporal else None
        self.space = nn.Conv2d(channels, channels // 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        if self.time is not None:
            first, second = self.time(x).chunk(2, dim=1)
            x = torch.stack([first, second], dim=3).flatten(2, 3)
        batch = x.shape[0]
        images = F.interpolate(x.transpose(1, 2).flatten(0, 1), scale_factor=2.0, mode="nearest")
        out: Tensor = self.space(images)
        return out.unflatten(0, (batch, -1)).transpose(1, 2)


class StreamingDecoder(nn.Module):
    def __init__(self, config: Config) -> None:
        super().__init__()
        width = config.vae_width
        self.enter = CausalConv(config.latent_channels, 4 * width)
        stages: list[nn.Module] = [ResidualBlock(4 * width, 4 * width) for _ in range(2)]
        plan = [(4, 4, "both"), (2, 4, "both"), (2, 2, "space"), (1, 1, "")]
        for inputs, outputs, upsample in plan:
            stages.append(ResidualBlock(inputs * width, outputs * width))
            stages += [ResidualBlock(outputs * width, outputs * width) for _ in range(2)]
            if upsample:
                stages.append(Upsample(outputs * width, temporal=upsample == "both"))
        self.stages = nn.Sequential(*stages)
        self.norm = ChannelNorm(width)
        self.leave = CausalConv(width, 3)

    def forward(self, latents: Tensor) -> Tensor:
        """latents [B, F, 16, H, W] to pixels [B, 3, 4F, 8H, 8W], one latent frame at a time."""
        frames = latents.transpose(1, 2).split(1, dim=2)
        return torch.cat([self._decode(frame) for frame in frames], dim=2).float().clamp_(-1, 1)

    def _decode(self, frame: Tensor) -> Tensor:
        out: Tensor = self.leave(F.silu(self.norm(self.stages(self.enter(frame)))))
        return out

    def reset(self) -> None:
        """Forgets the frames seen."""
        for module in self.modules():
            if isinstance(module, CausalConv):
                module.tail = None


def build_decoder(config: Config) -> StreamingDecoder:
    with torch.device("meta"):
        module = StreamingDecoder(config)
    return cast(StreamingDecoder, build(module, config, config.seed + 1, config.layers))
