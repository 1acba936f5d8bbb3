"""Which blocks are not computed in which steps: `--feature-cache BLOCKS:STEPS[:DRIFT]`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORMAT = "--feature-cache is BLOCKS:STEPS[:DRIFT], as 9-18:2-30 or 9-18:3,5,7:0.1"


@dataclass(frozen=True)
class FeaturePlan:
    """Blocks first to last, inclusive, add in `steps` what they added when last computed."""

    first_block: int
    last_block: int
    steps: tuple[int, ...]
    drift: float | None = None  # largest relative L1 change of the blocks' input; None: any

    def __str__(self) -> str:
        steps = ",".join(map(str, self.steps))
        gate = "" if self.drift is None else f":{self.drift:g}"
        return f"{self.first_block}-{self.last_block}:{steps}{gate}"


def parse_feature_plan(text: str) -> FeaturePlan:
    """ValueError if it is malformed or names no block."""
    parts = text.split(":")
    if len(parts) not in (2, 3):
        raise ValueError(_FORMAT)
    blocks = _numbers(parts[0])
    if blocks != list(range(blocks[0], blocks[-1] + 1)):
        raise ValueError("--feature-cache: the blocks must follow one another")
    drift = None
    if len(parts) == 3:
        try:
            drift = float(parts[2])
        except ValueError as error:
            raise ValueError(_FORMAT) from error
    return FeaturePlan(blocks[0], blocks[-1], tuple(_numbers(parts[1])), drift)


def _numbers(text: str) -> list[int]:
    """`2-4,7` to [2, 3, 4, 7]."""
    found: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part.strip())
        if match is None:
            raise ValueError(_FORMAT)
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ValueError(f"--feature-cache: {part} runs backwards")
        found.update(range(first, last + 1))
    return sorted(found)
