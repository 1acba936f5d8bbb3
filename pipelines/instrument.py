"""NVTX ranges and the profiler region: a convenience, not a dependency.

A pipeline needs nothing from here to be profiled: ranges are plain NVTX (see docs/instrument.md).
This file only picks whichever NVTX is installed, and does nothing where there is none, so that the
same pipeline runs in tests on a machine without CUDA.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
Push = Callable[[str], object]
Pop = Callable[[], object]


def _from_torch() -> tuple[Push, Pop]:
    import torch
    from torch.cuda import nvtx

    # A CPU build of torch has these functions too, and raises when they are called.
    if not torch.backends.cuda.is_built():
        raise ImportError("torch was built without CUDA")
    return nvtx.range_push, nvtx.range_pop


def _from_nvtx_package() -> tuple[Push, Pop]:
    import nvtx  # type: ignore[import-not-found, unused-ignore]

    return nvtx.push_range, nvtx.pop_range


def _find_backend() -> tuple[Push, Pop, str]:
    with contextlib.suppress(ImportError, AttributeError):
        return (*_from_torch(), "torch.cuda.nvtx")
    with contextlib.suppress(ImportError, AttributeError):
        return (*_from_nvtx_package(), "nvtx")
    return (lambda name: None), (lambda: None), "none"


_push, _pop, backend = _find_backend()


def push(name: str) -> None:
    """Opens a range on this thread."""
    _push(name)


def pop() -> None:
    """Closes the innermost range of this thread."""
    _pop()


class range:  # read as instrument.range(...), the name NVTX itself uses
    """`with instrument.range("kv_temp_clone"):` opens a range for the body."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        _push(self.name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _pop()


def annotate(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: every call of the function is a range called `name`."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def inner(*args: P.args, **kwargs: P.kwargs) -> R:
            with range(name):
                return function(*args, **kwargs)

        return inner

    return wrap


def use(push: Push, pop: Pop, name: str = "custom") -> None:
    """Sends all later ranges elsewhere: to a recorder in a test, or nowhere."""
    global _push, _pop, backend
    _push, _pop, backend = push, pop, name


def disable() -> None:
    """Makes every later range free, so that what the ranges themselves cost can be measured."""
    use(lambda name: None, lambda: None, "none")


def profiler_start() -> None:
    """cudaProfilerStart: a profiler told to wait for it records from here. No-op without CUDA."""
    _cudart_call("cudaProfilerStart")


def profiler_stop() -> None:
    """cudaProfilerStop. No-op without CUDA."""
    _cudart_call("cudaProfilerStop")


def _cudart_call(name: str) -> None:
    import torch

    if torch.cuda.is_available():
        getattr(torch.cuda.cudart(), name)()


@contextlib.contextmanager
def profile_region(enabled: bool = True) -> Iterator[None]:
    """Tells an attached profiler to record the body only.

    The device is drained on both sides: work launched before must not end inside the region, and
    work launched inside must have ended before recording stops.
    """
    if not enabled:
        yield
        return
    _synchronize()
    profiler_start()
    try:
        yield
        _synchronize()
    finally:
        profiler_stop()


def _synchronize() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()
