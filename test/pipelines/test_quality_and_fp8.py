"""Quality figures by hand, and what rounding to FP8 may cost."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from conftest import tiny
from torch import nn

from pipelines.ar_video.model import PARTS, build_generator
from pipelines.fp8 import Fp8Linear, Scaling, dequantize, quantize
from pipelines.quality import (
    load_output,
    luminosity,
    movement,
    pictures,
    psnr,
    quality,
    save_output,
    sharpness,
    ssim,
)


def grey(*frames: float, side: int = 12) -> torch.Tensor:
    return torch.stack([torch.full((3, side, side), value) for value in frames])[None]


def test_movement_and_luminosity_by_hand() -> None:
    assert movement(grey(0.1, 0.4, 0.2)) == pytest.approx((0.3 + 0.2) / 2)
    assert movement(grey(0.5)) is None
    green = torch.zeros(1, 1, 3, 4, 4)
    green[:, :, 1] = 1
    assert luminosity(green) == pytest.approx(0.7152)
    assert luminosity(grey(0.25)) == pytest.approx(0.25)


def test_sharpness_by_hand() -> None:
    assert sharpness(grey(0.3)) == pytest.approx(0, abs=1e-12)
    video = torch.zeros(1, 1, 3, 5, 5)
    video[..., 2, 2] = 1
    # Inside the frame the Laplacian of one bright pixel is -4 there, 1 at four neighbours, else 0.
    values = [-4.0] + [1.0] * 4 + [0.0] * 4
    want = sum(value**2 for value in values) / 9 - (sum(values) / 9) ** 2
    assert sharpness(video) == pytest.approx(want, rel=1e-5)


def test_psnr_and_ssim() -> None:
    assert psnr(grey(0.5), grey(0.6)) == pytest.approx(20, abs=1e-4)
    assert psnr(grey(0.5), grey(0.5)) is None
    noise = torch.rand(1, 2, 3, 16, 16)
    assert ssim(noise, noise) == pytest.approx(1)
    # Flat pictures: only the means are left in the formula.
    c1 = 0.01**2
    want = (2 * 0.5 * 0.7 + c1) / (0.5**2 + 0.7**2 + c1)
    assert ssim(grey(0.5), grey(0.7)) == pytest.approx(want, rel=1e-4)
    assert ssim(noise, 1 - noise) < 0
    assert 0 < ssim(noise, noise + 0.05 * torch.randn_like(noise)) < 1


def test_quality_of_latents(tmp_path: Path) -> None:
    latents = torch.randn(1, 3, 16, 12, 12)
    video = pictures(latents)
    assert video.shape == (1, 3, 3, 12, 12)
    assert torch.equal(video, pictures(latents.clone()))
    assert 0 <= float(video.min()) < float(video.max()) <= 1
    save_output(tmp_path / "a.pt", latents)
    same = quality(latents, load_output(tmp_path / "a.pt"))
    assert (same["psnr"], same["relative_error"]) == (None, 0)
    assert quality(2 * latents, latents)["relative_error"] == pytest.approx(1)
    assert "psnr" not in quality(latents)
    with pytest.raises(ValueError, match="the baseline's latents"):
        quality(latents, latents[:, :2])
    torch.save([1], tmp_path / "b.pt")
    with pytest.raises(ValueError, match="holds no latents"):
        load_output(tmp_path / "b.pt")


@pytest.mark.parametrize("scaling", ["row", "tensor"])
def test_round_trip(scaling: Scaling) -> None:
    """e4m3 has three mantissa bits: half a step is 1/16 of a number, and 2^-10 near zero."""
    x = torch.randn(2, 7, 64) * torch.logspace(-2, 2, 7)[:, None]
    found = quantize(x, scaling)
    assert found.data.dtype == torch.float8_e4m3fn
    assert found.data.shape == (14, 64)
    assert found.scale.shape == ((14, 1) if scaling == "row" else ())
    back = dequantize(found)
    scale = found.scale.unflatten(0, (2, 7)) if scaling == "row" else found.scale
    assert bool(((back - x).abs() <= x.abs() / 16 * 1.0001 + scale * 2**-10).all())
    if scaling == "row":
        assert found.data.float().abs().amax(dim=1).tolist() == [448.0] * 14


def test_zeros_stay_zeros() -> None:
    for scaling in ("row", "tensor"):
        assert not dequantize(quantize(torch.zeros(3, 16), scaling)).any()


@pytest.mark.parametrize("scaling", ["row", "tensor"])
def test_fp8_linear_is_near_the_linear(scaling: Scaling) -> None:
    linear = nn.Linear(256, 64).to(torch.bfloat16)
    layer, x = Fp8Linear(linear, scaling), torch.randn(3, 5, 256, dtype=torch.bfloat16)
    want, got = linear(x).float(), layer(x)
    assert got.dtype == torch.bfloat16 and got.shape == (3, 5, 64)
    # Errors of a product are independent: about 1/16/sqrt(3) of each factor's, 5 % together.
    assert float((got.float() - want).norm() / want.norm()) < 0.06
    assert torch.equal(layer(quantize(x, scaling)), got)


@pytest.mark.parametrize(("parts", "replaced"), [(("qkv",), 4), (("o", "ffn"), 4), ((), 0)])
def test_chosen_layers_are_replaced(parts: tuple[str, ...], replaced: int) -> None:
    model = build_generator(tiny(fp8=parts, dtype="bf16", heads=2))
    found = [name for name, each in model.named_modules() if isinstance(each, Fp8Linear)]
    assert len(found) == replaced * 2
    wanted = {path for part in parts for path in PARTS[part]}
    assert {".".join(name.split(".")[2:]) for name in found} == wanted
    assert math.isfinite(float(model.head.weight.float().sum()))
