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
from pipelines.ar_video.config import Config
from pipelines.ar_video.generate import Session
from pipelines.ar_video.options import add_model_options, config_from
from pipelines.ar_video.run_record import run_record, table
from pipelines.ar_video.summary import summarize
from pipelines.ar_video.timing import Timer, synchronize
from pipelines.quality import load_output, quality, save_output


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(
        prog="python -m pipelines.ar_video",
        description=__doc__,
        epilog="example: python -m pipelines.ar_video --blocks 10 --switch-at 7 --out run.json",
    )
    add_model_options(result)
    run = result.add_argument_group("run")
    run.add_argument(
        "--warmup",
        type=int,
        default=1,
        metavar="N",
        help="whole untimed runs before the measured one, switches included (default 1)",
    )
    run.add_argument(
        "--profiler-api",
        action="store_true",
        help="cudaProfilerStart/Stop around the measured run",
    )
    run.add_argument("--no-ranges", action="store_true", help="emit no NVTX ranges")
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
        print(f"ar_video: {error}", file=sys.stderr)
        return 1
    if args.no_ranges:
        nvtx.disable()
    if config.cuda_graphs:
        print("CUDA graphs: cache indices are host integers, no .item() reads", file=sys.stderr)
    # The decoder's convolutions are slow under cuDNN's first guess; warm-up pays for the search.
    torch.backends.cudnn.benchmark = config.vae
    with torch.inference_mode(), backend_context(config.attention_backend):
        session = Session(config)
        warm_up(session, args.warmup)
        try:
            record, text = measure(session, profiler_api=args.profiler_api, baseline=baseline)
        except ValueError as error:
            print(f"ar_video: {error}", file=sys.stderr)
            return 1
    print(text)
    if args.save_output is not None:
        save_output(args.save_output, session.latents)
    record["command"] = " ".join(["python -m pipelines.ar_video", *arguments])
    record["warmup"] = args.warmup
    record["profilerApi"] = args.profiler_api
    if args.out is not None:
        args.out.write_text(json.dumps(record, indent=2) + "\n")
    return 0 if record["finite"] else 1


def warm_up(session: Session, runs: int) -> None:
    """Whole runs, so that the measured one loads no kernel and allocates nothing anew.

    Graphs are captured between two of them: the first must have met every state, the second is the
    first to replay.
    """
    config = session.config
    for index in range(max(runs, 2) if session.graphs is not None else runs):
        session.prepare()
        session.generate(Timer(config.device))
        synchronize(config.device)
        if session.graphs is not None and index == 0:
            session.graphs.capture_met()
            print(f"CUDA graphs: {session.graphs.captured} captured", file=sys.stderr)


def measure(
    session: Session, *, profiler_api: bool, baseline: Tensor | None = None
) -> tuple[dict[str, Any], str]:
    """The measured run: its record, and a table of it. ValueError: the baseline does not fit."""
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
    spans = timer.read()
    blocks = [ms for name, ms in spans if name.startswith("temporal_block_")]
    summary = summarize(config, blocks)
    record = run_record(
        config,
        summary,
        decode_ms=[ms for name, ms in spans if name == "vae_decode"],
        peak_memory_bytes=peak_memory(config),
        graphs=graph_counts(session),
        quality=quality(session.latents, baseline),
        ranges=nvtx.backend,
        finite=bool(torch.isfinite(session.latents).all().item()),
        latents_std=float(session.latents.float().std().item()),
    )
    return record, table(summary)


def peak_memory(config: Config) -> int | None:
    return None if config.device == "cpu" else torch.cuda.max_memory_allocated()


def graph_counts(session: Session) -> dict[str, int] | None:
    """How many forwards of the measured run were replays; a recache is never one."""
    if session.graphs is None:
        return None
    graphs = session.graphs
    return {"captured": graphs.captured, "replays": graphs.replays, "eager": graphs.eager}
