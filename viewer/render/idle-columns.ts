import { CAUSES } from '../../src/analysis/causes.js';
import type { TrackFrame } from '../engine/protocol.js';
import { colorIndex } from './colours.js';
import type { SlicePalette } from './slice-palette.js';

/** Where and how large the picture of a gap track is, device pixels. */
export interface ColumnsOptions {
  readonly width: number;
  readonly height: number;
  readonly originNs: number;
  readonly pxPerNs: number;
}

const sums = new Float64Array(CAUSES.length);

/**
 * Gaps too short to be rectangles, as one column a pixel: its height is the share of that pixel's time in which the
 * device was idle, its colours are the causes in their shares, the largest at the bottom. A thousand gaps of a
 * microsecond in a millisecond look like the thousandth part that they are, and not like a device that never works.
 * Fills `pixels` (`width × height`, top row first), which must be empty; says whether there was anything.
 */
export function idleColumns(
  pixels: Uint32Array,
  frame: TrackFrame,
  palette: SlicePalette,
  { width, height, originNs, pxPerNs }: ColumnsOptions,
): boolean {
  const { startNs, endNs, category, merged, idleNs } = frame;
  let column = -1;
  let any = false;
  for (let i = 0; i < frame.count; i++) {
    const x0 = (startNs[i]! - originNs) * pxPerNs;
    const lengthNs = endNs[i]! - startNs[i]!;
    if (lengthNs * pxPerNs >= 1) continue;
    const x = Math.floor(x0);
    if (x < 0 || x >= width) continue;
    if (x !== column) {
      if (column >= 0) drawColumn(pixels, column, palette, width, height, pxPerNs);
      column = x;
      sums.fill(0);
      any = true;
    }
    if (merged[i]! > 1 && idleNs !== undefined) {
      for (let c = 0; c < sums.length; c++) sums[c]! += idleNs[i * sums.length + c]!;
    } else sums[category[i]!]! += lengthNs;
  }
  if (column >= 0) drawColumn(pixels, column, palette, width, height, pxPerNs);
  return any;
}

function drawColumn(
  pixels: Uint32Array,
  x: number,
  palette: SlicePalette,
  width: number,
  height: number,
  pxPerNs: number,
): void {
  let total = 0;
  for (const ns of sums) total += ns;
  if (!(total > 0)) return;
  // What is there must be seen, and no column is higher than its time.
  const filled = Math.min(height, Math.max(1, Math.round(total * pxPerNs * height)));
  let drawn = 0;
  let placedNs = 0;
  while (drawn < filled) {
    let cause = 0;
    for (let c = 1; c < sums.length; c++) if (sums[c]! > sums[cause]!) cause = c;
    if (!(sums[cause]! > 0)) return;
    placedNs += sums[cause]!;
    sums[cause] = 0;
    const until = Math.round((placedNs / total) * filled);
    const color = palette.body[colorIndex(cause, 0)]!;
    for (; drawn < until; drawn++) pixels[(height - 1 - drawn) * width + x] = color;
  }
}
