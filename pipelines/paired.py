"""Statistics of paired measurements: the same thing with and without, close together in time."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    count: int
    median: float
    mad: float  # median absolute deviation from the median
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    middle = statistics.median(values)
    mad = statistics.median(abs(value - middle) for value in values)
    return Spread(len(values), middle, mad, min(values), max(values))


@dataclass(frozen=True)
class Ratio:
    """`with / without`, a pair a round."""

    count: int
    median: float
    mad: float
    low95: float  # bootstrap interval of the median
    high95: float


def paired_ratio(with_it: Sequence[float], without: Sequence[float]) -> Ratio:
    ratios = [a / b for a, b in zip(with_it, without, strict=True)]
    found = spread(ratios)
    low, high = bootstrap(ratios, statistics.median)
    return Ratio(found.count, found.median, found.mad, low, high)


def bootstrap(
    values: Sequence[float], statistic: Callable[[Sequence[float]], float], resamples: int = 2000
) -> tuple[float, float]:
    """95 % interval of a statistic; seeded, so that the same values give the same interval."""
    source = random.Random(0)
    found = sorted(statistic(source.choices(values, k=len(values))) for _ in range(resamples))
    return found[int(0.025 * resamples)], found[int(0.975 * resamples) - 1]
