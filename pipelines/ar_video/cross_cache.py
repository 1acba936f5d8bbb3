"""The cross-attention cache: the prompt's K and V, projected by the first forward after a reset."""

from __future__ import annotations

from torch import Tensor


class CrossCache:
    """One layer's K and V of the prompt, [B, text tokens, heads, head_dim].

    The original replaces the tensors when it fills the cache. A CUDA graph needs its addresses to
    stay, so `in_place` copies into them instead.
    """

    def __init__(self, k: Tensor, v: Tensor, *, in_place: bool) -> None:
        self.k = k
        self.v = v
        self.ready = False
        self._in_place = in_place

    def store(self, k: Tensor, v: Tensor) -> None:
        if self._in_place:
            self.k.copy_(k)
            self.v.copy_(v)
        else:
            self.k, self.v = k, v
        self.ready = True

    def reset(self) -> None:
        self.k.zero_()
        self.v.zero_()
        self.ready = False
