"""One transformer block: self-attention, cross-attention and feed-forward, each gated by time."""

from __future__ import annotations

from torch import Tensor, nn

from pipelines import instrument as nvtx
from pipelines.dit_video.attention import CrossAttention, Place, SelfAttention
from pipelines.dit_video.config import Config
from pipelines.dit_video.layers import AdaptiveNorm, Timing, gated, modulated


class TransformerBlock(nn.Module):
    def __init__(self, config: Config, index: int) -> None:
        super().__init__()
        self.range_name = f"transformer_block_{index}"
        dim, rank = config.dim, config.adaln_rank
        self.self_norm = AdaptiveNorm(dim, rank)
        self.self_attn = SelfAttention(config)
        self.cross_norm = AdaptiveNorm(dim, rank)
        self.cross_attn = CrossAttention(config)
        self.ffn_norm = AdaptiveNorm(dim, rank)
        self.ffn = nn.Sequential(
            nn.Linear(dim, config.ffn, bias=False),
            nn.GELU(),
            nn.Linear(config.ffn, dim, bias=False),
        )

    def first_input(self, x: Tensor, timing: Timing, place: Place) -> Tensor:
        """What self-attention is given, [B, S, C]: TeaCache's indicator."""
        shift, scale, _ = self.self_norm(timing)
        return modulated(x, shift, scale, place.view)

    def forward(self, x: Tensor, timing: Timing, prompt: Tensor, place: Place) -> Tensor:
        """x [B, S, C], tokens in the layer's order; prompt [B, text tokens, text_dim]."""
        with nvtx.range(self.range_name):
            with nvtx.range("self_attn"):
                shift, scale, gate = self.self_norm(timing)
                update = self.self_attn(modulated(x, shift, scale, place.view), place)
                x = gated(x, update, gate, place.view)
            with nvtx.range("cross_attn"):
                shift, scale, gate = self.cross_norm(timing)
                update = self.cross_attn(modulated(x, shift, scale, place.view), prompt)
                x = gated(x, update, gate, place.view)
            with nvtx.range("ffn"):
                shift, scale, gate = self.ffn_norm(timing)
                update = self.ffn(modulated(x, shift, scale, place.view))
                return gated(x, update, gate, place.view)
