"""C = A B^T in Triton, twice: a program a tile, and as many programs as the GPU holds at once.

Both walk the tiles of C in the same grouped order and share the arithmetic, so that what differs is
how tiles are given to multiprocessors: by the hardware, wave after wave, or by a loop inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import triton  # type: ignore[import-not-found, import-untyped, unused-ignore]
import triton.language as tl  # type: ignore[import-not-found, import-untyped, unused-ignore]
from torch import Tensor


@dataclass(frozen=True)
class Tiles:
    """Sizes of a tile of C and of a step along K; tiles of C taken in groups of `group` rows."""

    m: int = 128
    n: int = 256
    k: int = 64
    group: int = 8
    warps: int = 8
    stages: int = 3


@triton.jit  # type: ignore[misc, untyped-decorator, unused-ignore]
def _tile_place(tile, tiles_m, tiles_n, GROUP: tl.constexpr):  # type: ignore[no-untyped-def]
    """Down a group of rows first, then along: what neighbours read of B is still in the cache."""
    per_group = GROUP * tiles_n
    group = tile // per_group
    first = group * GROUP
    rows = min(tiles_m - first, GROUP)
    return first + tile % per_group % rows, tile % per_group // rows


@triton.jit  # type: ignore[misc, untyped-decorator, unused-ignore]
def _one_tile(a, b, c, M, N, K, row, column, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):  # type: ignore[no-untyped-def]
    rows = row * BM + tl.arange(0, BM)
    columns = column * BN + tl.arange(0, BN)
    depth = tl.arange(0, BK)
    # Past an edge: read inside again, and write nothing.
    a_at = a + (rows % M)[:, None].to(tl.int64) * K + depth[None, :]
    b_at = b + (columns % N)[None, :].to(tl.int64) * K + depth[:, None]
    total = tl.zeros((BM, BN), dtype=tl.float32)
    for step in range(0, tl.cdiv(K, BK)):
        inside = depth < K - step * BK
        left = tl.load(a_at + step * BK, mask=inside[None, :], other=0.0)
        right = tl.load(b_at + step * BK, mask=inside[:, None], other=0.0)
        total = tl.dot(left, right, total)
    c_at = c + rows[:, None].to(tl.int64) * N + columns[None, :]
    keep = (rows < M)[:, None] & (columns < N)[None, :]
    tl.store(c_at, total.to(c.dtype.element_ty), mask=keep)


@triton.jit  # type: ignore[misc, untyped-decorator, unused-ignore]
def matmul_naive(  # type: ignore[no-untyped-def]
    a, b, c, M, N, K, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr, GROUP: tl.constexpr
):
    row, column = _tile_place(tl.program_id(0), tl.cdiv(M, BM), tl.cdiv(N, BN), GROUP)
    _one_tile(a, b, c, M, N, K, row, column, BM, BN, BK)


@triton.jit  # type: ignore[misc, untyped-decorator, unused-ignore]
def matmul_persistent(  # type: ignore[no-untyped-def]
    a, b, c, M, N, K, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr, GROUP: tl.constexpr
):
    tiles_m, tiles_n = tl.cdiv(M, BM), tl.cdiv(N, BN)
    for tile in range(tl.program_id(0), tiles_m * tiles_n, tl.num_programs(0)):
        row, column = _tile_place(tile, tiles_m, tiles_n, GROUP)
        _one_tile(a, b, c, M, N, K, row, column, BM, BN, BK)


def multiply(a: Tensor, b: Tensor, tiles: Tiles, programs: int | None) -> Tensor:
    """a [M, K], b [N, K], both contiguous, to [M, N]. `programs` makes it persistent."""
    (m, k), n = a.shape, b.shape[0]
    c = torch.empty((m, n), dtype=a.dtype, device=a.device)
    count = triton.cdiv(m, tiles.m) * triton.cdiv(n, tiles.n)
    kernel = matmul_naive if programs is None else matmul_persistent
    grid = (count if programs is None else min(programs, count),)
    kernel[grid](
        a,
        b,
        c,
        m,
        n,
        k,
        BM=tiles.m,
        BN=tiles.n,
        BK=tiles.k,
        GROUP=tiles.group,
        num_warps=tiles.warps,
        num_stages=tiles.stages,
    )
    return c
