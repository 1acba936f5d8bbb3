import type { TrackFrame } from '../engine/protocol.js';
import { colorIndex } from './colours.js';
import type { MatchStyle } from './renderer.js';
import { INK, type SlicePalette } from './slice-palette.js';

/**
 * Rows of events as lines of pixels. A sub-row looks the same at every height, so it is worked out once as a line one
 * pixel high, and a second one for its lower edge, and stretched when drawn: 100,000 events cost two milliseconds, where
 * as many `fillRect` cost fifty.
 */
export class Raster {
  width = 0;
  lines = 0;
  /** Line `i`: body at row `2 i`, lower edge at row `2 i + 1`. 0 is transparent. */
  pixels = new Uint32Array(0);
  /** 1 where the lower edge of a line differs from its body anywhere. */
  edged = new Uint8Array(0);
  /** Of the last rectangle of each line. */
  lastStart = new Int32Array(0);
  lastEnd = new Int32Array(0);
  lastNs = new Float64Array(0);
  /** 1 where that stands for several events. */
  lastMany = new Uint8Array(0);

  reset(width: number): void {
    this.pixels.fill(0, 0, this.width * 2 * this.lines);
    this.width = width;
    this.lines = 0;
  }

  /** Adds empty lines; returns the first one's number. */
  addLines(count: number): number {
    const first = this.lines;
    this.lines += count;
    const needed = this.width * 2 * this.lines;
    if (this.pixels.length < needed) {
      const grown = new Uint32Array(Math.max(needed, this.pixels.length * 2));
      grown.set(this.pixels);
      this.pixels = grown;
    }
    if (this.edged.length < this.lines) {
      const size = this.lines * 2;
      this.edged = grow(this.edged, new Uint8Array(size));
      this.lastStart = grow(this.lastStart, new Int32Array(size));
      this.lastEnd = grow(this.lastEnd, new Int32Array(size));
      this.lastNs = grow(this.lastNs, new Float64Array(size));
      this.lastMany = grow(this.lastMany, new Uint8Array(size));
    }
    this.edged.fill(0, first, this.lines);
    this.lastStart.fill(NOWHERE, first, this.lines);
    this.lastEnd.fill(NOWHERE, first, this.lines);
    return first;
  }
}

const NOWHERE = -0x4000_0000;

function grow<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Rectangles wide enough for a text or a pattern, in the pixels of the raster. */
export class WideSlices {
  count = 0;
  x0 = new Int32Array(256);
  x1 = new Int32Array(256);
  line = new Int32Array(256);
  /** Index into the frame. */
  index = new Int32Array(256);
  ink = new Uint8Array(256);

  add(x0: number, x1: number, line: number, index: number, ink: number): void {
    if (this.count === this.x0.length) {
      const size = this.count * 2;
      this.x0 = grow(this.x0, new Int32Array(size));
      this.x1 = grow(this.x1, new Int32Array(size));
      this.line = grow(this.line, new Int32Array(size));
      this.index = grow(this.index, new Int32Array(size));
      this.ink = grow(this.ink, new Uint8Array(size));
    }
    this.x0[this.count] = x0;
    this.x1[this.count] = x1;
    this.line[this.count] = line;
    this.index[this.count] = index;
    this.ink[this.count] = ink;
    this.count++;
  }
}

export interface RasterOptions {
  /** Time at the left edge, and device pixels a nanosecond. */
  readonly originNs: number;
  readonly pxPerNs: number;
  /** Narrower events are drawn this wide: what happened must be seen. */
  readonly minPx: number;
  /** From this width on, a rectangle is listed in `wide`. */
  readonly widePx: number;
  readonly style: MatchStyle;
  /** Leave out what is narrower than a pixel: it is drawn in another way. */
  readonly skipTiny?: boolean;
}

/** From this width on, a rectangle gives its last pixel to the ground where the next one touches it. */
const INSET_FROM = 3;

/** Where each row of a frame begins in its columns; one more at the end. Frames come in grouped by row. */
const rowStarts = new WeakMap<TrackFrame, readonly number[]>();

function startsOf(frame: TrackFrame): readonly number[] {
  const known = rowStarts.get(frame);
  if (known !== undefined) return known;
  const starts: number[] = [];
  for (let i = 0; i < frame.count; i++) {
    if (i === 0 || frame.row[i] !== frame.row[i - 1]) starts.push(i);
  }
  starts.push(frame.count);
  rowStarts.set(frame, starts);
  return starts;
}

/** First of `[from, to)` that starts at or after a time. */
function firstFrom(startNs: Float64Array, from: number, to: number, ns: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startNs[middle]! < ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Draws a frame's rectangles into the lines from `first` on. Of several within one pixel the longest is drawn, and its
 * lower edge says that there are more. Rectangles must come grouped by row, in the order of their starts, and those of a
 * row must not overlap.
 */
export function rasterSlices(
  raster: Raster,
  first: number,
  frame: TrackFrame,
  palette: SlicePalette,
  options: RasterOptions,
  wide: WideSlices,
): void {
  const starts = startsOf(frame);
  const { originNs, pxPerNs } = options;
  const endNs = originNs + (raster.width + 1) / pxPerNs;
  for (let k = 0; k + 1 < starts.length; k++) {
    const from = starts[k]!;
    const to = starts[k + 1]!;
    const row = frame.row[from]!;
    if (first + row >= raster.lines) continue;
    // The one before the first in view may reach into it.
    const begin = Math.max(from, firstFrom(frame.startNs, from, to, originNs) - 1);
    const end = firstFrom(frame.startNs, begin, to, endNs);
    rasterRow(raster, first + row, frame, begin, end, palette, options, wide);
  }
}

function rasterRow(
  raster: Raster,
  line: number,
  frame: TrackFrame,
  begin: number,
  end: number,
  palette: SlicePalette,
  options: RasterOptions,
  wide: WideSlices,
): void {
  const { startNs, endNs, merged, category, shade, matches } = frame;
  const { width, pixels } = raster;
  const { originNs, pxPerNs, minPx, widePx, style } = options;
  const bodyRow = 2 * line * width;
  const footRow = bodyRow + width;
  let lastStart = raster.lastStart[line]!;
  let lastEnd = raster.lastEnd[line]!;
  let lastNs = raster.lastNs[line]!;
  let lastMany = raster.lastMany[line]!;
  let edged = raster.edged[line]!;
  for (let i = begin; i < end; i++) {
    const ns = endNs[i]! - startNs[i]!;
    const x0 = Math.round((startNs[i]! - originNs) * pxPerNs);
    const exact = Math.round((endNs[i]! - originNs) * pxPerNs);
    const tiny = exact - x0 < minPx;
    if (options.skipTiny === true && ns * pxPerNs < 1) continue;
    const x1 = tiny ? x0 + minPx : exact;
    if (x1 <= 0 || x0 >= width) continue;

    const found = matches[i] === 1;
    const dim = style === 'dim' && !found;
    const color = colorIndex(category[i]!, shade[i]!);
    const body = (dim ? palette.bodyDim : palette.body)[color]!;
    const faded = (dim ? palette.footDim : palette.foot)[color]!;
    let many = merged[i]! > 1 ? 1 : 0;
    const isMark = style !== 'plain' && found;

    if (tiny && x0 === lastStart) {
      // Two events in one pixel: the longer one is drawn, unless the other is what was searched for.
      if (ns <= lastNs && !isMark) {
        if (x0 >= 0 && pixels[footRow + x0] !== palette.mark) {
          pixels[footRow + x0] = faded;
          edged = 1;
        }
        lastMany = 1;
        continue;
      }
      many = 1;
    }
    const foot = isMark ? palette.mark : many === 1 ? faded : body;
    const left = Math.max(0, x0);
    const right = Math.min(width, x1);
    if (x0 === lastEnd && x0 > 0 && x0 - lastStart >= INSET_FROM) {
      pixels[bodyRow + x0 - 1] = 0;
      pixels[footRow + x0 - 1] = 0;
    } else if (lastMany === 1 && x0 > 1 && x0 - lastEnd <= minPx && x0 - lastEnd > 0) {
      // What the rectangle before stands for reaches up to here; a hole would be an idle time that was not.
      for (let x = Math.max(1, lastEnd); x < x0; x++) {
        pixels[bodyRow + x] = pixels[bodyRow + x - 1]!;
        pixels[footRow + x] = pixels[footRow + x - 1]!;
      }
    }
    if (right - left < 8) {
      for (let x = left; x < right; x++) {
        pixels[bodyRow + x] = body;
        pixels[footRow + x] = foot;
      }
    } else {
      pixels.fill(body, bodyRow + left, bodyRow + right);
      pixels.fill(foot, footRow + left, footRow + right);
    }
    if (foot !== body) edged = 1;
    lastStart = x0;
    lastEnd = many === 1 ? x1 : exact;
    lastNs = ns;
    lastMany = many;
    if (right - left >= widePx) {
      wide.add(left, right, line, i, dim ? INK.muted : palette.ink[color]!);
    }
  }
  raster.lastStart[line] = lastStart;
  raster.lastEnd[line] = lastEnd;
  raster.lastNs[line] = lastNs;
  raster.lastMany[line] = lastMany;
  raster.edged[line] = edged;
}
