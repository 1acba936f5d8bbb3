import { bisectLeft } from 'd3-array';
import type { CounterFrame } from '../engine/protocol.js';
import type { Band, Surface } from './renderer.js';

export interface CounterPaint {
  readonly originNs: number;
  /** Device pixels a nanosecond. */
  readonly pxPerNs: number;
  readonly fill: string;
  readonly line: string;
}

/**
 * A step area at the last value of each bucket, and over it a bar from the bucket's least to its greatest value, so that
 * a spike of one sample is seen at every zoom.
 */
export function paintCounter(
  context: CanvasRenderingContext2D,
  frame: CounterFrame,
  band: Band,
  max: number,
  { width, dpr }: Surface,
  { originNs, pxPerNs, fill, line }: CounterPaint,
): void {
  const { startNs, min, max: most, last, count } = frame;
  const bottom = Math.round((band.y + band.rowHeight * band.rows - 1) * dpr);
  const height = bottom - Math.round((band.y + 3) * dpr);
  const thin = Math.max(1, Math.round(dpr));
  const scale = max > 0 ? height / max : 0;
  const y = (value: number): number => Math.round(Math.min(max, Math.max(0, value)) * scale);

  const area = new Path2D();
  const bars = new Path2D();
  const edge = new Path2D();
  // The value before the view lasts into it.
  for (let i = Math.max(0, bisectLeft(startNs, originNs) - 1); i < count; i++) {
    const x0 = Math.max(0, Math.round((startNs[i]! - originNs) * pxPerNs));
    const x1 = i + 1 < count ? Math.min(width, Math.round((startNs[i + 1]! - originNs) * pxPerNs)) : width;
    if (x0 >= width) break;
    const value = y(last[i]!);
    if (x1 > x0) {
      if (value > 0) area.rect(x0, bottom - value, x1 - x0, value);
      edge.rect(x0, bottom - Math.max(value, thin), x1 - x0, thin);
    }
    // Also where the bucket is narrower than a pixel and the area has nothing to show.
    const low = Math.min(y(min[i]!), value);
    const high = Math.max(y(most[i]!), value);
    if (high - low > thin && startNs[i]! >= originNs) bars.rect(x0, bottom - high, thin, high - low);
  }
  context.fillStyle = fill;
  context.fill(area);
  context.globalAlpha = 0.5;
  context.fillStyle = line;
  context.fill(bars);
  context.globalAlpha = 1;
  context.fill(edge);
}
