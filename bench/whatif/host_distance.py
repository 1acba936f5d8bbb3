"""What a call costs the host, by how much other code ran since the same call last did. On an NVIDIA GPU:

    python -m bench.whatif.host_distance --out bench/whatif/measured/host-distance.json

A quantization by a Triton kernel, an FP8 and a bf16 matmul and an addition, each between 0 to 128 other ATen calls or
as much Python, and several in a row before 40 other calls. Tensors are so small that the device never holds the host up.
A figure is the loop with the call less the loop without, median of nine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from pipelines.ar_video.run_record import machine
from pipelines.fp8 import Fp8Linear, quantize

ROUNDS = 9


def wall(action: Callable[[], object], repetitions: int) -> float:
    """Microseconds of the host's time for one."""
    torch.cuda.synchronize()
    begun = time.perf_counter_ns()
    for _ in range(repetitions):
        action()
    took = time.perf_counter_ns() - begun
    torch.cuda.synchronize()
    return took / repetitions / 1000


def rows() -> Iterator[dict[str, Any]]:
    x, y = (torch.randn(16, 1536, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    linear = torch.nn.Linear(1536, 1536, device="cuda", dtype=torch.bfloat16)
    fp8, quantized = Fp8Linear(linear, "row"), quantize(x, "row")
    from pipelines.fp8_kernel import quantize_rows  # Triton's import fails where there is no GPU

    calls: dict[str, Callable[[], object]] = {
        "quantize (Triton)": lambda: quantize_rows(x), "fp8 matmul": lambda: fp8(quantized),
        "bf16 matmul": lambda: linear(x), "add": lambda: x.add(y),
    }

    def others(kind: str, count: int) -> None:
        if kind == "aten":
            for _ in range(count):
                y.mul_(1.0)
        else:
            total = 0
            for i in range(count * 20):
                total += i * i

    def difference(with_it: Callable[[], object], without: Callable[[], object], repetitions: int) -> float:
        return statistics.median(wall(with_it, repetitions) - wall(without, repetitions) for _ in range(ROUNDS))

    for call in calls.values():
        wall(call, 50)
    for kind in ("aten", "python"):
        for count in (0, 2, 8, 32, 128):
            for name, call in calls.items():
                us = difference(lambda: (call(), others(kind, count)), lambda: others(kind, count), 200)
                yield {"act": name, "between": f"{count} {kind}", "us": us}
    for name, call in calls.items():
        for count in (1, 2, 4, 8):
            us = difference(lambda: ([call() for _ in range(count)], others("aten", 40)), lambda: others("aten", 40), 150)
            yield {"act": name, "in a row": count, "us each": us / count}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    with torch.inference_mode():
        found = list(rows())
    record = {"schema": "bench.host-distance/1", **machine("cuda"), "rows": found}
    arguments.out.write_text(json.dumps(record, indent=1) + "\n")
    for row in found:
        print(row)


if __name__ == "__main__":
    main()
