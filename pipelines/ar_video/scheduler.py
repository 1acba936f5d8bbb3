"""Flow matching: the timesteps, noise added at one, and the clean latents from a predicted flow."""

from __future__ import annotations

import torch
from torch import Tensor

TRAINING_STEPS = 1000
SHIFT = 5.0


def warp(step: float) -> float:
    """Timestep of an unwarped step: 1000 * 5s / (1 + 4s), s = step / 1000."""
    s = step / TRAINING_STEPS
    return TRAINING_STEPS * SHIFT * s / (1 + (SHIFT - 1) * s)


def denoising_timesteps(count: int = 4) -> list[float]:
    """Evenly spaced before the warp; the original's four become 1000, 937.5, 833.3, 625."""
    return [warp(TRAINING_STEPS * (1 - index / count)) for index in range(count)]


class Scheduler:
    """Looks sigma up by the nearest of 1000 timesteps, in float64, as the original does."""

    def __init__(self, device: str) -> None:
        steps = [warp(TRAINING_STEPS - step) for step in range(TRAINING_STEPS)]
        self._timesteps = torch.tensor(steps, dtype=torch.float64, device=device)
        self._sigmas = self._timesteps / TRAINING_STEPS

    def _sigma(self, timestep: Tensor) -> Tensor:
        """timestep [B, F] to sigma [B, F, 1, 1, 1]."""
        distance = (self._timesteps - timestep.double().unsqueeze(-1)).abs()
        return self._sigmas[distance.argmin(dim=-1)][..., None, None, None]

    def clean(self, latents: Tensor, flow: Tensor, timestep: Tensor) -> Tensor:
        """x0 = x_t - sigma * flow, for latents [B, F, C, H, W]."""
        x0 = latents.double() - self._sigma(timestep) * flow.double()
        return x0.to(latents.dtype)

    def add_noise(self, clean: Tensor, noise: Tensor, timestep: Tensor) -> Tensor:
        """(1 - sigma) * x0 + sigma * noise, for latents [B, F, C, H, W]."""
        sigma = self._sigma(timestep)
        return ((1 - sigma) * clean.double() + sigma * noise.double()).to(clean.dtype)
