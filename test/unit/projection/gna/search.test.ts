import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gnaBound } from '../../../../src/projection/gna/bound.js';
import { gnaConfig } from '../../../../src/projection/gna/config.js';
import { kernelTiles } from '../../../../src/projection/gna/kernel-tiles.js';
import { searchGna, type SearchOptions } from '../../../../src/projection/gna/search.js';

/** The best tile bound over every window and stride of a 2-D shape, by trying them all. */
function bestOfAll({ shape, keep, slack, dilation, causal, tiles }: SearchOptions): number {
  const tokens = shape.reduce((product, length) => product * length, 1);
  const most = shape.map((length, axis) => Math.floor(length / (dilation?.[axis] ?? 1)));
  let best = 0;
  for (const pair of tiles) {
    for (let w0 = 1; w0 <= most[0]!; w0++) {
      for (let w1 = 1; w1 <= most[1]!; w1++) {
        const share = (w0 * w1) / tokens;
        if (share < keep - 1e-12 || share > keep * (1 + slack) + 1e-12) continue;
        for (let s0 = 1; s0 <= w0; s0++) {
          for (let s1 = 1; s1 <= w1; s1++) {
            const config = gnaConfig({
              shape,
              window: [w0, w1],
              stride: [s0, s1],
              ...(dilation === undefined ? {} : { dilation }),
              ...(causal === undefined ? {} : { causal }),
              ...pair,
            });
            best = Math.max(best, gnaBound(config).tileSpeedup);
          }
        }
      }
    }
  }
  return best;
}

test('finds what trying every window and stride finds', () => {
  const length = fc.integer({ min: 1, max: 10 });
  const tile = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(
      fc.tuple(length, length),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      fc.array(fc.record({ qTile: tile, kvTile: tile }), { minLength: 1, maxLength: 2 }),
      fc.tuple(fc.boolean(), fc.constant(false)),
      fc.constantFrom([1, 1], [2, 1]),
      (shape, keep, slack, tiles, causal, dilation) => {
        fc.pre(shape[0] >= dilation[0]);
        const options = { shape, keep, slack, tiles, causal, dilation, top: 3 };
        const best = bestOfAll(options);
        if (best === 0) expect(() => searchGna(options)).toThrow(/no window keeps/);
        else expect(searchGna(options).rows[0]!.tileSpeedup).toBeCloseTo(best, 12);
      },
    ),
    { numRuns: 60 },
  );
});

describe('Cosmos-Predict2 at 720p', () => {
  const tiles = kernelTiles('hopper', 3);
  const shape = [24, 44, 80];

  test('at the share of its layers, nothing beats the bound that those reach', () => {
    const keep = (12 * 24) / (44 * 80);
    const { rows } = searchGna({
      shape,
      keep,
      slack: 0,
      window: [24, undefined, undefined],
      tiles,
      top: 500,
    });
    expect(rows[0]!.tileSpeedup).toBeCloseTo(1 / keep, 9);
    const published = rows.find(({ config }) => config.window.join() === '24,12,24' && config.qTile[0] === 4);
    expect(published).toMatchObject({ fullyBlockSparse: true, config: { stride: [1, 4, 8] } });
  });

  test('rows keep the share, are sorted, and obey what was fixed', () => {
    const { rows } = searchGna({
      shape,
      keep: 0.1,
      slack: 0.05,
      window: [-1, undefined, undefined],
      stride: [undefined, undefined, 8],
      tiles,
      top: 40,
    });
    expect(rows).toHaveLength(40);
    for (const [i, { windowShare, config, tileSpeedup, flopSpeedup }] of rows.entries()) {
      expect(windowShare).toBeGreaterThanOrEqual(0.1);
      expect(windowShare).toBeLessThanOrEqual(0.105 + 1e-9);
      expect([config.window[0], config.stride[2]]).toEqual([24, 8]);
      expect(tileSpeedup).toBeLessThanOrEqual(flopSpeedup + 1e-9);
      if (i > 0) expect(tileSpeedup).toBeLessThanOrEqual(rows[i - 1]!.tileSpeedup);
    }
  });
});

test.each([
  [{ keep: 0 }, /kept share of 0/],
  [{ shape: [20, 200_000] }, /too long to search/],
  [{ keep: 1.5 }, /kept share of 1.5/],
  [{ slack: -1 }, /slack of -1/],
  [{ window: [30, undefined] }, /window 30 is larger/],
  [{ window: [undefined] }, /window has 1 value/],
  [{ stride: [0, undefined] }, /stride 0/],
  [{ keep: 0.9, window: [2, undefined] }, /no window keeps/],
])('refuses %o', (change, message) => {
  const options = { shape: [20, 20], keep: 0.5, slack: 0.1, tiles: kernelTiles('hopper', 2), top: 5 };
  expect(() => searchGna({ ...options, ...change })).toThrow(message);
});

test('a long axis is told to be sampled', () => {
  const options = { keep: 0.0625, slack: 0.1, tiles: kernelTiles('hopper', 1), top: 1 };
  const long = searchGna({ shape: [32768], ...options });
  expect(long.stridesSampled).toBe(true);
  expect(long.rows[0]).toMatchObject({ tileSpeedup: 16, config: { window: [2048] } });
  expect(searchGna({ shape: [512], ...options }).stridesSampled).toBe(false);
});
