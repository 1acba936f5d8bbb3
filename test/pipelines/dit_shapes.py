"""Tiny shapes of the diffusion transformer for tests."""

from __future__ import annotations

import dataclasses
from typing import Any

import torch

from pipelines.ar_video.timing import Timer
from pipelines.dit_video.config import Config
from pipelines.dit_video.generate import Session

TINY = Config(
    layers=4,
    dim=48,
    heads=2,
    ffn=64,
    adaln_rank=8,
    text_tokens=5,
    text_dim=16,
    latent_channels=4,
    frames=4,
    height=16,
    width=32,
    steps=4,
    dtype="fp32",
    device="cpu",
)
TINY_OPTIONS = [
    option
    for name in ("layers", "dim", "heads", "ffn", "frames", "height", "width", "steps", "dtype")
    for option in (f"--{name}", str(getattr(TINY, name)))
] + ["--device", "cpu", "--text-tokens", "5", "--text-dim", "16", "--adaln-rank", "8"]


def tiny(**changes: Any) -> Config:
    return dataclasses.replace(TINY, **changes).validate()


def run(session: Session) -> torch.Tensor:
    session.prepare()
    session.generate(Timer("cpu"))
    return session.latents.clone()


def latents(**changes: Any) -> torch.Tensor:
    return run(Session(tiny(**changes)))
