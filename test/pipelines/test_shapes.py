"""Arithmetic: timesteps, patch grids, rotary widths, the decoder's shapes, what is refused."""

from __future__ import annotations

import pytest
import torch
from conftest import tiny

from pipelines.ar_video.config import Config, from_preset, patch_grid
from pipelines.ar_video.rope import RopeTable, axis_widths, rotate
from pipelines.ar_video.scheduler import Scheduler, denoising_timesteps
from pipelines.ar_video.summary import role, summarize
from pipelines.ar_video.vae import build_decoder


def test_timesteps() -> None:
    assert [round(step, 1) for step in denoising_timesteps()] == [1000, 937.5, 833.3, 625]


def test_flow_and_noise_undo_each_other() -> None:
    scheduler = Scheduler("cpu")
    clean, noise = torch.randn(2, 1, 3, 4, 2, 2, dtype=torch.float64)
    timestep = torch.full((1, 3), 625.0)
    noisy = scheduler.add_noise(clean, noise, timestep)
    torch.testing.assert_close(noisy, 0.375 * clean + 0.625 * noise)
    torch.testing.assert_close(scheduler.clean(noisy, noise - clean, timestep), clean)


@pytest.mark.parametrize(
    ("tokens", "grid"), [(1560, (30, 52)), (144, (9, 16)), (6, (2, 3)), (7, (1, 7))]
)
def test_patch_grid(tokens: int, grid: tuple[int, int]) -> None:
    assert patch_grid(tokens) == grid


def test_full_shape() -> None:
    config = Config()
    assert config.latent_size == (60, 104)
    assert (config.block_tokens, config.window_tokens, config.sink_tokens) == (4680, 18720, 4680)
    assert axis_widths(config.head_dim) == (44, 42, 42)


@pytest.mark.parametrize("precision", ["fp64", "fp32"])
def test_rotation_keeps_length_and_depends_on_distance_alone(precision: str) -> None:
    table = RopeTable(tiny(rope=precision))
    x = torch.randn(2, 12, 2, 24)

    def at(frame: int) -> torch.Tensor:
        return rotate(x, table.prepare(table.at(frame, 2)))

    torch.testing.assert_close(at(5).norm(dim=-1), x.norm(dim=-1))
    near, far = [torch.einsum("bshd,bthd->bhst", at(f), at(f + 3)) for f in (0, 40)]
    torch.testing.assert_close(near, far, rtol=1e-4, atol=1e-4)


def test_decoder_upsamples_and_streams() -> None:
    config = tiny()
    decoder = build_decoder(config)
    latents = torch.randn(1, 3, config.latent_channels, 4, 6)
    whole = decoder(latents)
    assert whole.shape == (1, 3, 12, 32, 48)
    decoder.reset()
    parts = [decoder(latents[:, i : i + 1]) for i in range(3)]
    torch.testing.assert_close(torch.cat(parts, dim=2), whole)


def test_roles_and_latencies() -> None:
    config = tiny(blocks=8, switch_at=(6,))
    roles = [role(config, index) for index in range(8)]
    assert roles == ["first", *["filling"] * 3, "steady", "steady", "switch", "steady"]
    summary = summarize(config, [1, 2, 3, 4, 519.0, 519.3, 881.24, 518.7])
    assert summary.steady_block_ms == pytest.approx(519)
    assert summary.inter_frame_ms == pytest.approx(173)
    assert summary.switches[0].latency_ms == pytest.approx(361.94)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heads": 5}, "multiple of --heads"),
        ({"window": 5}, "--window"),
        ({"sinks": 4}, "--sinks"),
        ({"switch_at": (0,)}, "--switch-at"),
        ({"blocks": 400}, "RoPE positions"),
        ({"cuda_graphs": True, "item_sync": True}, "--no-item-sync"),
    ],
)
def test_refusals(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_preset("full", device="cpu", **changes)
