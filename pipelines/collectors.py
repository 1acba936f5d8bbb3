"""Ways to turn a profiler on and off inside a running process."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from pipelines import instrument


class Unavailable(Exception):
    """This profiler cannot run here."""


class Collector(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class Nothing:
    """Both arms alike: the differences it shows are the method's noise."""

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


class ProfilerApi:
    """A profiler injected from outside that obeys cudaProfilerStart and cudaProfilerStop."""

    def start(self) -> None:
        instrument.profiler_start()

    def stop(self) -> None:
        instrument.profiler_stop()


class TorchProfiler:
    """torch.profiler, device activity only; a new profile every time, which is then dropped."""

    def __init__(self) -> None:
        import torch

        if not torch.cuda.is_available():
            raise Unavailable("there is no CUDA device to profile")
        self._profile: Any = None

    def start(self) -> None:
        from torch.profiler import ProfilerActivity, profile

        self._profile = profile(activities=[ProfilerActivity.CUDA])
        self._profile.start()

    def stop(self) -> None:
        self._profile.stop()
        self._profile = None


class Proton:
    """Triton's profiler, started and finalized every time, so that `off` is really off."""

    def __init__(self) -> None:
        try:
            import triton.profiler as proton  # type: ignore[import-not-found, import-untyped, unused-ignore]
        except ImportError as error:
            raise Unavailable(f"cannot be imported: {error}") from error
        self._proton: Any = proton
        self._folder = tempfile.TemporaryDirectory(prefix="proton-")
        self._count = 0
        self._session: Any = None

    def start(self) -> None:
        self._count += 1
        name = str(Path(self._folder.name) / f"window{self._count}")
        self._session = self._proton.start(name)

    def stop(self) -> None:
        self._proton.finalize(self._session)
        for file in Path(self._folder.name).iterdir():
            with contextlib.suppress(OSError):
                file.unlink()


COLLECTORS: dict[str, Callable[[], Collector]] = {
    "none": Nothing,
    "gapscope": ProfilerApi,
    "torch": TorchProfiler,
    "proton": Proton,
}
