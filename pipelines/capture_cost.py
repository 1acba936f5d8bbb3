"""What collection costs: one process, windows of equal work with a profiler on and off in turn.

The video's window is full before the first measurement, so every block does the same work. Windows
alternate on-off-off-on, then off-on-on-off: whatever drifts evenly (clocks, temperature) adds the
same to both arms. Starting and stopping the profiler is timed apart and lies outside the windows.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from pipelines.ar_video.attention import backend_context
from pipelines.ar_video.cli import warm_up
from pipelines.ar_video.config import Config
from pipelines.ar_video.generate import Session
from pipelines.ar_video.options import add_model_options, config_from
from pipelines.ar_video.run_record import camel_keys, machine
from pipelines.ar_video.timing import Timer, mark, synchronize
from pipelines.collectors import COLLECTORS, Collector, Unavailable
from pipelines.paired import paired_ratio, spread

SCHEMA = "pipelines.captureCost/1"


@dataclass
class Window:
    device_ms: float
    wall_ms: float


@dataclass
class Bench:
    """A session past its warm-up, and how many blocks it has made."""

    session: Session
    blocks_per_window: int
    next_block: int
    start_ms: list[float] = field(default_factory=list)
    stop_ms: list[float] = field(default_factory=list)

    def window(self, collector: Collector | None) -> Window:
        """Times `blocks_per_window` blocks, collected if a collector is given."""
        device = self.session.config.device
        if collector is not None:
            self.start_ms.append(_timed(collector.start, device))
        begin, end = mark(device), mark(device)
        synchronize(device)
        started = time.perf_counter()
        begin.record()
        for _ in range(self.blocks_per_window):
            self.session.temporal_block(self.next_block, Timer(device))
            self.next_block += 1
        end.record()
        synchronize(device)
        wall = (time.perf_counter() - started) * 1e3
        if collector is not None:
            self.stop_ms.append(_timed(collector.stop, device))
        return Window(begin.milliseconds_until(end), wall)


def _timed(action: Callable[[], None], device: str) -> float:
    synchronize(device)
    started = time.perf_counter()
    action()
    synchronize(device)
    return (time.perf_counter() - started) * 1e3


def alternate(bench: Bench, collector: Collector, rounds: int) -> dict[str, list[Window]]:
    """Four windows a round; the first round of two begins with collection on."""
    arms: dict[str, list[Window]] = {"on": [], "off": []}
    for index in range(rounds):
        outer, inner = ("on", "off") if index % 2 == 0 else ("off", "on")
        for arm in (outer, inner, inner, outer):
            arms[arm].append(bench.window(collector if arm == "on" else None))
    return arms


def summarize(arms: dict[str, list[Window]]) -> dict[str, Any]:
    """Spreads of each arm, and on / off of each round (two windows against two)."""
    result: dict[str, Any] = {}
    for clock in ("device_ms", "wall_ms"):
        values = {arm: [getattr(w, clock) for w in windows] for arm, windows in arms.items()}
        entry: dict[str, Any] = {
            arm: dataclasses.asdict(spread(found)) for arm, found in values.items() if found
        }
        rounds = {
            arm: [a + b for a, b in zip(values[arm][::2], values[arm][1::2], strict=True)]
            for arm in ("on", "off")
        }
        entry["ratio"] = dataclasses.asdict(paired_ratio(rounds["on"], rounds["off"]))
        entry["values"] = values
        result[clock] = entry
    return result


def run(config: Config, collector: Collector, args: argparse.Namespace) -> dict[str, Any]:
    with torch.inference_mode(), backend_context(config.attention_backend):
        session = Session(config)
        warm_up(session, 1)
        if session.graphs is None:
            # A run to continue from; with graphs, warm-up has already ended in one that replays.
            session.prepare()
            session.generate(Timer(config.device))
        bench = Bench(session, args.blocks_per_window, config.blocks)
        # Before the profiler was ever started: does `off` cost anything that never-on does not?
        untouched = [bench.window(None) for _ in range(2 * min(args.rounds, 4))]
        bench.window(collector)  # its first start sets things up, and is not counted
        bench.start_ms.clear()
        bench.stop_ms.clear()
        arms = alternate(bench, collector, args.rounds)
    arms["untouched"] = untouched
    result = summarize(arms)
    result["start_ms"] = statistics.median(bench.start_ms)
    result["stop_ms"] = statistics.median(bench.stop_ms)
    return result


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(
        prog="python -m pipelines.capture_cost",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: python -m pipelines.capture_cost --preset small --tool none --rounds 10",
    )
    cost = result.add_argument_group("measurement")
    cost.add_argument("--tool", choices=sorted(COLLECTORS), default="none")
    cost.add_argument("--rounds", type=int, default=10, help="of four windows (default 10)")
    cost.add_argument("--blocks-per-window", type=int, default=2, metavar="K", help="(default 2)")
    cost.add_argument("--out", type=Path, metavar="FILE", help="write cost.json here")
    add_model_options(result)
    return result


def endless(config: Config, args: argparse.Namespace) -> Config:
    """Enough blocks to fill the window, and rotary positions for every block to come."""
    if config.switch_at:
        raise ValueError("a prompt switch would make one window unlike the others")
    if min(args.rounds, args.blocks_per_window) < 1:
        raise ValueError("--rounds and --blocks-per-window must be at least 1")
    # A ring comes back to its first place after as many blocks as it has frames, at most: graphs
    # are captured of the states that these blocks meet.
    turn = config.window - config.sinks if config.kv == "ring" else 1
    blocks = config.window // config.frames_per_block + 1 + turn
    windows = 4 * args.rounds + 2 * min(args.rounds, 4) + 1
    frames = (blocks + windows * args.blocks_per_window) * config.frames_per_block
    return dataclasses.replace(
        config, blocks=blocks, rope_positions=max(config.rope_positions, frames)
    ).validate()


def environment() -> dict[str, str]:
    """Which profiler was injected, and how it was set: file names only, no folders."""
    injection = ("CUDA_INJECTION64_PATH", "NVTX_INJECTION64_PATH")
    names = [name for name in os.environ if name.startswith("GAPSCOPE_") or name in injection]
    return {name: Path(os.environ[name]).name for name in sorted(names)}


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    args = parser().parse_args(arguments)
    try:
        config = endless(config_from(args), args)
    except ValueError as error:
        print(f"capture_cost: {error}", file=sys.stderr)
        return 1
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "command": " ".join(["python -m pipelines.capture_cost", *arguments]),
        "tool": args.tool,
        "rounds": args.rounds,
        "blocksPerWindow": args.blocks_per_window,
        **machine(config.device),
        "config": camel_keys(dataclasses.asdict(config)),
        # Names of variables, so not respelt.
        "environment": environment(),
    }
    torch.backends.cudnn.benchmark = config.vae
    try:
        collector = COLLECTORS[args.tool]()
    except Unavailable as error:
        record["skipped"] = f"{args.tool}: {error}"
        print(f"capture_cost: {record['skipped']}", file=sys.stderr)
    else:
        result = run(config, collector, args)
        record.update(camel_keys(result))
        print(text(args.tool, result))
    if args.out is not None:
        args.out.write_text(json.dumps(record, indent=2) + "\n")
    return 0


def text(tool: str, result: dict[str, Any]) -> str:
    """The result for a terminal."""
    lines = [f"{tool}: {'clock':<12}{'on ms':>10}{'off ms':>10}{'on / off':>10}   95 %"]
    for clock in ("device_ms", "wall_ms"):
        entry, ratio = result[clock], result[clock]["ratio"]
        lines.append(
            f"{'':{len(tool) + 2}}{clock[:-3]:<12}{entry['on']['median']:>10.3f}"
            f"{entry['off']['median']:>10.3f}{ratio['median']:>10.4f}"
            f"   {ratio['low95']:.4f} to {ratio['high95']:.4f}"
        )
    lines.append(f"start {result['start_ms']:.1f} ms, stop {result['stop_ms']:.1f} ms, untimed")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
