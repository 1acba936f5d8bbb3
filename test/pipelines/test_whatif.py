"""The benchmark of edits: what it derives from runs, and that a broken arm costs no other."""

from __future__ import annotations

import dataclasses

import pytest

from bench.whatif import measure
from bench.whatif.arms import CAPTURES, SUBJECTS, Subject


def residuals(matrix: list[list[float]]) -> dict[str, list[list[float]]]:
    return {"cond": matrix, "uncond": matrix}


def test_hits_told_from_distances_follow_the_last_computed_step() -> None:
    # Step 1 is near 0; step 2 is near 1 but not near 0, and step 0 is what it is compared with.
    matrix = [[], [0.1], [0.5, 0.1], [0.9, 0.9, 0.1]]
    assert measure.reused_forwards(residuals(matrix), 0.2) == 2 * 2
    assert measure.reused_forwards(residuals(matrix), 0.05) == 0
    assert measure.reused_forwards(residuals(matrix), 2) == 2 * 3
    threshold = measure.threshold_reusing(residuals(matrix), 0.5)
    assert measure.reused_forwards(residuals(matrix), threshold) == 4


def test_teacache_hits_told_from_changes_add_up_until_the_threshold() -> None:
    # The polynomial of nothing is 0.14177633: after a step that ran, two stay below 0.3 and the third does not.
    changes = {"cond": [0.0] * 9}
    assert measure.tea_reused_forwards(changes, 0.14) == 0
    assert measure.tea_reused_forwards(changes, 0.3) == 5  # steps 1, 2, 4, 5, 7; the last, 8, always runs
    assert measure.tea_reused_forwards(changes, 100) == 7
    threshold = measure.tea_threshold_reusing(changes, 0.5)
    assert measure.tea_reused_forwards(changes, threshold) in (4, 5)


def test_arms_take_turns_and_a_failing_one_is_only_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    whole = SUBJECTS["ar-small"]
    arms = {"base": [], "ring": ["--kv", "ring"], "broken": ["--window", "1"], "again": []}
    subject = dataclasses.replace(whole, arms=arms, tiny=[*whole.tiny, "--layers", "1"])
    original = measure.ArArm.run

    def run(self: measure.ArArm) -> measure.Samples:
        order.append("ring" if self.session.config.kv == "ring" else "sliding")
        return original(self)

    monkeypatch.setattr(measure.ArArm, "run", run)
    found = measure.measure(subject, True, 2, 1e9)
    assert set(found["arms"]) == {"base", "ring", "again"}
    assert "--window must hold" in found["failed"]["broken"]
    assert order == ["sliding", "ring", "sliding", "ring", "sliding", "sliding"]
    ring = found["arms"]["ring"]
    assert [len(values) for values in ring["steadyBlockMs"]["rounds"]] == [3, 3]
    assert len(ring["steadyBlockMs"]["ratioToBase"]["rounds"]) == 2
    assert ring["quality"]["relative_error"] < 1e-4
    assert found["arms"]["again"]["quality"]["psnr"] is None


@pytest.mark.parametrize("name", list(SUBJECTS))
def test_every_arm_is_a_command_line_that_parses(name: str) -> None:
    subject: Subject = SUBJECTS[name]
    import argparse

    for options in subject.arms.values():
        parser = argparse.ArgumentParser()
        (measure.ar_options if subject.pipeline == "ar_video" else measure.dit_options)(parser)
        parser.parse_args(
            [*subject.base, *("0.1" if each.startswith("{") else each for each in options)]
        )
    assert next(iter(subject.arms)) == "base"
    assert {pipeline for pipeline, _ in CAPTURES.values()} == {"ar_video", "dit_video", "matmul"}
