"""Durations on the device, by CUDA events; by the host's clock where there is no CUDA.

These are the ground truth that a profiler's block latencies are held against. Events are recorded
just inside a range's ends and read only after the run, so that timing never makes the host wait.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Protocol

import torch


class Mark(Protocol):
    """A point in the stream of work."""

    def record(self) -> None: ...

    def milliseconds_until(self, later: Mark) -> float: ...


class _DeviceMark:
    def __init__(self) -> None:
        self.event = torch.cuda.Event(enable_timing=True)

    def record(self) -> None:
        self.event.record()

    def milliseconds_until(self, later: Mark) -> float:
        assert isinstance(later, _DeviceMark)
        return float(self.event.elapsed_time(later.event))


class _HostMark:
    def __init__(self) -> None:
        self.seconds = 0.0

    def record(self) -> None:
        self.seconds = time.perf_counter()

    def milliseconds_until(self, later: Mark) -> float:
        assert isinstance(later, _HostMark)
        return (later.seconds - self.seconds) * 1e3


def mark(device: str) -> Mark:
    return _HostMark() if device == "cpu" else _DeviceMark()


def synchronize(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


class Timer:
    """Named intervals in the order they were begun."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._spans: list[tuple[str, Mark, Mark]] = []

    @contextlib.contextmanager
    def span(self, name: str) -> Iterator[None]:
        begin, end = mark(self._device), mark(self._device)
        self._spans.append((name, begin, end))
        begin.record()
        yield
        end.record()

    def read(self) -> list[tuple[str, float]]:
        """(name, milliseconds) of every interval; waits for the device."""
        synchronize(self._device)
        return [(name, begin.milliseconds_until(end)) for name, begin, end in self._spans]
