import { windowStart } from './window.js';

/**
 * Whether the kernel skips masking inside tiles on an axis that is not causal. That takes NATTEN's own test, which
 * overlooks some axes that would qualify: what counts here is what the kernel does. For tiles of one token or of odd
 * sizes, which no kernel has, that test also passes some that do not qualify, hence the second look.
 */
export function axisBlockSparse(
  length: number,
  window: number,
  stride: number,
  qTile: number,
  kvTile: number,
): boolean {
  if (length === window) return true;
  return (
    kernelSkipsMasking(length, window, stride, qTile, kvTile) &&
    windowsFillTiles(length, window, stride, qTile, kvTile)
  );
}

/** `is_fully_block_sparse_int` of NATTEN's `fna_fusion.hpp`, for a window smaller than its axis. */
function kernelSkipsMasking(
  length: number,
  window: number,
  stride: number,
  qTile: number,
  kvTile: number,
): boolean {
  if (stride % qTile !== 0 || window % kvTile !== 0) return false;
  const half = stride >> 1;
  const lastGroup = length - (length % stride);
  const lastAligned =
    length % stride === 0 || windowStart(lastGroup, length, window, stride, false) % kvTile === 0;
  const innerAligned =
    ((window >> 1) - half) % kvTile === 0 ||
    // Two groups, pushed against the two ends: no window lies between.
    (length % kvTile === 0 && Math.ceil(length / stride) === 2 && stride + half >= length - window);
  return lastAligned && innerAligned;
}

/** Each query tile's queries share one window, which begins and ends where KV tiles, or the axis, do. */
function windowsFillTiles(
  length: number,
  window: number,
  stride: number,
  qTile: number,
  kvTile: number,
): boolean {
  for (let first = 0; first < length; first += qTile) {
    const start = windowStart(first, length, window, stride, false);
    const last = Math.min(first + qTile, length) - 1;
    const end = start + window;
    if (windowStart(last, length, window, stride, false) !== start || start % kvTile !== 0) return false;
    if (end % kvTile !== 0 && end !== length) return false;
  }
  return true;
}
