"""What is measured against what: a base command line, and the options that each edit adds.

Names are those of `gapscope whatif --apply`, where an edit has one there.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Subject:
    """One pipeline at one shape; all arms run in one process, in turn."""

    pipeline: str  # ar_video or dit_video
    base: list[str]
    arms: dict[str, list[str]]
    rounds: int
    tiny: list[str] = field(default_factory=list)  # added for a check without a GPU


_AR_TINY = ("--device cpu --layers 2 --dim 48 --heads 2 --ffn 64 --text-tokens 5 --text-dim 16 --tokens-per-frame 6 "
            "--dtype fp32 --attention-backend auto").split()
_DIT_TINY = ("--device cpu --layers 4 --dim 48 --heads 2 --ffn 64 --text-tokens 5 --text-dim 16 --adaln-rank 8 "
             "--frames 4 --height 16 --width 32 --dtype fp32 --attention-backend auto").split()

_AR_ARMS = {
    "base": [],
    "graphs": ["--cuda-graphs"],
    "kv=ring": ["--kv", "ring"],
    "no-item-sync": ["--no-item-sync"],
    "window=9": ["--window", "9"],
    "window=6": ["--window", "6"],
    "fp8": ["--fp8"],
    "fp8=ffn": ["--fp8", "ffn"],
    "steps=3": ["--denoising-steps", "3"],
    "rope=fp32": ["--rope", "fp32"],
    "kv=ring+no-item-sync": ["--kv", "ring", "--no-item-sync"],
    "graphs+kv=ring": ["--cuda-graphs", "--kv", "ring"],
    # The same as base: what differs between two equal arms is noise.
    "base-again": [],
}
_SMALL_ONLY = ("fp8=ffn", "rope=fp32")
_COMPILE_ARMS = {"base": [], "compile": ["--compile"], "compile+no-item-sync": ["--compile", "--no-item-sync"],
                 "base-again": []}

_DIT_ARMS = {
    "base": [],
    "graphs": ["--cuda-graphs"],
    "fp8": ["--fp8"],
    "fp8=ffn": ["--fp8", "ffn"],
    "attention=natten-map": ["--attention", "natten-map"],
    "attention=natten-map+fp8": ["--attention", "natten-map", "--fp8"],
    "attention=natten-map+graphs": ["--attention", "natten-map", "--cuda-graphs"],
    "feature-cache=9-18:2-3": ["--feature-cache", "9-18:2-3"],
    "feature-cache=9-18:2-3+graphs": ["--feature-cache", "9-18:2-3", "--cuda-graphs"],
    "first-block-cache": ["--first-block-cache", "{fbc:0.5}"],
    "steps=2": ["--steps", "2"],
    "base-again": [],
}
_DIT_FULL_ARMS = {
    "base": [],
    "attention=natten-map": ["--attention", "natten-map"],
    "fp8": ["--fp8"],
    "attention=natten-map+fp8": ["--attention", "natten-map", "--fp8"],
}

# Thresholds at which about that share of the forwards should be reused, told from the base's record.
_STEP_CACHE_ARMS = {
    "base": [],
    **{f"first-block-cache {share}": ["--first-block-cache", f"{{fbc:{share}}}"] for share in (0.25, 0.5, 0.75)},
    **{f"teacache {share}": ["--teacache", f"{{tea:{share}}}"] for share in (0.25, 0.5, 0.75)},
}

_AR_SMALL = "--preset small --blocks 8 --switch-at 6 --attention-backend cudnn".split()
_AR_FULL = "--preset full --blocks 7 --switch-at 5 --attention-backend cudnn".split()
# 8 latent frames are 28,160 tokens: a ninth of the full attention, a third of the linear layers.
_DIT = "--frames 8 --steps 3 --attention-backend cudnn".split()
# 4 latent frames, 14,080 tokens, and enough steps for a schedule to drift.
_STEP_CACHES = "--frames 4 --steps 19 --attention-backend cudnn".split()
_DIT_FULL = "--steps 1 --attention-backend cudnn".split()

SUBJECTS = {
    "ar-small": Subject("ar_video", _AR_SMALL, _AR_ARMS, 4, _AR_TINY),
    "ar-full": Subject("ar_video", _AR_FULL, {name: _AR_ARMS[name] for name in _AR_ARMS if name not in _SMALL_ONLY}, 2,
                       _AR_TINY),
    "compile-small": Subject("ar_video", _AR_SMALL, _COMPILE_ARMS, 2, _AR_TINY),
    "compile-full": Subject("ar_video", _AR_FULL, _COMPILE_ARMS, 2, _AR_TINY),
    "dit": Subject("dit_video", _DIT, _DIT_ARMS, 2, _DIT_TINY),
    "step-caches": Subject("dit_video", _STEP_CACHES, _STEP_CACHE_ARMS, 2, _DIT_TINY),
    "dit-full": Subject("dit_video", _DIT_FULL, _DIT_FULL_ARMS, 2, _DIT_TINY),
}

# Recorded with the capture library, a process each: name -> (pipeline, options).
CAPTURES = {
    "ar-small-base": ("ar_video", _AR_SMALL),
    "ar-small-graphs": ("ar_video", [*_AR_SMALL, "--cuda-graphs"]),
    "ar-small-ring": ("ar_video", [*_AR_SMALL, "--kv", "ring"]),
    "ar-small-ring-no-sync": ("ar_video", [*_AR_SMALL, "--kv", "ring", "--no-item-sync"]),
    "ar-full-base": ("ar_video", _AR_FULL),
    "ar-full-ring": ("ar_video", [*_AR_FULL, "--kv", "ring"]),
    "ar-full-fp8": ("ar_video", [*_AR_FULL, "--fp8"]),
    "dit-base": ("dit_video", _DIT),
    "dit-natten": ("dit_video", [*_DIT, "--attention", "natten-map"]),
    "dit-fp8": ("dit_video", [*_DIT, "--fp8"]),
    "dit-feature-cache": ("dit_video", [*_DIT, "--feature-cache", "9-18:2-3"]),
    "dit-full-base": ("dit_video", _DIT_FULL),
    "matmul": ("matmul", []),
}
CAPTURE_TINY = {"ar_video": _AR_TINY, "dit_video": _DIT_TINY, "matmul": []}
