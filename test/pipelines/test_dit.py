"""Whole runs of the diffusion transformer: step caches, graphs, ranges, the program."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from conftest import Recorder
from dit_shapes import TINY_OPTIONS, latents, run, tiny

from pipelines.dit_video import cli
from pipelines.dit_video.config import Config
from pipelines.dit_video.feature_plan import FeaturePlan, parse_feature_plan
from pipelines.dit_video.generate import KINDS, Session
from pipelines.dit_video.run_record import flops
from pipelines.dit_video.step_cache import polynomial

NATTEN = {"attention": "natten-map", "steps": 1}


def decisions(session: Session, kind: str = "cond") -> list[bool]:
    return [entry.reused for entry in session.strategy.decisions if entry.kind == kind]


def test_seeds_and_steps() -> None:
    session = Session(tiny(seed=1))
    first = run(session)
    assert torch.equal(first, run(session))
    assert not torch.equal(first, latents(seed=2))
    assert torch.isfinite(first).all()
    assert not torch.equal(first, latents(seed=1, steps=3))


def test_given_frames_stay_as_given() -> None:
    session = Session(tiny(conditional_frames=2))
    found = run(session)
    assert torch.equal(found[:, :, :2], session.given[:, :, :2])
    assert not torch.equal(found[:, :, 2:], session.given[:, :, 2:])


@pytest.mark.parametrize(
    "changes",
    [
        {"feature_cache": FeaturePlan(1, 2, (99,))},
        {"feature_cache": FeaturePlan(0, 3, (99,))},
        {"feature_cache": FeaturePlan(1, 2, (1, 2, 3), drift=-1.0)},
        {"first_block_cache": 0.0},
        {"teacache": 0.0},
        {"first_block_cache": 0.0, **NATTEN},
        {"feature_cache": FeaturePlan(1, 2, (99,)), **NATTEN},
    ],
)
def test_a_cache_that_never_reuses_changes_nothing(changes: dict[str, Any]) -> None:
    shapes = NATTEN if "attention" in changes else {}
    assert torch.equal(latents(**changes), latents(**shapes))


def test_feature_cache_reuses_where_it_is_told_to() -> None:
    session = Session(tiny(feature_cache=FeaturePlan(1, 2, (2, 3))))
    found = run(session)
    for kind in KINDS:
        assert decisions(session, kind) == [False, False, True, True, False]
    assert not torch.equal(found, latents())
    # Nothing is there to reuse in the first step, and nothing of the last run is.
    eager = Session(tiny(feature_cache=FeaturePlan(1, 2, (0, 1))))
    assert torch.equal(run(eager), run(eager))
    assert decisions(eager) == [False, True, False, False, False]


def test_feature_cache_by_hand() -> None:
    """Two steps: in the second, blocks 1 and 2 add what they added in the first."""
    config = tiny(steps=1, feature_cache=FeaturePlan(1, 2, (1,)))
    got = Session(config)
    run(got)
    by_hand = Session(tiny(steps=1), model=got.model)
    residuals: dict[str, torch.Tensor] = {}

    class ByHand:
        decisions: list[Any] = []  # noqa: RUF012

        def reset(self) -> None: ...

        def run(self, x: torch.Tensor, forward: Any) -> torch.Tensor:
            blocks = by_hand.model.blocks
            timing, prompt, place = (
                forward.given.timing,
                forward.given.prompt,
                by_hand.places.layers,
            )
            first = blocks[0](x, timing, prompt, place[0])
            if forward.kind in residuals:
                middle = first + residuals[forward.kind]
            else:
                middle = blocks[2](
                    blocks[1](first, timing, prompt, place[1]), timing, prompt, place[2]
                )
                residuals[forward.kind] = middle - first
            return blocks[3](middle, timing, prompt, place[3])

    by_hand.strategy = ByHand()
    assert torch.equal(run(by_hand), got.latents)


def test_drift_gates() -> None:
    plan = FeaturePlan(1, 2, (1, 2, 3, 4), drift=0.0)
    session = Session(tiny(feature_cache=plan))
    run(session)
    changes = sorted(d.change for d in session.strategy.decisions if d.change is not None)
    assert len(changes) == 2 * 4 and changes[0] > 0
    loose = Session(tiny(feature_cache=FeaturePlan(1, 2, (1, 2, 3, 4), drift=1e9)))
    run(loose)
    assert decisions(loose) == [False, True, True, True, True]


def predicted(matrix: list[list[float]], threshold: float) -> list[bool]:
    """Hits of a first-block cache, from the distances of an uncached run."""
    reused, reference = [False], 0
    for step in range(1, len(matrix)):
        reused.append(matrix[step][reference] < threshold)
        if not reused[-1]:
            reference = step
    return reused


def test_first_block_cache_compares_with_the_last_computed_step() -> None:
    session = Session(tiny(steps=9))
    recorder = cli.warm_up(session, 1, residuals=True)
    assert recorder is not None
    record = cli.residuals_of(recorder)
    assert record["everyNthToken"] == 1
    matrix = record["cond"]
    assert [len(row) for row in matrix] == list(range(10))
    # A threshold that the first reuse meets: until then the uncached distances are its own.
    threshold = 1.0001 * min(matrix[step][step - 1] for step in range(1, 10))
    cached = Session(tiny(steps=9, first_block_cache=threshold), model=session.model)
    run(cached)
    want = predicted(matrix, threshold)
    first = want.index(True)
    assert decisions(cached)[: first + 1] == want[: first + 1]
    change = [d.change for d in cached.strategy.decisions if d.kind == "cond"][first]
    assert change == pytest.approx(matrix[first][first - 1], rel=1e-4)
    always = Session(tiny(steps=4, first_block_cache=1e9))
    run(always)
    assert decisions(always) == [False, True, True, True, True]


def test_recorded_changes_are_what_teacache_meets_while_it_reuses_nothing() -> None:
    session = Session(tiny(steps=6))
    recorder = cli.warm_up(session, 1, residuals=True)
    assert recorder is not None
    changes = recorder.step_changes()
    never = Session(tiny(steps=6, teacache=1e-12), model=session.model)
    run(never)
    assert not any(decisions(never))
    for kind in ("cond", "uncond"):
        met = [d.change for d in never.strategy.decisions if d.kind == kind]
        assert met[0] is None and changes[kind][0] == 0
        assert changes[kind][1:] == pytest.approx(met[1:], rel=1e-5)
        assert min(changes[kind][1:]) > 0


def test_teacache_accumulates_and_keeps_first_and_last() -> None:
    assert polynomial(0.0) == pytest.approx(0.14177633)
    assert polynomial(1.0) == pytest.approx(
        271.156237 - 91.9775607 + 2.2443725 + 2.08355751 + 0.14177633
    )
    session = Session(tiny(steps=5, teacache=1e9))
    run(session)
    assert decisions(session) == [False, True, True, True, True, False]


@pytest.mark.parametrize(
    ("changes", "stages"),
    [
        ({}, 2),
        ({"feature_cache": FeaturePlan(1, 2, (2, 3))}, 3),
        ({"feature_cache": FeaturePlan(0, 1, (2, 3))}, 2),
        ({"first_block_cache": 1e9}, 3),
        ({"teacache": 1e9}, 2),
        (NATTEN, 2),
    ],
)
def test_graphs_change_nothing(changes: dict[str, Any], stages: int) -> None:
    session = Session(tiny(cuda_graphs=True, **changes))
    assert session.graphs is not None
    run(session)
    session.graphs.capture_met()
    session.graphs.reset_counts()
    replayed = run(session)
    assert session.graphs.captured == stages
    assert session.graphs.eager == 0 < session.graphs.replays
    torch.testing.assert_close(replayed, latents(**changes), rtol=1e-4, atol=1e-5)


def test_ranges(ranges: Recorder) -> None:
    latents(layers=1, steps=1, feature_cache=FeaturePlan(0, 0, (1,), drift=1e9))
    paths = {re.sub(r"_\d+", "_#", path) for path in ranges.paths}
    for kind in KINDS:
        forward = f"denoising_step_# > {kind} > generator_forward"
        for expected in [
            f"{forward} > embeddings",
            f"{forward} > transformer_block_# > self_attn > qkv",
            f"{forward} > transformer_block_# > self_attn > rope",
            f"{forward} > transformer_block_# > self_attn > attention",
            f"{forward} > transformer_block_# > cross_attn > attention",
            f"{forward} > transformer_block_# > ffn",
            f"{forward} > step_cache_decide",
            f"{forward} > step_cache_apply",
            f"{forward} > step_cache_store",
            f"{forward} > head",
        ]:
            assert expected in paths
    assert "denoising_step_# > scheduler_step" in paths


def test_work_at_the_real_shape() -> None:
    config = Config()
    assert config.tokens == 84_480
    assert 2 * config.passes == 72
    found = {name: value / 1e12 for name, value in flops(config).items()}
    assert found["linear"] == pytest.approx(277.8, abs=0.2)
    assert found["self_attention"] == pytest.approx(1637, abs=1)
    assert found["cross_attention"] == pytest.approx(9.9, abs=0.05)


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("9-18:2-30", FeaturePlan(9, 18, tuple(range(2, 31)))),
        ("4:3,5", FeaturePlan(4, 4, (3, 5))),
        ("0-1:2-3,7:0.25", FeaturePlan(0, 1, (2, 3, 7), 0.25)),
    ],
)
def test_feature_plans(text: str, plan: FeaturePlan) -> None:
    assert parse_feature_plan(text) == plan


@pytest.mark.parametrize("text", ["", "1-2", "a:1", "1-2:3:x", "3-2:1", "1,3:2", "1-2:3:4:5"])
def test_bad_feature_plans(text: str) -> None:
    with pytest.raises(ValueError, match="--feature-cache"):
        parse_feature_plan(text)


def test_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved, out = tmp_path / "base.pt", tmp_path / "run.json"
    assert cli.main([*TINY_OPTIONS, "--save-output", str(saved)]) == 0
    options = ["--first-block-cache", "1e9", "--baseline", str(saved), "--out", str(out)]
    assert cli.main([*TINY_OPTIONS, *options]) == 0
    record = json.loads(out.read_text())
    assert [step["name"] for step in record["steps"]] == [f"denoising_step_{i}" for i in range(5)]
    assert len(record["forwards"]) == 10
    assert record["stepCache"]["reused"] == 8
    assert record["stepResiduals"] is None and record["stepChanges"] is None
    assert 0 < record["quality"]["ssim"] < 1
    assert record["quality"]["psnr"] > 0
    assert "8 of 10 forwards reused" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fp8", "--dtype", "bf16"], "--fp8 needs a CUDA device"),
        (["--fp8", "ffn"], "--fp8 needs --dtype bf16"),
        (["--teacache", "1", "--first-block-cache", "1"], "one step cache at a time"),
        (["--feature-cache", "2-9:1"], "--feature-cache names blocks"),
        (["--attention", "natten-map", "--width", "30"], "whole number of tiles"),
        (["--baseline", "/nonexistent.pt"], "cannot be read"),
    ],
)
def test_refusals(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*TINY_OPTIONS, *options]) == 1
    assert message in capsys.readouterr().err
