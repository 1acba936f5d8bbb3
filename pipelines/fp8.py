"""Linear layers multiplied in FP8 (e4m3): weights quantized once, activations at every call.

Scales are of rows (a token of the activations, an output of the weights) or of whole tensors. The
product is `torch._scaled_mm`, in and out of which activations are bf16.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from pipelines import instrument as nvtx

Scaling = Literal["row", "tensor"]
PARTS = ("qkv", "o", "ffn")
E4M3 = torch.float8_e4m3fn
LARGEST = 448.0  # of e4m3
_SMALLEST_SCALE = 1e-12  # rows of zeros keep a scale that can be divided by


@dataclass(frozen=True)
class Quantized:
    """x is about data * scale: data [M, K] in e4m3, scale [M, 1] or [], float32."""

    data: Tensor
    scale: Tensor
    lead: tuple[int, ...]  # the shape whose product is M


def quantize(x: Tensor, scaling: Scaling) -> Quantized:
    """x [..., K], scaled so that the largest of a row (or of all) becomes 448."""
    rows = x.reshape(-1, x.shape[-1])
    with nvtx.range("fp8_quantize"):
        if scaling == "tensor":
            scale = (torch.linalg.vector_norm(rows, float("inf")).float() / LARGEST).clamp(
                min=_SMALLEST_SCALE
            )
            data = (rows * scale.reciprocal()).clamp(-LARGEST, LARGEST).to(E4M3)
        elif x.is_cuda:
            from pipelines.fp8_kernel import quantize_rows

            data, scale = quantize_rows(rows)
        else:
            wide = rows.float()
            scale = (wide.abs().amax(dim=1, keepdim=True) / LARGEST).clamp(min=_SMALLEST_SCALE)
            data = (wide / scale).clamp(-LARGEST, LARGEST).to(E4M3)
    return Quantized(data, scale, tuple(x.shape[:-1]))


def dequantize(x: Quantized) -> Tensor:
    """float32, [..., K]."""
    return (x.data.float() * x.scale).unflatten(0, x.lead)


class Fp8Linear(nn.Module):
    """In place of a Linear of bf16 weights [N, K]; K and N multiples of 16."""

    weight: Tensor
    scale: Tensor

    def __init__(self, linear: nn.Linear, scaling: Scaling) -> None:
        super().__init__()
        self.scaling = scaling
        weight = quantize(linear.weight.data, scaling)
        self.register_buffer("weight", weight.data)
        # _scaled_mm wants the scales of the second factor's columns, [1, N].
        self.register_buffer("scale", weight.scale.t() if scaling == "row" else weight.scale)
        self.bias = linear.bias
        self.out_dtype = linear.weight.dtype

    def forward(self, x: Tensor | Quantized) -> Tensor:
        """[..., K] to [..., N]; a `Quantized` serves several layers with one input."""
        given = x if isinstance(x, Quantized) else quantize(x, self.scaling)
        if given.data.is_cuda:
            out = torch._scaled_mm(
                given.data,
                self.weight.t(),
                scale_a=given.scale,
                scale_b=self.scale,
                bias=self.bias,
                out_dtype=self.out_dtype,
                use_fast_accum=True,
            )
        else:
            out = self._emulated(given)
        return out.unflatten(0, given.lead)

    def _emulated(self, x: Quantized) -> Tensor:
        """The same values without FP8 units, for tests: the programs refuse --fp8 on the CPU."""
        out = (x.data.float() * x.scale) @ (self.weight.t().float() * self.scale)
        return (out if self.bias is None else out + self.bias.float()).to(self.out_dtype)


def quantize_once(layer: nn.Module, x: Tensor) -> Tensor | Quantized:
    """x as several FP8 layers like `layer` want it; itself, where layers are not in FP8."""
    return quantize(x, layer.scaling) if isinstance(layer, Fp8Linear) else x


def quantize_linears(
    blocks: nn.Module,
    parts: Sequence[str],
    layers: Mapping[str, Sequence[str]],
    scaling: Scaling,
) -> int:
    """Replaces in every block the layers of the chosen parts, and returns how many those were."""
    replaced = 0
    for block in blocks.children():
        for path in (path for part in parts for path in layers[part]):
            parent_path, _, name = path.rpartition(".")
            parent = block.get_submodule(parent_path)
            linear = getattr(parent, name)
            if not isinstance(linear, nn.Linear):
                raise TypeError(f"{path} is no plain linear layer")
            setattr(parent, name, Fp8Linear(linear, scaling))
            replaced += 1
    return replaced


def add_fp8_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--fp8",
        nargs="*",
        choices=PARTS,
        metavar="PART",
        help="multiply linear layers in FP8: qkv, o, ffn; without a PART all of them",
    )
    group.add_argument(
        "--fp8-scaling",
        choices=["row", "tensor"],
        help="what shares a scale in FP8: a token or a whole tensor (default row)",
    )


def fp8_parts(given: Sequence[str] | None) -> tuple[str, ...] | None:
    """What --fp8 was given: None when absent, all parts when it names none."""
    if given is None:
        return None
    return tuple(part for part in PARTS if part in given) or PARTS


def fp8_problems(parts: Sequence[str], dtype: str, sizes: Sequence[int]) -> dict[str, bool]:
    """For a configuration's validation: message -> is it so."""
    return {
        "--fp8 needs --dtype bf16": bool(parts) and dtype != "bf16",
        "--fp8 needs sizes that are multiples of 16": bool(parts)
        and any(size % 16 != 0 for size in sizes),
    }


def require_fp8(device: str) -> None:
    """ValueError where there are no FP8 matrix units."""
    if device == "cpu":
        raise ValueError("--fp8 needs a CUDA device: the CPU has no FP8 matrix units")
    capability = torch.cuda.get_device_capability()
    if capability < (8, 9):
        found = ".".join(map(str, capability))
        raise ValueError(f"--fp8 needs compute capability 8.9 or newer; this GPU has {found}")
