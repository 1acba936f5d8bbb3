"""run.json: what was run, on what, and how long each step took."""

from __future__ import annotations

import dataclasses
import datetime
import statistics
from typing import Any

from pipelines.ar_video.run_record import SCHEMA, camel_keys, machine
from pipelines.dit_video.config import Config
from pipelines.dit_video.generate import Session


def flops(config: Config) -> dict[str, float]:
    """Of one dense forward that computes every block; 2 a multiply-add, large products only."""
    tokens, dim = config.tokens, config.dim
    token_linear = 4 * dim * dim + 2 * dim * dim + 2 * dim * config.ffn
    prompt_linear = 2 * config.text_dim * dim * config.text_tokens
    return {
        "linear": 2.0 * config.layers * (tokens * token_linear + prompt_linear),
        "self_attention": 4.0 * config.layers * tokens * tokens * dim,
        "cross_attention": 4.0 * config.layers * tokens * config.text_tokens * dim,
    }


def run_record(session: Session, spans: list[tuple[str, float]], **more: Any) -> dict[str, Any]:
    """`spans` are the timer's; `more` is added at the top level."""
    config = session.config
    steps = [
        {"index": index, "name": name, "duration_ms": ms}
        for index, (name, ms) in enumerate(
            span for span in spans if span[0].startswith("denoising_step_")
        )
    ]
    forwards = [
        {"step": int(name.split("_")[2]), "kind": name.split("_")[1], "duration_ms": ms}
        for name, ms in spans
        if name.startswith("forward_")
    ]
    durations = [ms for name, ms in spans if name.startswith("denoising_step_")]
    decisions = session.strategy.decisions
    return {
        "schema": SCHEMA,
        "pipeline": "dit_video",
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        **machine(config.device),
        "config": camel_keys(dataclasses.asdict(config)),
        "shapes": camel_keys(
            {
                "patch_grid": list(config.grid),
                "latent": list(config.latent_shape),
                "query_tokens": config.tokens,
                "flops": flops(config),
                "kept_attention": session.places.kept,
            }
        ),
        "timing": "CUDA events" if config.device != "cpu" else "host clock",
        "steps": camel_keys(steps),
        "forwards": camel_keys(forwards),
        "stepMs": statistics.median(durations[1:] or durations),
        "totalMs": sum(durations),
        "stepCache": (
            None
            if not config.step_caching
            else {
                "forwards": len(decisions),
                "reused": sum(decision.reused for decision in decisions),
                "decisions": camel_keys([dataclasses.asdict(decision) for decision in decisions]),
            }
        ),
        **camel_keys(more),
    }


def table(record: dict[str, Any]) -> str:
    """Step times for a terminal."""
    lines = [f"{'step':<20}{'ms':>10}"]
    lines += [f"{step['name']:<20}{step['durationMs']:>10.3f}" for step in record["steps"]]
    lines += ["", f"median step  {record['stepMs']:10.3f} ms, without the first"]
    lines.append(f"all steps    {record['totalMs']:10.3f} ms")
    cache = record["stepCache"]
    if cache is not None:
        lines.append(f"step cache   {cache['reused']} of {cache['forwards']} forwards reused")
    return "\n".join(lines)
