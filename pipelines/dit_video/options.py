"""The command line's options of shapes and of ways to be faster."""

from __future__ import annotations

import argparse

import torch

from pipelines.ar_video.config import DTYPES
from pipelines.dit_video.config import PRESETS, Config, from_preset
from pipelines.dit_video.feature_plan import parse_feature_plan
from pipelines.fp8 import add_fp8_options, fp8_parts, require_fp8

_NUMBERS = {
    "steps": "scheduler steps; one clean pass follows (default 35)",
    "frames": "latent frames (default 24)",
    "height": "of the latent (default 88)",
    "width": "of the latent (default 160)",
    "layers": "transformer blocks",
    "dim": "width of the model",
    "heads": "attention heads",
    "ffn": "width of the feed-forward layer",
    "adaln_rank": "rank of the modulation",
    "text_tokens": "tokens of the prompt",
    "text_dim": "width of the prompt's embedding",
    "conditional_frames": "first latent frames that are given (default 1)",
    "seed": "of weights, prompt and noise",
}


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Every option defaults to None, so that a preset can tell what was given."""
    parser.add_argument(
        "--preset", choices=sorted(PRESETS), default="720p16", help="frames a second of 720p video"
    )
    shape = parser.add_argument_group("shape (each overrides the preset)")
    for name, text in _NUMBERS.items():
        shape.add_argument("--" + name.replace("_", "-"), type=int, metavar="N", help=text)
    ways = parser.add_argument_group("ways to be faster")
    ways.add_argument(
        "--attention",
        choices=["dense", "natten-map"],
        help="natten-map: the published neighbourhood of each layer, by FlexAttention",
    )
    add_fp8_options(ways)
    ways.add_argument(
        "--feature-cache",
        metavar="BLOCKS:STEPS[:DRIFT]",
        help="reuse what BLOCKS added, in STEPS (9-18:2-30), if their input drifted at most DRIFT",
    )
    ways.add_argument(
        "--first-block-cache",
        type=float,
        metavar="THRESHOLD",
        help="reuse all blocks but the first while its residual changed less than this",
    )
    ways.add_argument(
        "--teacache",
        type=float,
        metavar="THRESHOLD",
        help="reuse all blocks while the first one's input changed less than this, in sum",
    )
    ways.add_argument(
        "--cuda-graphs",
        action=argparse.BooleanOptionalAction,
        help="replay stretches of uncached blocks, and the head, as CUDA graphs",
    )
    parser.add_argument(
        "--attention-backend",
        choices=["auto", "flash", "cudnn", "math"],
        help="backend of scaled_dot_product_attention (default auto)",
    )
    parser.add_argument("--dtype", choices=sorted(DTYPES), help="default bf16")
    parser.add_argument("--device", choices=["cuda", "cpu"], help="default cuda")


def config_from(args: argparse.Namespace) -> Config:
    """The configuration asked for; ValueError says what is wrong with it."""
    names = [*_NUMBERS, "attention", "fp8_scaling", "first_block_cache", "teacache"]
    names += ["cuda_graphs", "attention_backend", "dtype", "device"]
    changes = {name: getattr(args, name) for name in names}
    changes["fp8"] = fp8_parts(args.fp8)
    if args.feature_cache is not None:
        changes["feature_cache"] = parse_feature_plan(args.feature_cache)
    config = from_preset(args.preset, **changes)
    if config.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("no CUDA device: pass --device cpu")
    if config.fp8:
        require_fp8(config.device)
    return config
