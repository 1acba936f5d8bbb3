"""Denoising steps of a transformer whose tokens are split over GPUs, one process each, over NCCL.

    python -m pipelines.ranks --ranks 2 --out run.json

Every layer gathers the keys and values of all ranks before attention and averages a guidance scalar at the end of a
step, so the ranks wait for each other; `--uneven` gives the last one more tokens, and `--late` lets it begin later:
what the ranks' traces then show can be told apart from a difference between their clocks.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor, nn
from torch.nn import functional

from pipelines import instrument as nvtx


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python -m pipelines.ranks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--ranks", type=int, default=2)
    options.add_argument("--device", choices=["cuda", "cpu"], default="cuda", help="cpu: over gloo, for tests")
    options.add_argument("--tokens", type=int, default=4096, help="of each rank but the last")
    options.add_argument("--uneven", type=float, default=0.25, help="this share more tokens on the last rank")
    options.add_argument("--late", type=float, default=0.0, help="seconds after which the last rank begins")
    options.add_argument("--layers", type=int, default=6)
    options.add_argument("--dim", type=int, default=1536)
    options.add_argument("--heads", type=int, default=12)
    options.add_argument("--steps", type=int, default=8)
    options.add_argument("--warmup", type=int, default=2, help="steps before the measured ones")
    options.add_argument("--profiler-api", action="store_true", help="bracket the measured steps for a profiler")
    options.add_argument("--torch-profiler", type=Path, metavar="DIR", help="write rank-N.json.gz of torch.profiler")
    options.add_argument("--out", type=Path, metavar="FILE", help="write the ranks' step times here")
    return options


class Layer(nn.Module):
    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.out = nn.Linear(dim, dim, bias=False)
        self.ffn = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(2))

    def forward(self, x: Tensor, lengths: list[int]) -> Tensor:
        """x [tokens of this rank, dim]; `lengths` are those of all ranks."""
        with nvtx.range("self_attn"):
            q, k, v = self.qkv(self.norms[0](x)).chunk(3, dim=-1)
            with nvtx.range("gather_kv"):
                kv = gathered(torch.stack((k, v), dim=1), lengths)
            k, v = kv.unbind(1)
            x = x + self.out(attended(q, k, v, self.heads))
        with nvtx.range("ffn"):
            return x + self.ffn(self.norms[1](x))


def gathered(mine: Tensor, lengths: list[int]) -> Tensor:
    """The tokens of all ranks in order; padded on the way, because NCCL gathers equal parts."""
    most = max(lengths)
    padded = functional.pad(mine, (0, 0) * (mine.dim() - 1) + (0, most - mine.shape[0])).contiguous()
    parts = padded.new_empty((len(lengths) * most, *padded.shape[1:]))
    dist.all_gather_into_tensor(parts, padded)
    of_ranks = parts.chunk(len(lengths))
    return torch.cat([part[:length] for part, length in zip(of_ranks, lengths, strict=True)])


def attended(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    # With a batch of one: without any, PyTorch has no fused kernel and takes single precision.
    by_head = [each.unflatten(-1, (heads, -1)).transpose(0, 1)[None] for each in (q, k, v)]
    return functional.scaled_dot_product_attention(*by_head)[0].transpose(0, 1).flatten(1)


def denoise(layers: nn.ModuleList, x: Tensor, lengths: list[int], step: int) -> Tensor:
    with nvtx.range(f"denoising_step_{step}"):
        update = x
        for index, layer in enumerate(layers):
            with nvtx.range(f"transformer_block_{index}"):
                update = layer(update, lengths)
        # As a sampler does that scales by the norm of the whole.
        norm = update.float().pow(2).mean()
        dist.all_reduce(norm)
        return x - 0.1 * update / (norm.to(x.dtype) + 1)


def run_rank(rank: int, args: argparse.Namespace, port: int) -> None:
    cuda = args.device == "cuda"
    if cuda:
        torch.cuda.set_device(rank)
    device = f"cuda:{rank}" if cuda else "cpu"
    dist.init_process_group(
        "nccl" if cuda else "gloo",
        init_method=f"tcp://127.0.0.1:{port}",
        rank=rank,
        world_size=args.ranks,
        timeout=timedelta(seconds=120),
    )
    torch.manual_seed(0)
    dtype = torch.bfloat16 if cuda else torch.float32
    layers = nn.ModuleList(Layer(args.dim, args.heads) for _ in range(args.layers)).to(device, dtype)
    lengths = [args.tokens] * (args.ranks - 1) + [int(args.tokens * (1 + args.uneven))]
    torch.manual_seed(1 + rank)
    x = torch.randn(lengths[rank], args.dim, device=device, dtype=dtype)
    with torch.inference_mode():
        for step in range(args.warmup):
            x = denoise(layers, x, lengths, step)
        dist.barrier()
        if rank == args.ranks - 1:
            time.sleep(args.late)
        times = measured(layers, x, lengths, args, rank)
    every: list[Any] = [None] * args.ranks
    dist.all_gather_object(every, times)
    if rank == 0 and args.out is not None:
        record = {"schema": "gapscope.ranks/1", "lengths": lengths, "stepMs": every}
        args.out.write_text(json.dumps(record, indent=1) + "\n")
    dist.destroy_process_group()


def measured(
    layers: nn.ModuleList, x: Tensor, lengths: list[int], args: argparse.Namespace, rank: int
) -> list[float]:
    """Milliseconds of each step by the host's clock, the device drained after it."""
    times = []
    with nvtx.profile_region(args.profiler_api), torch_profiler(args.torch_profiler, rank):
        for step in range(args.steps):
            begun = time.perf_counter()
            x = denoise(layers, x, lengths, step)
            if args.device == "cuda":
                torch.cuda.synchronize()
            times.append(1000 * (time.perf_counter() - begun))
    return times


class torch_profiler:  # read as a context manager of torch's own
    """torch.profiler around the body, its trace written to `DIR/rank-N.json.gz`; nothing without a folder."""

    def __init__(self, folder: Path | None, rank: int) -> None:
        self._folder, self._rank = folder, rank
        self._profiler: Any = None

    def __enter__(self) -> None:
        if self._folder is None:
            return
        from torch.profiler import ProfilerActivity, profile

        self._profiler = profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA])
        self._profiler.__enter__()

    def __exit__(self, *error: Any) -> None:
        if self._profiler is None or self._folder is None:
            return
        self._profiler.__exit__(*error)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._profiler.export_chrome_trace(str(self._folder / f"rank-{self._rank}.json.gz"))


def main(argv: Sequence[str] | None = None) -> int:
    args = parser().parse_args(argv)
    if args.device == "cuda" and torch.cuda.device_count() < args.ranks:
        print(f"ranks: {args.ranks} GPUs are needed, {torch.cuda.device_count()} are there")
        return 1
    port = 20000 + os.getpid() % 20000
    mp.spawn(run_rank, (args, port), nprocs=args.ranks, join=True)
    return 0
