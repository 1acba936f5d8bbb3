"""Self-attention against the sliding cache, and cross-attention against the prompt."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

from pipelines import instrument as nvtx
from pipelines.ar_video.config import AttentionBackend, Config
from pipelines.ar_video.cross_cache import CrossCache
from pipelines.ar_video.kv_cache import PendingUpdate, SelfCache, WritePlan
from pipelines.ar_video.layers import RmsNorm, block_linear
from pipelines.ar_video.rope import RopeFactors, rotate
from pipelines.fp8 import Quantized, quantize_once


@dataclass(frozen=True)
class Position:
    """Where in the video a forward is, the same for every layer."""

    start: int  # token of the video
    rope: RopeFactors
    plan: WritePlan | None = None  # made beforehand where a graph is captured
    write_sinks: bool = False


def backend_context(name: AttentionBackend) -> contextlib.AbstractContextManager[object]:
    """Restricts scaled_dot_product_attention to one backend; `auto` leaves the choice to torch.

    Entered once around a whole run: inside the layers it would add to every call's host time.
    """
    if name == "auto":
        return contextlib.nullcontext()
    from torch.nn.attention import SDPBackend, sdpa_kernel

    backends = {
        "flash": SDPBackend.FLASH_ATTENTION,
        "cudnn": SDPBackend.CUDNN_ATTENTION,
        "math": SDPBackend.MATH,
    }
    context: contextlib.AbstractContextManager[object] = sdpa_kernel([backends[name]])
    return context


def attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Unmasked attention; q [B, S, H, D], k and v [B, K, H, D], result [B, S, H*D]."""
    with nvtx.range("attention"):
        out = F.scaled_dot_product_attention(
            q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        )
        return out.transpose(1, 2).flatten(2)


class _Projections(nn.Module):
    """q, k, v and output projections, with q and k normalised over the full width."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.heads = (config.heads, config.head_dim)
        self.q = block_linear(config, config.dim, config.dim)
        self.k = block_linear(config, config.dim, config.dim)
        self.v = block_linear(config, config.dim, config.dim)
        self.o = block_linear(config, config.dim, config.dim)
        self.norm_q = RmsNorm(config.dim)
        self.norm_k = RmsNorm(config.dim)

    def queries(self, x: Tensor | Quantized) -> Tensor:
        return self.norm_q(self.q(x)).unflatten(-1, self.heads)

    def keys(self, x: Tensor | Quantized) -> Tensor:
        return self.norm_k(self.k(x)).unflatten(-1, self.heads)

    def values(self, x: Tensor | Quantized) -> Tensor:
        out: Tensor = self.v(x)
        return out.unflatten(-1, self.heads)


class SelfAttention(_Projections):
    """Attends from the new frames to sinks + window."""

    def forward(
        self, x: Tensor, cache: SelfCache, position: Position
    ) -> tuple[Tensor, PendingUpdate]:
        """x [B, S, C] to (the same shape, what the cache is to store after the last layer)."""
        with nvtx.range("self_attn"):
            with nvtx.range("qkv"):
                shared = quantize_once(self.q, x)
                q, k, v = self.queries(shared), self.keys(shared), self.values(shared)
            with nvtx.range("rope"):
                q, k = rotate(q, position.rope), rotate(k, position.rope)
            keys, values, pending = cache.view(
                k, v, position.start, position.plan, write_sinks=position.write_sinks
            )
            return self.o(attend(q, keys, values)), pending


class CrossAttention(_Projections):
    """Attends from the new frames to the prompt."""

    def forward(self, x: Tensor, prompt: Tensor, cache: CrossCache) -> Tensor:
        """x [B, S, C], prompt [B, text tokens, C]; the prompt is read only to fill the cache."""
        with nvtx.range("cross_attn"):
            q = self.queries(x)
            if not cache.ready:
                with nvtx.range("crossattn_cache_fill"):
                    cache.store(self.keys(prompt), self.values(prompt))
            out: Tensor = self.o(attend(q, cache.k, cache.v))
            return out
