import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CAUSES } from '../../../src/analysis/causes.js';
import type { TrackFrame } from '../../../viewer/engine/protocol.js';
import type { GapPieces } from '../../../viewer/layout/gap-pieces.js';
import { CauseSums } from '../../../viewer/lod/cause-sums.js';
import { idleColumns } from '../../../viewer/render/idle-columns.js';
import type { SlicePalette } from '../../../viewer/render/slice-palette.js';
import { SHADES } from '../../../viewer/render/colours.js';

const piece = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.nat(CAUSES.length - 1));

test('sums by cause of any run of pieces are those of adding them one by one', () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 400 }), fc.nat(), fc.nat(), (list, a, b) => {
      const pieces = {
        length: list.length,
        durationNs: Float64Array.from(list, ([ns]) => ns),
        cause: Uint8Array.from(list, ([, cause]) => cause),
      } as GapPieces;
      const [from, to] = [a % (list.length + 1), b % (list.length + 1)].sort((x, y) => x - y) as [
        number,
        number,
      ];
      const sums = new Float32Array(2 * CAUSES.length);
      new CauseSums(pieces).add(from, to, sums, CAUSES.length);
      const wanted = new Float32Array(2 * CAUSES.length);
      for (const [ns, cause] of list.slice(from, to)) wanted[CAUSES.length + cause]! += ns;
      expect(sums).toEqual(wanted);
    }),
  );
});

/** Colour of cause `c` is `c + 1`, so that a pixel says what it is. */
const palette = {
  body: Uint32Array.from({ length: CAUSES.length * SHADES }, (_, k) => 1 + Math.floor(k / SHADES)),
} as SlicePalette;

function frame(
  entries: readonly { at: number; ns: number; cause: number; idle?: Record<number, number> }[],
): TrackFrame {
  const idleNs = new Float32Array(entries.length * CAUSES.length);
  entries.forEach(({ idle }, i) => {
    for (const [cause, ns] of Object.entries(idle ?? {})) idleNs[i * CAUSES.length + Number(cause)] = ns;
  });
  return {
    count: entries.length,
    startNs: Float64Array.from(entries, ({ at }) => at),
    endNs: Float64Array.from(entries, ({ at, ns }) => at + ns),
    category: Uint8Array.from(entries, ({ cause }) => cause),
    merged: Uint32Array.from(entries, ({ idle }) => (idle === undefined ? 1 : 9)),
    idleNs,
  } as TrackFrame;
}

/** Pixels of one column, from the bottom. */
function column(entries: Parameters<typeof frame>[0], x: number, height = 10): number[] {
  const pixels = new Uint32Array(4 * height);
  idleColumns(pixels, frame(entries), palette, { width: 4, height, originNs: 0, pxPerNs: 1 / 100 });
  return Array.from({ length: height }, (_, y) => pixels[(height - 1 - y) * 4 + x]!);
}

test('a column is as high as the share of its time that was idle, the largest cause at the bottom', () => {
  // 50 of 100 ns: 30 of cause 3, 20 of cause 7.
  expect(column([{ at: 110, ns: 5, cause: 3, idle: { 7: 20, 3: 30 } }], 1)).toEqual([
    4, 4, 4, 8, 8, 0, 0, 0, 0, 0,
  ]);
});

test('entries of one pixel add up, and never to more than the pixel', () => {
  const entries = [
    { at: 200, ns: 40, cause: 1 },
    { at: 250, ns: 40, cause: 1 },
    { at: 290, ns: 9, cause: 2, idle: { 2: 60 } },
  ];
  expect(column(entries, 2)).toEqual([2, 2, 2, 2, 2, 2, 3, 3, 3, 3]);
});

test('the least idle time is one pixel high, and what is wide enough for a rectangle is left to it', () => {
  expect(column([{ at: 0, ns: 1, cause: 0 }], 0)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(column([{ at: 0, ns: 100, cause: 0 }], 0)).toEqual(Array(10).fill(0));
});
