"""Row-wise quantization to e4m3 as one Triton kernel: a row is read once and written once."""

from __future__ import annotations

import torch
import triton  # type: ignore[import-not-found, import-untyped, unused-ignore]
import triton.language as tl  # type: ignore[import-not-found, import-untyped, unused-ignore]
from torch import Tensor


@triton.jit  # type: ignore[misc, untyped-decorator, unused-ignore]
def quantize_rows_kernel(x, data, scales, stride, width, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]
    row = tl.program_id(0).to(tl.int64)
    columns = tl.arange(0, BLOCK)
    inside = columns < width
    values = tl.load(x + row * stride + columns, mask=inside, other=0.0).to(tl.float32)
    scale = tl.maximum(tl.max(tl.abs(values), axis=0) / 448.0, 1e-12)
    scaled = tl.minimum(tl.maximum(values / scale, -448.0), 448.0)
    tl.store(data + row * width + columns, scaled.to(tl.float8e4nv), mask=inside)
    tl.store(scales + row, scale)


def quantize_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """x [M, K], rows contiguous, to (e4m3 [M, K], float32 scales [M, 1])."""
    rows, width = x.shape
    data = torch.empty((rows, width), dtype=torch.float8_e4m3fn, device=x.device)
    scales = torch.empty((rows, 1), dtype=torch.float32, device=x.device)
    block = triton.next_power_of_2(width)
    warps = 4 if block <= 2048 else 8
    quantize_rows_kernel[(rows,)](x, data, scales, x.stride(0), width, BLOCK=block, num_warps=warps)
    return data, scales
