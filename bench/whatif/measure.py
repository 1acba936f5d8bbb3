"""Times a pipeline and its edits without a profiler, in one process and in turn.

    python -m bench.whatif.measure ar-small --out measured.json

Every round runs every arm once, and begins one arm later than the round before, so that slow drift meets all alike.
An arm that cannot run is recorded as failed, with why, and costs the others nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import statistics
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from pipelines.ar_video import cli as ar_cli
from pipelines.ar_video.attention import backend_context
from pipelines.ar_video.generate import Session as ArSession
from pipelines.ar_video.model import build_generator
from pipelines.ar_video.options import add_model_options as ar_options
from pipelines.ar_video.options import config_from as ar_config
from pipelines.ar_video.run_record import machine
from pipelines.ar_video.summary import summarize
from pipelines.ar_video.timing import Timer, synchronize
from pipelines.dit_video import cli as dit_cli
from pipelines.dit_video.generate import Session as DitSession
from pipelines.dit_video.options import add_model_options as dit_options
from pipelines.dit_video.options import config_from as dit_config
from pipelines.dit_video.step_cache import polynomial
from pipelines.paired import spread
from pipelines.quality import quality

from .arms import SUBJECTS, Subject

Samples = dict[str, list[float]]  # metric (milliseconds) -> values
Latents = torch.Tensor  # [B, T, C, H, W]


class ArArm:
    """A session of the autoregressive pipeline. Sessions share weights where those are equal."""

    def __init__(self, options: list[str], shared: dict[str, Any]) -> None:
        parser = argparse.ArgumentParser()
        ar_options(parser)
        config = ar_config(parser.parse_args(options))
        key = f"ar {config.fp8} {config.fp8_scaling} {config.lora}"
        if key not in shared:
            shared[key] = build_generator(config)
        self.session = ArSession(config, model=shared[key])

    def warm_up(self) -> None:
        ar_cli.warm_up(self.session, 1)

    def run(self) -> Samples:
        config = self.session.config
        timer = Timer(config.device)
        self.session.prepare()
        self.session.generate(timer)
        durations = [ms for name, ms in timer.read() if name.startswith("temporal_block_")]
        summary = summarize(config, durations)
        found: Samples = {"allBlocksMs": [sum(durations)]}
        for block in summary.blocks:
            found.setdefault(f"{block.role}BlockMs", []).append(block.duration_ms)
        found["switchLatencyMs"] = [switch.latency_ms for switch in summary.switches]
        return found

    def latents(self) -> Latents:
        return self.session.latents


class DitArm:
    def __init__(self, options: list[str], shared: dict[str, Any]) -> None:
        parser = argparse.ArgumentParser()
        dit_options(parser)
        config = dit_config(parser.parse_args([self._threshold(each, shared) for each in options]))
        model, places = f"dit {config.fp8} {config.fp8_scaling}", f"places {config.attention}"
        self.session = DitSession(config, shared.get(model), shared.get(places))
        shared[model], shared[places] = self.session.model, self.session.places
        self.shared = shared

    @staticmethod
    def _threshold(option: str, shared: dict[str, Any]) -> str:
        """`{fbc:0.5}` and `{tea:0.5}`: the threshold at which that share of the forwards is reused, told from the base."""
        if not option.startswith("{"):
            return option
        method, share = option[1:-1].split(":")
        if "residuals" not in shared:
            return "0.1"  # nothing was recorded: the base failed
        if method == "fbc":
            return str(threshold_reusing(shared["residuals"], float(share)))
        return str(tea_threshold_reusing(shared["changes"], float(share)))

    def warm_up(self) -> None:
        first = "residuals" not in self.shared
        found = dit_cli.warm_up(self.session, 1, residuals=first)
        if first and found is not None:
            self.shared["residuals"] = dit_cli.residuals_of(found)
            self.shared["changes"] = found.step_changes()

    def run(self) -> Samples:
        timer = Timer(self.session.config.device)
        self.session.prepare()
        self.session.generate(timer)
        spans = timer.read()
        steps = [ms for name, ms in spans if name.startswith("denoising_step_")]
        found: Samples = {"allStepsMs": [sum(steps)], "stepMs": steps}
        for index, ms in enumerate(steps):
            found[f"step{index}Ms"] = [ms]
        found["forwardMs"] = [ms for name, ms in spans if name.startswith("forward_")]
        decisions = {(d.step, d.kind): d.reused for d in self.session.strategy.decisions}
        for name, ms in spans:
            if name.startswith("forward_"):
                kind, step = name.split("_")[1:3]
                metric = "hitForwardMs" if decisions.get((int(step), kind)) else "fullForwardMs"
                found.setdefault(metric, []).append(ms)
        return found

    def latents(self) -> Latents:
        return dit_cli.frames_first(self.session.latents)


def reused_forwards(residuals: dict[str, Any], threshold: float) -> int:
    """Hits of a first-block cache, told from an uncached run's distances."""
    hits = 0
    for kind in ("cond", "uncond"):
        reference = 0
        for step, row in enumerate(residuals[kind]):
            if step > 0 and row[reference] < threshold:
                hits += 1
            else:
                reference = step
    return hits


def threshold_reusing(residuals: dict[str, Any], share: float) -> float:
    """A threshold, halfway between two distances, whose hits come nearest to that share of the forwards."""
    distances = sorted({value for kind in ("cond", "uncond") for row in residuals[kind] for value in row})
    middles = [(a + b) / 2 for a, b in zip(distances, distances[1:])] or [1.0]
    wanted = sum(len(residuals[kind]) for kind in ("cond", "uncond")) * share
    return min(middles, key=lambda threshold: abs(reused_forwards(residuals, threshold) - wanted))


def tea_reused_forwards(changes: dict[str, list[float]], threshold: float) -> int:
    """Hits of TeaCache, told from an uncached run's changes. The first and the last step always run."""
    hits = 0
    for steps in changes.values():
        accumulated = 0.0
        for step, change in enumerate(steps):
            accumulated += polynomial(change) if step > 0 else 0.0
            if 0 < step < len(steps) - 1 and accumulated < threshold:
                hits += 1
            else:
                accumulated = 0.0
    return hits


def tea_threshold_reusing(changes: dict[str, list[float]], share: float) -> float:
    """The least of 2,000 thresholds whose hits come nearest to that share of the forwards."""
    wanted = sum(map(len, changes.values())) * share
    mapped = [polynomial(change) for steps in changes.values() for change in steps[1:]]
    most = sum(mapped) + 1e-9
    return min((most * k / 2000 for k in range(1, 2001)),
               key=lambda threshold: abs(tea_reused_forwards(changes, threshold) - wanted))


def measure(subject: Subject, tiny: bool, rounds: int | None, seconds: float) -> dict[str, Any]:
    """Rounds over all arms until `rounds` are done or `seconds` have passed; at least one."""
    make: Callable[[list[str], dict[str, Any]], Any] = ArArm if subject.pipeline == "ar_video" else DitArm
    base = [*subject.base, *(subject.tiny if tiny else [])]
    shared: dict[str, Any] = {}
    arms: dict[str, Any] = {}
    failed: dict[str, str] = {}
    samples: dict[str, list[Samples]] = {}
    started = time.perf_counter()
    backend = "auto" if tiny else "cudnn"
    with torch.inference_mode(), backend_context(backend):
        for name, options in subject.arms.items():
            with attempt(name, failed):
                arm = make([*base, *options], shared)
                arm.warm_up()
                arms[name] = arm
                print(f"{name}: ready after {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
        order = list(arms)
        done = 0
        for index in range(rounds or subject.rounds):
            if done and time.perf_counter() - started > seconds:
                break
            for name in order[index % len(order):] + order[: index % len(order)]:
                if name not in failed:
                    with attempt(name, failed):
                        samples.setdefault(name, []).append(arms[name].run())
            done += 1
        report = {name: arm_report(name, arms, samples, subject, base, shared) for name in order if name not in failed}
    return {
        "schema": "bench.whatif/1",
        **machine("cpu" if tiny else "cuda"),
        "pipeline": subject.pipeline,
        "base": base,
        "rounds": done,
        "seconds": round(time.perf_counter() - started, 1),
        "arms": report,
        "failed": failed,
        "stepResiduals": shared.get("residuals"),
        "stepChanges": shared.get("changes"),
        "note": "random weights: times are the mechanism's, differences from the base no model's quality",
    }


@contextlib.contextmanager
def attempt(name: str, failed: dict[str, str]):
    """Runs the body; what it raises is kept as this arm's failure."""
    try:
        yield
    except (Exception, SystemExit) as problem:
        failed[name] = f"{type(problem).__name__}: {problem}"[:2000]
        print(f"{name}: failed", file=sys.stderr)
        traceback.print_exc()
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def arm_report(name: str, arms: dict[str, Any], samples: dict[str, list[Samples]], subject: Subject, base: list[str],
               shared: dict[str, Any]) -> dict[str, Any]:
    """Of every metric all values, round by round; their spread; and the ratio to the base's, round by round."""
    metrics = sorted({metric for run in samples[name] for metric in run})
    result: dict[str, Any] = {"options": [DitArm._threshold(option, shared) for option in subject.arms[name]]}
    for metric in metrics:
        rounds = [run.get(metric, []) for run in samples[name]]
        values = [value for values in rounds for value in values]
        if not values:
            continue
        entry: dict[str, Any] = {"median": statistics.median(values), "mad": spread(values).mad,
                                 "low": min(values), "high": max(values), "rounds": rounds}
        ratios = [statistics.median(mine[metric]) / statistics.median(theirs[metric])
                  for mine, theirs in zip(samples[name], samples.get("base", []))
                  if mine.get(metric) and theirs.get(metric) and statistics.median(theirs[metric]) != 0]
        if ratios and name != "base":
            entry["ratioToBase"] = {"median": statistics.median(ratios), "rounds": ratios}
        result[metric] = entry
    mine, theirs = arms[name].latents(), arms["base"].latents() if "base" in arms else None
    comparable = theirs is not None and theirs.shape == mine.shape
    result["quality"] = quality(mine, theirs if comparable else None)
    session = arms[name].session
    if session.graphs is not None:
        result["graphs"] = {"captured": session.graphs.captured, "replays": session.graphs.replays,
                            "eager": session.graphs.eager}
    if isinstance(arms[name], DitArm):
        result["keptAttention"] = session.places.kept
        result["reused"] = [[d.step, d.kind, d.change] for d in session.strategy.decisions if d.reused]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subject", choices=list(SUBJECTS))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no round after this long")
    parser.add_argument("--tiny", action="store_true", help="small shapes on the CPU, to check the program")
    arguments = parser.parse_args()
    result = measure(SUBJECTS[arguments.subject], arguments.tiny, arguments.rounds, arguments.seconds)
    arguments.out.write_text(json.dumps(result, indent=1) + "\n")
    for name, arm in result["arms"].items():
        metric = "steadyBlockMs" if "steadyBlockMs" in arm else "stepMs"
        ratio = arm[metric].get("ratioToBase", {}).get("median", 1)
        print(f"{arguments.subject:<14}{name:<34}{arm[metric]['median']:>10.3f} ms {ratio:>8.4f}", flush=True)
    for name, why in result["failed"].items():
        print(f"{arguments.subject:<14}{name:<34}failed: {why.splitlines()[0][:200]}", flush=True)


if __name__ == "__main__":
    main()
