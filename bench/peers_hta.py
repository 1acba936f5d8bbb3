"""Holistic Trace Analysis' idle breakdown, kernel breakdown or both of one file, as JSON: run by `bench/peers.py`, in
HTA's environment: FILE idle|kernels|both."""

from __future__ import annotations

import json
import platform
import sys
import warnings

import numpy
import pandas

warnings.simplefilter("ignore")


def main(path: str, question: str) -> None:
    from hta.trace_analysis import TraceAnalysis  # noqa: PLC0415  the import is part of what is timed

    analysis = TraceAnalysis(trace_files={0: path}, include_last_profiler_step=True)
    answer: dict[str, object] = {
        "versions": f"Python {platform.python_version()}, pandas {pandas.__version__}, numpy {numpy.__version__}",
    }
    if question != "kernels":
        idle, _ = analysis.get_idle_time_breakdown(ranks=[0], visualize=False)
        answer["idle"] = {f"{row.stream} {row.idle_category}": row.idle_time for row in idle.itertuples()}
    if question != "idle":
        # As many names as there are: with its default of ten, mean and deviation of all others are wrong.
        _, kernels = analysis.get_gpu_kernel_breakdown(visualize=False, num_kernels=10**6, duration_ratio=1.0)
        answer["kernels"] = dict(zip(kernels["name"], kernels["sum (us)"]))
    print("ANSWER " + json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
