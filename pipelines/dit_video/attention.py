"""Self-attention, dense or over a window's blocks, and cross-attention to the prompt."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.attention.flex_attention import BlockMask, flex_attention

from pipelines import instrument as nvtx
from pipelines.ar_video.attention import attend
from pipelines.dit_video.config import Config
from pipelines.dit_video.layers import FrameView, HeadNorm
from pipelines.dit_video.rope import rotate
from pipelines.fp8 import quantize_once


@dataclass(frozen=True)
class Place:
    """What a layer has to know of the order its tokens are in."""

    view: FrameView
    rope: Tensor
    mask: BlockMask | None  # None: attend to everything
    moved: Tensor | None  # index from the layer before's order to this one's


class _Projections(nn.Module):
    def __init__(self, config: Config, inputs: int) -> None:
        super().__init__()
        self.heads = (config.heads, config.head_dim)
        self.q = nn.Linear(config.dim, config.dim, bias=False)
        self.k = nn.Linear(inputs, config.dim, bias=False)
        self.v = nn.Linear(inputs, config.dim, bias=False)
        self.o = nn.Linear(config.dim, config.dim, bias=False)
        self.norm_q = HeadNorm(config.head_dim)
        self.norm_k = HeadNorm(config.head_dim)


class SelfAttention(_Projections):
    def __init__(self, config: Config) -> None:
        super().__init__(config, config.dim)

    def forward(self, x: Tensor, place: Place) -> Tensor:
        """x [B, S, C], tokens in the layer's order."""
        with nvtx.range("qkv"):
            shared = quantize_once(self.q, x)
            q, k, v = (
                layer(shared).unflatten(-1, self.heads) for layer in (self.q, self.k, self.v)
            )
            q, k = self.norm_q(q), self.norm_k(k)
        with nvtx.range("rope"):
            q, k = rotate(q, place.rope), rotate(k, place.rope)
        mixed = attend(q, k, v) if place.mask is None else attend_blocks(q, k, v, place.mask)
        out: Tensor = self.o(mixed)
        return out


class CrossAttention(_Projections):
    """The prompt's K and V are projected anew in every forward, as in the original."""

    def __init__(self, config: Config) -> None:
        super().__init__(config, config.text_dim)

    def forward(self, x: Tensor, prompt: Tensor) -> Tensor:
        """x [B, S, C], prompt [B, text tokens, text_dim]."""
        with nvtx.range("qkv"):
            q = self.norm_q(self.q(x).unflatten(-1, self.heads))
            k = self.norm_k(self.k(prompt).unflatten(-1, self.heads))
            v = self.v(prompt).unflatten(-1, self.heads)
        out: Tensor = self.o(attend(q, k, v))
        return out


def attend_blocks(q: Tensor, k: Tensor, v: Tensor, mask: BlockMask) -> Tensor:
    """Attention over the mask's blocks; q, k, v [B, S, H, D], result [B, S, H*D]."""
    with nvtx.range("attention"):
        out = flex(q.device.type)(
            q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), block_mask=mask
        )
        return out.transpose(1, 2).flatten(2)


@functools.cache
def flex(device: str) -> Callable[..., Tensor]:
    """FlexAttention, compiled where there is a GPU; uncompiled it looks at every pair."""
    if device == "cpu":
        return flex_attention
    return torch.compile(flex_attention, dynamic=False)
