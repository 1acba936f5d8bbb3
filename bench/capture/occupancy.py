"""What the CUDA driver says of occupancy, for kernels of many register counts and shared-memory sizes.

    python -m bench.capture.occupancy --out test/fixtures/occupancy-h200.json

Needs an NVIDIA GPU and CuPy. Compiles small kernels, asks cuOccupancyMaxActiveBlocksPerMultiprocessor for a grid of
launch shapes, and writes the answers: the oracle for our own computation, which knows only what a record holds.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cupy
from cupy_backends.cuda.api import driver

SOURCE = r"""
extern "C" __global__ void subject(float* out, int n) {
#if STATIC_BYTES > 0
  __shared__ char fixed[STATIC_BYTES];
  fixed[threadIdx.x % STATIC_BYTES] = static_cast<char>(n);
  __syncthreads();
#endif
  extern __shared__ char dynamic[];
  float values[LIVE];
  #pragma unroll
  for (int i = 0; i < LIVE; ++i) values[i] = out[(threadIdx.x + i * 37) % n];
  for (int k = 0; k < n; ++k) {
    #pragma unroll
    for (int i = 0; i < LIVE; ++i) values[i] = values[i] * values[(i + 7) % LIVE] + static_cast<float>(k);
  }
  float sum = 0;
  #pragma unroll
  for (int i = 0; i < LIVE; ++i) sum += values[i];
#if STATIC_BYTES > 0
  sum += fixed[(threadIdx.x * 7) % STATIC_BYTES];
#endif
  if (n < 0) sum += dynamic[threadIdx.x];
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}
"""


def rows() -> list[dict[str, int]]:
    result = []
    most = int(cupy.cuda.runtime.getDeviceProperties(0)["sharedMemPerBlockOptin"])
    for live in (4, 12, 20, 28, 40, 56, 72, 100, 140, 190):
        for static in (0, 1000, 16384, 40000):
            module = cupy.RawModule(code=SOURCE, options=(f"-DLIVE={live}", f"-DSTATIC_BYTES={static}"))
            kernel = module.get_function("subject")
            attributes = kernel.attributes
            fixed = attributes["shared_size_bytes"]
            for dynamic in (0, 100, 8192, 50000, 100000, 166912, most - fixed):
                if dynamic + fixed > most:
                    continue
                if dynamic > 48 * 1024 - fixed:
                    kernel.max_dynamic_shared_size_bytes = dynamic
                for threads in (32, 33, 64, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024):
                    if threads > attributes["max_threads_per_block"]:
                        continue
                    blocks = driver.occupancyMaxActiveBlocksPerMultiprocessor(kernel.kernel.ptr, threads, dynamic)
                    result.append({"threads": threads, "registers": attributes["num_regs"],
                                   "sharedStatic": fixed, "sharedDynamic": dynamic,
                                   "blocksPerSm": blocks})
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    device = cupy.cuda.runtime.getDeviceProperties(0)
    limits = {name: int(device[name]) for name in (
        "multiProcessorCount", "maxThreadsPerMultiProcessor", "maxBlocksPerMultiProcessor", "regsPerMultiprocessor",
        "regsPerBlock", "sharedMemPerMultiprocessor", "sharedMemPerBlockOptin", "reservedSharedMemPerBlock", "warpSize",
        "major", "minor") if name in device}
    lines = ",\n".join(json.dumps(row) for row in rows())
    head = json.dumps({"gpu": device["name"].decode(), "limits": limits})[:-1]
    arguments.out.write_text(f'{head}, "rows": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
