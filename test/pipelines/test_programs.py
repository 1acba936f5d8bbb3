"""The command lines, end to end on the CPU."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TINY_OPTIONS, Recorder

from pipelines import capture_cost, instrument
from pipelines.ar_video import cli
from pipelines.paired import paired_ratio, spread

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "module", [f"pipelines.{name}" for name in ("ar_video", "capture_cost", "dit_video", "matmul")]
)
def test_help(module: str) -> None:
    command = [sys.executable, "-m", module, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"usage: python -m {module}" in done.stdout
    assert "example: " in done.stdout


def test_run_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run.json"
    options = [*TINY_OPTIONS, "--switch-at", "5", "--batch", "2", "--out", str(out)]
    assert cli.main([*options, "--profiler-api", "--vae", "--vae-width", "4"]) == 0
    record = json.loads(out.read_text())
    assert record["schema"] == "pipelines.run/1"
    assert record["finite"] is True
    assert [block["name"] for block in record["blocks"]] == [
        f"temporal_block_{i}" for i in range(7)
    ]
    assert record["blocks"][5]["role"] == "switch"
    assert all(block["durationMs"] > 0 for block in record["blocks"])
    assert record["switches"][0]["block"] == "temporal_block_5"
    assert record["config"]["tokensPerFrame"] == 6
    assert record["shapes"]["queryTokens"] == 18
    assert len(record["decodeMs"]) == 7
    printed = capsys.readouterr().out
    assert "switch latency" in printed
    assert "steady block" in printed


def test_graphs_option(tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    assert cli.main([*TINY_OPTIONS, "--cuda-graphs", "--warmup", "0", "--out", str(out)]) == 0
    record = json.loads(out.read_text())
    assert record["config"]["itemSync"] is False
    assert record["graphs"] == {"captured": 9, "replays": 35, "eager": 0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--switch-at", "99"], "--switch-at"),
        (["--cuda-graphs", "--item-sync"], "--item-sync cannot be used with --cuda-graphs"),
        (["--compile", "--kv", "ring"], "a ring has none"),
        (["--fp8", "--dtype", "bf16"], "--fp8 needs a CUDA device"),
        (["--fp8", "--lora", "--dtype", "bf16"], "--fp8 cannot be used with --lora"),
        (["--baseline", "/nonexistent.pt"], "cannot be read"),
    ],
)
def test_bad_options(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*TINY_OPTIONS, *options]) == 1
    assert message in capsys.readouterr().err


def test_quality_against_a_baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved, out = tmp_path / "base.pt", tmp_path / "run.json"
    assert cli.main([*TINY_OPTIONS, "--save-output", str(saved)]) == 0
    compare = ["--baseline", str(saved), "--out", str(out)]
    assert cli.main([*TINY_OPTIONS, "--kv", "ring", *compare]) == 0
    assert json.loads(out.read_text())["quality"]["relativeError"] < 1e-4
    assert cli.main([*TINY_OPTIONS, "--window", "6", *compare]) == 0
    windowed = json.loads(out.read_text())["quality"]
    assert 0 < windowed["ssim"] < 1 and windowed["relativeError"] > 1e-3
    assert cli.main([*TINY_OPTIONS, "--blocks", "5", *compare]) == 1
    assert "the baseline's latents" in capsys.readouterr().err


def test_capture_cost(tmp_path: Path) -> None:
    out = tmp_path / "cost.json"
    options = ["--rounds", "2", "--blocks-per-window", "1", "--out", str(out)]
    assert capture_cost.main([*TINY_OPTIONS, *options]) == 0
    record = json.loads(out.read_text())
    assert record["wallMs"]["on"]["count"] == record["wallMs"]["off"]["count"] == 4
    assert record["wallMs"]["untouched"]["count"] == 4
    assert record["deviceMs"]["ratio"]["count"] == 2
    assert record["deviceMs"]["ratio"]["median"] > 0


def test_capture_cost_says_when_a_profiler_is_missing(tmp_path: Path) -> None:
    out = tmp_path / "cost.json"
    assert capture_cost.main([*TINY_OPTIONS, "--tool", "torch", "--out", str(out)]) == 0
    assert "no CUDA device" in json.loads(out.read_text())["skipped"]


def test_windows_alternate_so_that_drift_cancels() -> None:
    order: list[str] = []

    class Bench(capture_cost.Bench):
        def window(self, collector: object) -> capture_cost.Window:
            order.append("off" if collector is None else "on")
            return capture_cost.Window(100 + len(order), 100 + len(order))

    bench = Bench(None, 1, 0)  # type: ignore[arg-type]
    arms = capture_cost.alternate(bench, capture_cost.COLLECTORS["none"](), 2)
    assert order == ["on", "off", "off", "on", "off", "on", "on", "off"]
    assert capture_cost.summarize(arms)["wall_ms"]["ratio"]["median"] == 1


def test_statistics() -> None:
    found = spread([1, 2, 3, 4, 100])
    assert (found.median, found.mad, found.count) == (3, 1, 5)
    ratio = paired_ratio([2, 4, 6], [1, 2, 3])
    assert (ratio.median, ratio.low95, ratio.high95) == (2, 2, 2)


def test_instrument(ranges: Recorder) -> None:
    @instrument.annotate("outer")
    def work(value: int) -> int:
        with instrument.range("inner"):
            return value + 1

    assert work(1) == 2
    instrument.push("alone")
    instrument.pop()
    with instrument.profile_region(), pytest.raises(ZeroDivisionError), instrument.range("failing"):
        _ = 1 / 0
    assert ranges.paths == ["outer", "outer > inner", "alone", "failing"]
