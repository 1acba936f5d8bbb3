"""Numbers about a video, and against another one of the same seed.

Weights are random here, so these show that a mechanism works and how far an approximation strays
from the run without it. They say nothing of a trained model's quality.

Videos are latents. They are made pictures by a fixed linear map from latent channels to red, green
and blue, because a decoder with random weights would only add its own noise.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

REC_709 = (0.2126, 0.7152, 0.0722)
_LAPLACIAN = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


def pictures(latents: Tensor) -> Tensor:
    """latents [B, T, C, H, W] to pictures [B, T, 3, H, W] in 0 to 1, float32.

    The map is the same for every run: drawn once, with a seed of its own, on the CPU.
    """
    channels = latents.shape[2]
    generator = torch.Generator().manual_seed(709)
    weights = torch.randn(3, channels, generator=generator) / math.sqrt(channels)
    colour = torch.einsum("btchw,oc->btohw", latents.float(), weights.to(latents.device))
    return (0.5 + 0.2 * colour).clamp(0, 1)


def luma(video: Tensor) -> Tensor:
    """[B, T, 3, H, W] to [B, T, H, W]: Rec. 709 weights."""
    weights = torch.tensor(REC_709, dtype=video.dtype, device=video.device)
    return torch.einsum("btchw,c->bthw", video, weights)


def movement(video: Tensor) -> float | None:
    """Mean absolute difference of consecutive frames; None for a single frame."""
    if video.shape[1] < 2:
        return None
    return float((video[:, 1:] - video[:, :-1]).abs().mean())


def luminosity(video: Tensor) -> float:
    """Mean luma."""
    return float(luma(video).mean())


def sharpness(video: Tensor) -> float:
    """Variance of the Laplacian of the luma, inside the frame, averaged over frames."""
    grey = luma(video).flatten(0, 1).unsqueeze(1)
    kernel = torch.tensor(_LAPLACIAN, dtype=video.dtype, device=video.device)
    edges = F.conv2d(grey, kernel[None, None])
    return float(edges.flatten(1).var(dim=1, correction=0).mean())


def psnr(video: Tensor, baseline: Tensor) -> float | None:
    """Peak signal-to-noise ratio in dB, peak 1; None where the videos are equal."""
    error = float(F.mse_loss(video, baseline))
    return None if error == 0 else -10 * math.log10(error)


def ssim(video: Tensor, baseline: Tensor) -> float:
    """Structural similarity of the luma: Gaussian windows of 11 x 11, sigma 1.5 (Wang et al. 2004).

    Windows lie inside the frame, and are smaller where the frame is.
    """
    # Float64, because variances come from differences of nearly equal means.
    first, second = (luma(each.double()).flatten(0, 1).unsqueeze(1) for each in (video, baseline))
    side = min(11, first.shape[-2], first.shape[-1])
    axis = torch.arange(side, dtype=first.dtype, device=first.device) - (side - 1) / 2
    bell = torch.exp(-(axis**2) / (2 * 1.5**2))
    kernel = torch.outer(bell, bell)
    kernel = (kernel / kernel.sum())[None, None]

    def mean(x: Tensor) -> Tensor:
        return F.conv2d(x, kernel)

    m1, m2 = mean(first), mean(second)
    v1, v2 = mean(first * first) - m1 * m1, mean(second * second) - m2 * m2
    covariance = mean(first * second) - m1 * m2
    c1, c2 = 0.01**2, 0.03**2
    similar = (2 * m1 * m2 + c1) * (2 * covariance + c2)
    return float((similar / ((m1 * m1 + m2 * m2 + c1) * (v1 + v2 + c2))).mean())


def quality(latents: Tensor, baseline: Tensor | None = None) -> dict[str, Any]:
    """latents and baseline [B, T, C, H, W]. `relative_error` is of the latents, the rest of
    pictures; what compares is there only with a baseline.

    ValueError if the baseline has another shape.
    """
    video = pictures(latents)
    found: dict[str, Any] = {
        "movement": movement(video),
        "luminosity": luminosity(video),
        "sharpness": sharpness(video),
        "note": "random weights: the mechanism's figures, not a model's quality",
    }
    if baseline is not None:
        if baseline.shape != latents.shape:
            theirs, ours = list(baseline.shape), list(latents.shape)
            raise ValueError(f"the baseline's latents are {theirs}, this run's {ours}")
        other = baseline.to(latents.device)
        reference = pictures(other)
        found["psnr"] = psnr(video, reference)
        found["ssim"] = ssim(video, reference)
        wide = other.float()
        found["relative_error"] = float((latents.float() - wide).norm() / wide.norm())
    return found


def save_output(file: Path, latents: Tensor) -> None:
    """latents [B, T, C, H, W]."""
    torch.save({"latents": latents.cpu()}, file)


def load_output(file: Path) -> Tensor:
    """What `save_output` wrote. ValueError if it is something else."""
    try:
        # weights_only: a file of tensors can be read, one that would run code cannot.
        found = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever unpickling fails with
        raise ValueError(f"{file}: cannot be read: {error}") from error
    latents = found.get("latents") if isinstance(found, dict) else None
    if not isinstance(latents, Tensor) or latents.ndim != 5:
        raise ValueError(f"{file}: holds no latents of five axes")
    return latents
