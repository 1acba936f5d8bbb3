import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apportion } from '../../../src/analysis/apportion.js';
import { latencyChange, spreadVerdict } from '../../../src/analysis/latency-change.js';
import { rankTest, smallestP } from '../../../src/analysis/rank-test.js';

/** Deals the pooled ranks out in every possible way. */
function byEnumeration(a: readonly number[], b: readonly number[]): number {
  const pooled = [...a, ...b];
  const rank = (value: number): number =>
    pooled.filter((one) => one < value).length + (pooled.filter((one) => one === value).length + 1) / 2;
  const ranks = pooled.map(rank);
  const expected = (a.length * (pooled.length + 1)) / 2;
  const distanceOf = (chosen: readonly number[]): number =>
    Math.abs(chosen.reduce((sum, i) => sum + ranks[i]!, 0) - expected);
  const own = distanceOf(a.map((_, i) => i));
  let all = 0;
  let asFar = 0;
  for (let mask = 0; mask < 1 << pooled.length; mask++) {
    const chosen = pooled.flatMap((_, i) => ((mask >> i) & 1 ? [i] : []));
    if (chosen.length !== a.length) continue;
    all++;
    if (distanceOf(chosen) >= own) asFar++;
  }
  return asFar / all;
}

describe('the rank test', () => {
  test('is the share of all ways to deal the ranks out, ties and all', () => {
    const values = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(rankTest(a, b)).toBeCloseTo(byEnumeration(a, b), 12);
        expect(rankTest(b, a)).toBeCloseTo(rankTest(a, b), 12);
      }),
      { numRuns: 200 },
    );
  });

  test('of five below five others is 2 in C(10, 5)', () => {
    expect(rankTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
    expect(smallestP(5, 5)).toBeCloseTo(2 / 252, 12);
    expect(smallestP(1, 9)).toBeCloseTo(2 / 10, 12);
    expect(rankTest([3, 3], [3, 3, 3])).toBe(1);
  });

  test('of many values agrees with scipy.stats.mannwhitneyu', () => {
    const a = Array.from({ length: 40 }, (_, i) => (i * 7) % 23);
    const b = Array.from({ length: 45 }, (_, i) => ((i * 5) % 19) + 4);
    expect(rankTest(a, b)).toBeCloseTo(SCIPY_P, 6);
  });
});

/** `mannwhitneyu(a, b, alternative='two-sided', method='asymptotic').pvalue` of the lists above, scipy 1.17.1. */
const SCIPY_P = 0.31286610790517433;

describe('a difference of latencies', () => {
  test('is beyond, within, or not known from, the spread', () => {
    expect(spreadVerdict([1, 2, 3, 4], [5, 6, 7, 8])).toMatchObject({ verdict: 'beyond', rule: 'rank-test' });
    expect(spreadVerdict([1, 2, 3, 9], [5, 6, 7, 8])).toMatchObject({ verdict: 'within', rule: 'rank-test' });
    // Three against three cannot have a p of 0.05: 2 in C(6, 3).
    expect(spreadVerdict([1, 2, 3], [4, 5, 6])).toEqual({ verdict: 'beyond', rule: 'ranges' });
    expect(spreadVerdict([4, 5, 6], [1, 2, 4])).toEqual({ verdict: 'within', rule: 'ranges' });
    expect(spreadVerdict([1, 2, 3], [100])).toEqual({ verdict: 'unknown' });
  });

  test('is that of the medians; a side may be absent', () => {
    const change = latencyChange('steady-block', 'median', [200, 100, 400, 300], [150, 50]);
    expect(change).toMatchObject({
      base: { count: 4, ns: 200, minNs: 100, maxNs: 400 },
      candidate: { count: 2, ns: 50 },
      differenceNs: -150,
      share: -0.75,
      spread: { verdict: 'within', rule: 'ranges' },
    });
    expect(latencyChange('switch', 'mean', [3, 4], [])).toEqual({
      what: 'switch',
      statistic: 'mean',
      base: { count: 2, ns: 4, minNs: 3, maxNs: 4 },
    });
    expect(latencyChange('switch', 'mean', [], [])).toBeUndefined();
  });
});

test('shares are rounded so that they sum to the rounded whole', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e9)), fc.integer({ min: 1, max: 50 }), (values, divisor) => {
      const shares = apportion(values, divisor);
      const sum = values.reduce((all, value) => all + value, 0);
      expect(shares.reduce((all, share) => all + share, 0)).toBe(Math.round(sum / divisor));
      values.forEach((value, i) => expect(Math.abs(shares[i]! - value / divisor)).toBeLessThan(1));
    }),
  );
});
