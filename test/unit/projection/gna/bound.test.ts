import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gnaBound } from '../../../../src/projection/gna/bound.js';
import { gnaConfig, type GnaConfig } from '../../../../src/projection/gna/config.js';
import { countMask } from './brute-force.js';

interface Axis {
  readonly length: number;
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  readonly causal: boolean;
  readonly qTile: number;
  readonly kvTile: number;
}

function axis(longest: number, maxTile: number): fc.Arbitrary<Axis> {
  return fc
    .record({ length: fc.integer({ min: 1, max: longest }), dilation: fc.integer({ min: 1, max: 4 }) })
    .chain(({ length, dilation }) => {
      const apart = Math.min(dilation, length);
      return fc.record({
        length: fc.constant(length),
        dilation: fc.constant(apart),
        window: fc.integer({ min: 1, max: Math.floor(length / apart) }),
        stride: fc.nat(),
        causal: fc.boolean(),
        qTile: fc.integer({ min: 1, max: maxTile }),
        kvTile: fc.integer({ min: 1, max: maxTile }),
      });
    })
    .map((one) => ({ ...one, stride: 1 + (one.stride % one.window) }));
}

const anyConfig = fc
  .oneof(
    fc.array(axis(40, 12), { minLength: 1, maxLength: 1 }),
    fc.array(axis(12, 5), { minLength: 2, maxLength: 2 }),
    fc.array(axis(6, 3), { minLength: 3, maxLength: 3 }),
  )
  .map((axes): GnaConfig =>
    gnaConfig({
      shape: axes.map(({ length }) => length),
      window: axes.map(({ window }) => window),
      stride: axes.map(({ stride }) => stride),
      dilation: axes.map(({ dilation }) => dilation),
      causal: axes.map(({ causal }) => causal),
      qTile: axes.map(({ qTile }) => qTile),
      kvTile: axes.map(({ kvTile }) => kvTile),
    }),
  );

/** NATTEN's test as its sources have it, for one axis. */
function kernelTest(L: number, w: number, s: number, q: number, k: number): boolean {
  const left = Math.floor(w / 2);
  const right = left + (w % 2) - 1;
  const half = Math.floor(s / 2);
  const leader = Math.min(Math.floor(L / s) * s + half, L - 1);
  const start = Math.max(leader - left, 0) + (leader + right >= L ? L - right - leader - 1 : 0);
  return (
    L === w ||
    (s % q === 0 &&
      w % k === 0 &&
      (L % s === 0 || start % k === 0) &&
      ((left - half) % k === 0 || (L % k === 0 && Math.ceil(L / s) === 2 && s + half >= L - w)))
  );
}

test('with the tiles that kernels have, block-sparse is what their own test calls so', () => {
  const seen = { yes: 0, no: 0 };
  for (const q of [2, 4, 8, 16]) {
    for (const k of [2, 4, 8, 16]) {
      for (let L = 1; L <= 48; L++) {
        for (let w = 1; w <= L; w++) {
          for (let s = 1; s <= w; s++) {
            const config = {
              shape: [L],
              window: [w],
              stride: [s],
              dilation: [1],
              causal: [false],
              qTile: [q],
              kvTile: [k],
            };
            const expected = kernelTest(L, w, s, q, k);
            if (gnaBound(config).fullyBlockSparse !== expected) {
              expect.fail(JSON.stringify({ expected, config }));
            }
            seen[expected ? 'yes' : 'no']++;
          }
        }
      }
    }
  }
  expect(seen.yes).toBeGreaterThan(1000);
  expect(seen.no).toBeGreaterThan(1000);
});

describe('against every query and every key', () => {
  test('pairs and tiles', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const bound = gnaBound(config);
        const mask = countMask(config);
        const tokens = config.shape.reduce((product, length) => product * length, 1);
        expect(bound.keptShare * tokens * tokens).toBeCloseTo(mask.pairs, 6);
        expect(bound.queryTiles.sparse).toBe(mask.queryTiles);
        expect(bound.kvTiles.worst).toBe(mask.worst);
        expect(bound.kvTiles.mean).toBeCloseTo(mask.visited / mask.queryTiles, 9);
        expect(bound.tileSpeedup).toBe(bound.kvTiles.dense / mask.worst);
        expect(bound.meanTileSpeedup).toBeGreaterThanOrEqual(bound.tileSpeedup - 1e-12);
      }),
      { numRuns: 600 },
    );
  });

  test('what is called block-sparse hides no pair inside a visited tile', () => {
    let sparse = 0;
    fc.assert(
      fc.property(anyConfig, (config) => {
        if (!gnaBound(config).fullyBlockSparse) return;
        sparse++;
        expect(countMask(config).blockSparse).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(sparse).toBeGreaterThan(50);
  });
});

test('a causal window over the whole axis is causal attention, and gains nothing over it', () => {
  const config = gnaConfig({ shape: [64], window: [64], causal: [true], qTile: [8], kvTile: [8] });
  const bound = gnaBound(config);
  // 1 + 2 + … + 64 pairs; tiles 1 + 2 + … + 8.
  expect(bound.flopSpeedup).toBeCloseTo(64 ** 2 / 2080, 12);
  expect(bound.meanTileSpeedup).toBeCloseTo(64 / 36, 12);
  expect(bound.tileSpeedup).toBe(1);
  expect(bound.overCausalDense).toBeUndefined();
  const windowed = gnaBound(
    gnaConfig({ shape: [64], window: [16], causal: [true], qTile: [8], kvTile: [8] }),
  );
  // The first 16 queries see 1 … 16 keys, the other 48 see 16.
  expect(windowed.overCausalDense?.flopSpeedup).toBeCloseTo(2080 / (136 + 48 * 16), 12);
});

test('shorter dilation groups leave their tiles part empty, and that is told', () => {
  const { queryTiles } = gnaBound(
    gnaConfig({ shape: [1280], window: [8], dilation: [10], qTile: [256], kvTile: [128] }),
  );
  expect(queryTiles).toEqual({ dense: 5, sparse: 10 });
});
