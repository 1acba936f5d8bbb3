"""Noise levels, and the step from one to the next: rectified flow on Karras's sigmas."""

from __future__ import annotations

import torch
from torch import Tensor

SIGMA_MAX = 80.0
SIGMA_MIN = 0.002
RHO = 7.0
SIGMA_CONDITIONAL = 1e-4  # of frames that are given


def sigmas(steps: int) -> list[float]:
    """`steps` + 1 levels from 80 to 0.002; the clean pass runs at the last."""
    high, low = SIGMA_MAX ** (1 / RHO), SIGMA_MIN ** (1 / RHO)
    return [(high + index / steps * (low - high)) ** RHO for index in range(steps + 1)]


def flow_time(sigma: Tensor) -> Tensor:
    """Rectified flow's t of a noise level: sigma / (1 + sigma)."""
    return sigma / (1 + sigma)


def network_input(latents: Tensor, time: Tensor) -> Tensor:
    """latents [B, C, T, H, W] at noise level sigma, time [B, 1, T, 1, 1] -> variance about one."""
    return latents * (1 - time)


def denoised(latents: Tensor, output: Tensor, time: Tensor) -> Tensor:
    """x0 from the raw output, which is taken for the flow's velocity. Float32."""
    return latents * (1 - time) - time * output


def guided(conditional: Tensor, unconditional: Tensor, guidance: float) -> Tensor:
    return conditional + guidance * (conditional - unconditional)


def advance(latents: Tensor, clean: Tensor, sigma: float, following: float) -> Tensor:
    """First-order step from one level to the next."""
    return torch.lerp(clean, latents, following / sigma)
