"""One transformer block: self-attention, cross-attention and feed-forward."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from pipelines import instrument as nvtx
from pipelines.ar_video.attention import CrossAttention, Position, SelfAttention
from pipelines.ar_video.config import Config
from pipelines.ar_video.cross_cache import CrossCache
from pipelines.ar_video.kv_cache import PendingUpdate, SelfCache
from pipelines.ar_video.layers import EPS, block_linear, gate, layer_norm, modulate


class TransformerBlock(nn.Module):
    """Shift, scale and gate of self-attention and feed-forward follow the timestep."""

    def __init__(self, config: Config, index: int) -> None:
        super().__init__()
        self.range_name = f"transformer_block_{index}"
        self.modulation = nn.Parameter(torch.empty(6, config.dim))
        self.self_attn = SelfAttention(config)
        self.cross_norm = nn.LayerNorm(config.dim, eps=EPS)
        self.cross_attn = CrossAttention(config)
        self.ffn = nn.Sequential(
            block_linear(config, config.dim, config.ffn),
            nn.GELU(approximate="tanh"),
            block_linear(config, config.ffn, config.dim),
        )

    def forward(
        self,
        x: Tensor,
        time: Tensor,
        prompt: Tensor,
        caches: tuple[SelfCache, CrossCache],
        position: Position,
    ) -> tuple[Tensor, PendingUpdate]:
        """x [B, S, C]; time [B, F, 6, C]; prompt [B, text tokens, C]."""
        self_cache, cross_cache = caches
        with nvtx.range(self.range_name):
            parts = (self.modulation + time).split(1, dim=2)
            shift, scale, attn_gate, ffn_shift, ffn_scale, ffn_gate = parts
            attended, pending = self.self_attn(
                modulate(layer_norm(x), shift, scale), self_cache, position
            )
            x = x + gate(attended, attn_gate)
            x = x + self.cross_attn(self.cross_norm(x), prompt, cross_cache)
            with nvtx.range("ffn"):
                forwarded = self.ffn(modulate(layer_norm(x), ffn_shift, ffn_scale))
                return x + gate(forwarded, ffn_gate), pending
