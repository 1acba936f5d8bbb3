"""Tiny shapes on the CPU, and a recorder of ranges."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pipelines import instrument
from pipelines.ar_video.config import Config

torch.set_num_threads(1)

TINY = Config(
    layers=2,
    dim=48,
    heads=2,
    ffn=64,
    text_tokens=5,
    text_dim=16,
    freq_dim=16,
    latent_channels=4,
    tokens_per_frame=6,
    blocks=7,
    lora_rank=4,
    vae_width=4,
    dtype="fp32",
    device="cpu",
)

# The same as options of the command line.
TINY_OPTIONS = [
    "--device",
    "cpu",
    "--layers",
    "2",
    "--dim",
    "48",
    "--heads",
    "2",
    "--ffn",
    "64",
    "--text-tokens",
    "5",
    "--text-dim",
    "16",
    "--tokens-per-frame",
    "6",
    "--blocks",
    "7",
    "--dtype",
    "fp32",
]


def tiny(**changes: Any) -> Config:
    return dataclasses.replace(TINY, **changes).validate()


class Recorder:
    """Every range as the path of names open around it, in the order they were opened."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.open: list[str] = []

    def push(self, name: str) -> None:
        self.open.append(name)
        self.paths.append(" > ".join(self.open))

    def pop(self) -> None:
        self.open.pop()


@pytest.fixture
def ranges(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    recorder = Recorder()
    monkeypatch.setattr(instrument, "_push", recorder.push)
    monkeypatch.setattr(instrument, "_pop", recorder.pop)
    yield recorder
    assert recorder.open == []


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield
