"""What happens before the first block of a new prompt: caches reset, recent frames recomputed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pipelines import instrument as nvtx

if TYPE_CHECKING:
    from pipelines.ar_video.generate import Session


def switch_prompt(session: Session, segment: int, start_frame: int) -> None:
    """Resets both caches and fills the self cache anew, under the new prompt, in one forward.

    The order is LongLive v1's (interactive_causal_inference.py). The forward runs the last
    min(window, start) frames against the whole window, unmasked, at timestep 0. It also fills the
    cross-attention cache, which is then reset again, so the next forward projects the prompt once
    more.
    """
    config, caches = session.config, session.caches
    with (
        nvtx.range(f"recache_after_switch_segment_{segment}"),
        nvtx.range("recache_after_switch"),
    ):
        if not config.global_sink:
            with nvtx.range("kv_cache_reset"):
                caches.zero_self()
        with nvtx.range("crossattn_cache_reset"):
            caches.zero_cross()
        count = min(config.window, start_frame)
        frames = session.latents[:, start_frame - count : start_frame]
        if config.recache_block_mask:
            with nvtx.range("recache_block_mask"):
                build_unused_mask(session, count)
        with nvtx.range("recache_forward"):
            session.recache_forward(frames, start_frame - count)
        with nvtx.range("crossattn_cache_reset"):
            caches.zero_cross()


def build_unused_mask(session: Session, frames: int) -> None:
    """Builds the blockwise-causal mask that the original builds here and then never uses.

    Only its path without a cache reads it. Dense over tokens x tokens and uncompiled, as there.
    """
    from torch.nn.attention.flex_attention import create_block_mask

    config = session.config
    tokens = -(-frames * config.tokens_per_frame // 128) * 128
    block, window = config.block_tokens, config.window_tokens

    def visible(b: Tensor, h: Tensor, query: Tensor, key: Tensor) -> Tensor:
        end = (query // block + 1) * block
        return ((key < end) & (key >= end - window)) | (query == key)

    create_block_mask(
        visible, B=None, H=None, Q_LEN=tokens, KV_LEN=tokens, device=torch.device(config.device)
    )
