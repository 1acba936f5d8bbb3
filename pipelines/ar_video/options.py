"""Command-line options of a model's shapes and costs, shared by the programs that run one."""

from __future__ import annotations

import argparse

import torch

from pipelines.ar_video.config import DTYPES, PRESETS, Config, from_preset
from pipelines.fp8 import add_fp8_options, fp8_parts, require_fp8

_NUMBERS = {
    "layers": "transformer blocks",
    "dim": "width of the model",
    "heads": "attention heads",
    "ffn": "width of the feed-forward layer",
    "text_tokens": "tokens of a prompt",
    "text_dim": "width of a prompt's embedding",
    "tokens_per_frame": "tokens of a latent frame",
    "frames_per_block": "latent frames of a temporal block",
    "window": "frames in the KV cache, sinks and the current block included",
    "sinks": "first frames that are never evicted",
    "batch": "videos at once",
    "blocks": "temporal blocks to generate",
    "denoising_steps": "denoising forwards of a block (default 4, as the original)",
    "vae_width": "channels of the decoder's last stage",
    "seed": "of weights, prompts and noise",
}

_SWITCHES = {
    "lora": "rank-256 LoRA on every linear layer, left unmerged",
    "item_sync": "cache indices on the device, read with .item() (default on, as the original)",
    "global_sink": "keep the first prompt's sink frames over a switch",
    "recache_block_mask": "build the mask that the original builds at a switch and never uses",
    "compile": "torch.compile the sliding cache's copies",
    "vae": "decode every block to pixels",
    "cuda_graphs": "replay the denoising and clean forwards as CUDA graphs (no .item() reads)",
}


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Every option defaults to None, so that a preset can tell what was given."""
    parser.add_argument(
        "--preset",
        choices=sorted(PRESETS),
        default="full",
        help="full: LongLive v1's shapes; small: 144 tokens a frame, so launch-bound",
    )
    shape = parser.add_argument_group("shape (each overrides the preset)")
    for name, text in _NUMBERS.items():
        shape.add_argument(_flag(name), type=int, metavar="N", help=text)
    shape.add_argument(
        "--switch-at",
        type=int,
        nargs="+",
        metavar="BLOCK",
        help="blocks that begin with a new prompt",
    )
    costs = parser.add_argument_group("costs of the original, and ways round them")
    for name, text in _SWITCHES.items():
        costs.add_argument(_flag(name), action=argparse.BooleanOptionalAction, help=text)
    costs.add_argument(
        "--kv",
        choices=["sliding", "ring"],
        help="sliding: clone, roll, insert, concat (default); ring: overwrite the oldest in place",
    )
    add_fp8_options(costs)
    costs.add_argument("--rope", choices=["fp64", "fp32"], help="precision of RoPE (default fp64)")
    costs.add_argument(
        "--attention-backend",
        choices=["auto", "flash", "cudnn", "math"],
        help="backend of scaled_dot_product_attention (default auto)",
    )
    parser.add_argument("--dtype", choices=sorted(DTYPES), help="default bf16")
    parser.add_argument("--device", choices=["cuda", "cpu"], help="default cuda")


def config_from(args: argparse.Namespace) -> Config:
    """The configuration asked for; ValueError says what is wrong with it."""
    names = [*_NUMBERS, *_SWITCHES, "kv", "rope", "attention_backend", "dtype", "device"]
    changes = {name: getattr(args, name) for name in [*names, "fp8_scaling"]}
    changes["fp8"] = fp8_parts(args.fp8)
    if args.switch_at is not None:
        changes["switch_at"] = tuple(sorted(set(args.switch_at)))
    if args.cuda_graphs:
        if args.item_sync:
            raise ValueError("--item-sync cannot be used with --cuda-graphs: a read ends a capture")
        changes["item_sync"] = False
    config = from_preset(args.preset, **changes)
    if config.device == "cuda" and not torch.cuda.is_available():
        raise ValueError("no CUDA device: pass --device cpu")
    if config.fp8:
        require_fp8(config.device)
    return config


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
