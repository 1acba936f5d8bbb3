"""Runs the pipeline once for measurement, after running it to warm up."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pipelines import instrument as nvtx
from pipelines.ar_video.attention import backend_context
from pipelines.ar_video.timing import Timer, synchronize
from pipelines.dit_video.generate import Session
from pipelines.dit_video.options import add_model_options, config_from
from pipelines.dit_video.run_record import run_record, table
from pipelines.dit_video.step_residuals import ResidualRecorder
from pipelines.quality import load_output, quality, save_output


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(
        prog="python -m pipelines.dit_video",
        description=__doc__,
        epilog="example: python -m pipelines.dit_video --steps 4 --frames 8 --out run.json",
    )
    add_model_options(result)
    run = result.add_argument_group("run")
    run.add_argument(
        "--warmup",
        type=int,
        default=1,
        metavar="N",
        help="whole untimed runs before the measured one (default 1)",
    )
    run.add_argument(
        "--profiler-api",
        action="store_true",
        help="cudaProfilerStart/Stop around the measured run",
    )
    run.add_argument("--no-ranges", action="store_true", help="emit no NVTX ranges")
    run.add_argument(
        "--no-step-residuals",
        action="store_true",
        help="do not record, in a warm-up run, how the first block's residual changes",
    )
    run.add_argument("--out", type=Path, metavar="FILE", help="write run.json here")
    run.add_argument("--save-output", type=Path, metavar="FILE.pt", help="write the latents here")
    run.add_argument(
        "--baseline", type=Path, metavar="FILE.pt", help="latents to compare this run's with"
    )
    return result


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    args = parser().parse_args(arguments)
    try:
        config = config_from(args)
        baseline = None if args.baseline is None else load_output(args.baseline)
    except ValueError as error:
        print(f"dit_video: {error}", file=sys.stderr)
        return 1
    if args.no_ranges:
        nvtx.disable()
    with torch.inference_mode(), backend_context(config.attention_backend):
        session = Session(config)
        recorded = warm_up(session, args.warmup, residuals=not args.no_step_residuals)
        try:
            record, text = measure(session, baseline, profiler_api=args.profiler_api)
        except ValueError as error:
            print(f"dit_video: {error}", file=sys.stderr)
            return 1
    print(text)
    record["stepResiduals"] = None if recorded is None else residuals_of(recorded)
    record["stepChanges"] = None if recorded is None else recorded.step_changes()
    record["command"] = " ".join(["python -m pipelines.dit_video", *arguments])
    record["warmup"] = args.warmup
    record["profilerApi"] = args.profiler_api
    if args.save_output is not None:
        save_output(args.save_output, frames_first(session.latents))
    if args.out is not None:
        args.out.write_text(json.dumps(record, indent=2) + "\n")
    return 0 if record["finite"] else 1


def warm_up(session: Session, runs: int, *, residuals: bool) -> ResidualRecorder | None:
    """Whole runs, so that the measured one loads no kernel and allocates nothing anew.

    The first records step residuals where it computes all blocks; graphs are captured after it, and
    replayed in another.
    """
    config = session.config
    found = None
    record = residuals and session.graphs is None and not config.step_caching
    for index in range(max(runs, 2) if session.graphs is not None else runs):
        if record and index == 0:
            found = recorded_residuals(session)
        else:
            session.prepare()
            session.generate(Timer(config.device))
        synchronize(config.device)
        if session.graphs is not None and index == 0:
            session.graphs.capture_met()
            print(f"CUDA graphs: {session.graphs.captured} captured", file=sys.stderr)
    return found


def recorded_residuals(session: Session) -> ResidualRecorder:
    """A run of the session, of which only what the first block met and did is kept."""
    strategy = session.strategy
    recorder = ResidualRecorder(session.config, session.places, session.model)
    session.strategy = recorder
    session.prepare()
    session.generate(Timer(session.config.device))
    session.strategy = strategy
    return recorder


def residuals_of(recorder: ResidualRecorder) -> dict[str, Any]:
    record = recorder.record()
    return {
        "everyNthToken": record.pop("every_nth_token"),
        "of": "mean |r_i - r_j| / mean |r_j|, first block's residual, row i against steps j < i",
        **record,
    }


def measure(
    session: Session, baseline: Tensor | None, *, profiler_api: bool
) -> tuple[dict[str, Any], str]:
    """The measured run: its record, and a table of it."""
    config = session.config
    timer = Timer(config.device)
    if config.device != "cpu":
        torch.cuda.reset_peak_memory_stats()
    if session.graphs is not None:
        session.graphs.reset_counts()
    with nvtx.profile_region(profiler_api):
        session.prepare()
        session.generate(timer)
        synchronize(config.device)
    memory = None if config.device == "cpu" else torch.cuda.max_memory_allocated()
    record = run_record(
        session,
        timer.read(),
        peak_memory_bytes=memory,
        graphs=graph_counts(session),
        quality=quality(frames_first(session.latents), baseline),
        ranges=nvtx.backend,
        finite=bool(torch.isfinite(session.latents).all().item()),
        latents_std=float(session.latents.std().item()),
    )
    return record, table(record)


def frames_first(latents: Tensor) -> Tensor:
    """[B, C, T, H, W] to [B, T, C, H, W], as the other pipeline has them."""
    return latents.transpose(1, 2)


def graph_counts(session: Session) -> dict[str, int] | None:
    """Stages of the measured run that were replays, and that were not."""
    if session.graphs is None:
        return None
    graphs = session.graphs
    return {"captured": graphs.captured, "replays": graphs.replays, "eager": graphs.eager}
