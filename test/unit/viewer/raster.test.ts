import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Raster, rasterSlices, WideSlices } from '../../../viewer/render/raster.js';
import type { MatchStyle } from '../../../viewer/render/renderer.js';
import { SlicePalettes } from '../../../viewer/render/slice-palette.js';
import { theme } from './canvas-theme.js';
import { frameOf, type Slice } from './track-frame.js';

const palette = new SlicePalettes(theme).of('ops');
const bodyOf = (category: number): number => palette.body[category * 16]!;

function draw(
  events: readonly Slice[],
  {
    width = 20,
    from = 0,
    pxPerNs = 1,
    minPx = 1,
    rows = 1,
    style = 'plain',
  }: {
    width?: number;
    from?: number;
    pxPerNs?: number;
    minPx?: number;
    rows?: number;
    style?: MatchStyle;
  } = {},
) {
  const raster = new Raster();
  const wide = new WideSlices();
  raster.reset(width);
  const first = raster.addLines(rows);
  rasterSlices(
    raster,
    first,
    frameOf(events),
    palette,
    { originNs: from, pxPerNs, minPx, widePx: 5, style },
    wide,
  );
  const line = (k: number): number[] => [...raster.pixels.subarray(k * width, (k + 1) * width)];
  return { body: line(0), foot: line(1), line, wide, raster };
}

/** Categories per pixel, `.` for the ground. */
function picture(pixels: readonly number[]): string {
  return pixels
    .map((pixel) => (pixel === 0 ? '.' : String([0, 1, 2].find((k) => bodyOf(k) === pixel) ?? '?')))
    .join('');
}

describe('raster', () => {
  it('puts rectangles where they belong', () => {
    const { body } = draw([
      { start: 2, end: 5 },
      { start: 8, end: 10, category: 1 },
    ]);
    expect(picture(body)).toBe('..000...11..........');
  });

  it('follows pan and zoom', () => {
    const { body } = draw([{ start: 100, end: 104 }], { from: 98, pxPerNs: 2 });
    expect(picture(body)).toBe('....00000000........');
  });

  it('shows an event of no length one pixel wide, or as wide as asked', () => {
    expect(picture(draw([{ start: 3, end: 3 }]).body)).toBe('...0................');
    expect(picture(draw([{ start: 3, end: 3.2 }], { minPx: 2 }).body)).toBe('...00...............');
  });

  it('parts neighbours that touch by a pixel of ground', () => {
    const { body } = draw([
      { start: 0, end: 5 },
      { start: 5, end: 10 },
    ]);
    expect(picture(body)).toBe('0000.00000..........');
  });

  it('keeps the longest of those within one pixel, and fades its foot', () => {
    const { body, foot } = draw([
      { start: 4, end: 4.1 },
      { start: 4.15, end: 4.4, category: 1 },
      { start: 4.41, end: 4.45, category: 2 },
    ]);
    expect(picture(body)).toBe('....1...............');
    expect(foot[4]).not.toBe(body[4]);
  });

  it('fades the foot of what stands for several, and of nothing else', () => {
    const { body, foot } = draw([
      { start: 1, end: 5, merged: 3 },
      { start: 8, end: 12 },
    ]);
    expect(foot[2]).toBe(palette.foot[0]);
    expect(foot[9]).toBe(body[9]);
  });

  it('leaves no hole that was not there after what stands for several', () => {
    const { body } = draw([
      { start: 1, end: 1.2, merged: 5 },
      { start: 3, end: 3.2, merged: 5 },
      { start: 7, end: 7.2 },
      { start: 9, end: 9.2 },
    ]);
    // Between 4 and 7 nothing is known to have been; between 7 and 9 nothing was.
    expect(picture(body)).toBe('.000...0.0..........');
  });

  it('dims what a filter leaves out, and marks what a search found', () => {
    const events = [
      { start: 0, end: 4, matches: 0 },
      { start: 6, end: 10 },
    ];
    const dim = draw(events, { style: 'dim' });
    expect(dim.body[1]).toBe(palette.bodyDim[0]);
    expect(dim.body[7]).toBe(palette.body[0]);
    const mark = draw(events, { style: 'mark' });
    expect(mark.body[1]).toBe(palette.body[0]);
    expect([mark.foot[1] === palette.mark, mark.foot[7] === palette.mark]).toEqual([false, true]);
  });

  it('does not lose a match to a longer neighbour in the same pixel', () => {
    const { foot } = draw(
      [
        { start: 4, end: 4.4, matches: 0 },
        { start: 4.41, end: 4.45 },
      ],
      { style: 'mark' },
    );
    expect(foot[4]).toBe(palette.mark);
  });

  it('draws every sub-row on a line of its own, and skips rows that there are not', () => {
    const { line } = draw(
      [
        { start: 0, end: 4 },
        { start: 2, end: 6, row: 1, category: 1 },
        { start: 3, end: 5, row: 9 },
      ],
      { rows: 2 },
    );
    expect(picture(line(0))).toBe('0000................');
    expect(picture(line(2))).toBe('..1111..............');
  });

  it('lists what is wide enough for a label, cut to the view', () => {
    const { wide } = draw([
      { start: -100, end: 8 },
      { start: 9, end: 12 },
      { start: 14, end: 100 },
    ]);
    const found = Array.from({ length: wide.count }, (_, k) => [wide.x0[k], wide.x1[k], wide.index[k]]);
    expect(found).toEqual([
      [0, 8, 0],
      [14, 20, 2],
    ]);
  });

  it('covers the same pixels as painting every rectangle by itself', () => {
    const events = fc
      .array(
        fc.tuple(
          fc.double({ min: 0.01, max: 4, noNaN: true }),
          fc.double({ min: 0.5, max: 30, noNaN: true }),
        ),
        { maxLength: 30 },
      )
      .map((parts) => {
        let at = -10;
        return parts.map(([gap, length]) => {
          const start = at + gap;
          at = start + length;
          return { start, end: at };
        });
      });
    fc.assert(
      fc.property(events, fc.double({ min: -30, max: 60, noNaN: true }), (given, from) => {
        const width = 40;
        const { body } = draw(given, { width, from });
        const expected = new Array<boolean>(width).fill(false);
        const edges = new Set<number>();
        for (const { start, end } of given) {
          const x0 = Math.round(start - from);
          const x1 = Math.max(x0 + 1, Math.round(end - from));
          for (let x = Math.max(0, x0); x < Math.min(width, x1); x++) expected[x] = true;
          edges.add(x0 - 1);
        }
        // Only the pixel that parts two neighbours may be missing.
        body.forEach((pixel, x) => {
          if (pixel !== 0) expect(expected[x]).toBe(true);
          else if (expected[x]!) expect(edges.has(x)).toBe(true);
        });
      }),
    );
  });

  it('starts clean when it is used again', () => {
    const { raster } = draw([{ start: 0, end: 20 }]);
    raster.reset(10);
    raster.addLines(2);
    expect(raster.pixels.subarray(0, 40).every((pixel) => pixel === 0)).toBe(true);
  });
});
