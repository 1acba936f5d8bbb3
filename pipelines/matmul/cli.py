"""Times matrix products: naive and persistent Triton kernels, and cuBLAS."""

from __future__ import annotations

import argparse
import datetime
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from pipelines import instrument as nvtx
from pipelines.ar_video.run_record import SCHEMA, machine
from pipelines.ar_video.timing import Timer

KINDS = ("naive", "persistent", "cublas")
# M, N, K. The first three are one wave, a wave and a bit, and many waves of 128 x 256 tiles on 132
# multiprocessors; the rest are linear layers of the two video models.
SHAPES = (
    (1408, 3072, 4096),
    (1536, 3072, 4096),
    (8192, 8192, 512),
    (8192, 8192, 4096),
    (4680, 1536, 1536),
    (4680, 8960, 1536),
    (4680, 1536, 8960),
    (28160, 8192, 2048),
)


def shape(text: str) -> tuple[int, int, int]:
    parts = [int(part) for part in text.lower().split("x")]
    if len(parts) != 3 or min(parts) < 1:
        raise argparse.ArgumentTypeError("a shape is MxNxK")
    return parts[0], parts[1], parts[2]


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(
        prog="python -m pipelines.matmul",
        description=__doc__,
        epilog="example: python -m pipelines.matmul --shapes 8192x8192x512 --out run.json",
    )
    result.add_argument("--shapes", type=shape, nargs="+", metavar="MxNxK", default=list(SHAPES))
    result.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    result.add_argument("--repeat", type=int, default=10, metavar="N", help="of each (default 10)")
    result.add_argument("--profiler-api", action="store_true")
    result.add_argument("--out", type=Path, metavar="FILE", help="write run.json here")
    return result


def ways(kinds: Sequence[str]) -> dict[str, Callable[[Tensor, Tensor], Tensor]]:
    """a [M, K], b [N, K] to [M, N], by kind."""
    from pipelines.matmul.kernels import Tiles, multiply

    processors = torch.cuda.get_device_properties(0).multi_processor_count
    known: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
        "naive": lambda a, b: multiply(a, b, Tiles(), None),
        "persistent": lambda a, b: multiply(a, b, Tiles(), processors),
        "cublas": F.linear,
    }
    return {kind: known[kind] for kind in kinds}


def measure(
    shapes: Sequence[tuple[int, int, int]], kinds: Sequence[str], repeat: int, profiler_api: bool
) -> list[dict[str, Any]]:
    """One row a shape and kind, checked against cuBLAS."""
    generator = torch.Generator("cuda").manual_seed(0)
    found, inputs = ways(kinds), {}
    for m, n, k in shapes:
        inputs[m, n, k] = tuple(
            torch.randn(side, k, generator=generator, device="cuda").bfloat16() for side in (m, n)
        )
    errors = {}
    for size, (a, b) in inputs.items():
        want = F.linear(a, b).float()
        for kind, multiply in found.items():
            for _ in range(3):
                got = multiply(a, b)
            errors[size, kind] = float((got.float() - want).norm() / want.norm())
    timer = Timer("cuda")
    with nvtx.profile_region(profiler_api):
        for m, n, k in shapes:
            a, b = inputs[m, n, k]
            with nvtx.range(f"matmul_{m}x{n}x{k}"):
                for index in range(repeat):
                    for kind, multiply in found.items():
                        name = f"{kind} {m} {n} {k}"
                        with nvtx.range(f"{kind}_{index}"), timer.span(name):
                            multiply(a, b)
    times: dict[str, list[float]] = {}
    for name, ms in timer.read():
        times.setdefault(name, []).append(ms)
    rows = []
    for (m, n, k), kind in errors:
        values = times[f"{kind} {m} {n} {k}"]
        median = statistics.median(values)
        rows.append(
            {
                "shape": [m, n, k],
                "kind": kind,
                "medianMs": median,
                "valuesMs": values,
                "teraflops": 2e-9 * m * n * k / median,
                "relativeError": errors[(m, n, k), kind],
            }
        )
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    args = parser().parse_args(arguments)
    if not torch.cuda.is_available():
        print("matmul: no CUDA device", file=sys.stderr)
        return 1
    with torch.inference_mode():
        rows = measure(args.shapes, args.kinds, args.repeat, args.profiler_api)
    print(f"{'M x N x K':<20}{'kind':<12}{'ms':>10}{'TFLOP/s':>10}")
    for row in rows:
        size = " x ".join(map(str, row["shape"]))
        print(f"{size:<20}{row['kind']:<12}{row['medianMs']:>10.4f}{row['teraflops']:>10.1f}")
    record = {
        "schema": SCHEMA,
        "pipeline": "matmul",
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        **machine("cuda"),
        "timing": "CUDA events",
        "products": rows,
        "command": " ".join(["python -m pipelines.matmul", *arguments]),
        "profilerApi": args.profiler_api,
    }
    if args.out is not None:
        args.out.write_text(json.dumps(record, indent=2) + "\n")
    return 0 if all(row["relativeError"] < 0.01 for row in rows) else 1
