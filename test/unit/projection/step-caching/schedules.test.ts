import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  featureCacheSchedule,
  parseFeaturePlan,
} from '../../../../src/projection/step-caching/feature-cache.js';
import { firstBlockCacheSchedule } from '../../../../src/projection/step-caching/first-block-cache.js';
import { predictedLatency } from '../../../../src/projection/step-caching/latency.js';
import { teaCacheSchedule } from '../../../../src/projection/step-caching/tea-cache.js';
import { teaCacheCoefficients } from '../../../../src/projection/step-caching/tea-cache-coefficients.js';

type Vector = readonly number[];

const mean = (values: Vector): number =>
  values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
const moved = (now: Vector, before: Vector): number => mean(now.map((x, i) => x - before[i]!)) / mean(before);
const distancesOf = (steps: readonly Vector[]): number[][] =>
  steps.map((now, i) => steps.slice(0, i).map((before) => moved(now, before)));

/** Residuals of a run: a few numbers a step, none of them all zero. */
const anyRun = fc.array(
  fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
  { minLength: 1, maxLength: 30 },
);
const anyThreshold = fc.double({ min: 0, max: 1.5, noNaN: true });

/** The hook as it runs: it holds one residual, and replaces it only when the other blocks are computed. */
class RunningFirstBlockCache {
  #previous: Vector | undefined;

  isHit(residual: Vector, threshold: number): boolean {
    const isHit = this.#previous !== undefined && moved(residual, this.#previous) < threshold;
    if (!isHit) this.#previous = residual;
    return isHit;
  }
}

describe('First Block Cache', () => {
  // Residuals 1, 1.1, 1.2, 1.3, 1.4, 1.5: each moves by 0.1 against the one before.
  const ramp = distancesOf([1, 1.1, 1.2, 1.3, 1.4, 1.5].map((x) => [x]));

  test('compares with the last computed step, so that reuse in a row limits itself', () => {
    const { reused, change, computed, hits } = firstBlockCacheSchedule(ramp, 0.25);
    // 1.1 and 1.2 lie 0.1 and 0.2 from 1; 1.3 lies 0.3: computed. 1.4 and 1.5: 0.077 and 0.154 from 1.3.
    expect(reused).toEqual([false, true, true, false, true, true]);
    expect(change.map((x) => x?.toFixed(3))).toEqual([
      undefined,
      '0.100',
      '0.200',
      '0.300',
      '0.077',
      '0.154',
    ]);
    expect([computed, hits]).toEqual([2, 4]);
  });

  test('warm-up steps are computed, and compared with', () => {
    expect(firstBlockCacheSchedule(ramp, 0.26, { warmup: 3 }).reused).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  test('a change that equals the threshold', () => {
    const still = distancesOf([[1], [1], [1]]);
    expect(firstBlockCacheSchedule(still, 0).hits).toBe(0);
    expect(firstBlockCacheSchedule(still, 0, { reuseWhen: 'at-most' }).hits).toBe(2);
  });

  test('decides as the algorithm does when it runs', () => {
    fc.assert(
      fc.property(anyRun, anyThreshold, (run, threshold) => {
        const cache = new RunningFirstBlockCache();
        const expected = run.map((residual) => cache.isHit(residual, threshold));
        expect(firstBlockCacheSchedule(distancesOf(run), threshold).reused).toEqual(expected);
      }),
    );
  });

  test('threshold 0 never reuses; without a limit all but the forced steps do', () => {
    fc.assert(
      fc.property(anyRun, fc.nat(5), (run, warmup) => {
        const distances = distancesOf(run);
        expect(firstBlockCacheSchedule(distances, 0).hits).toBe(0);
        const { reused } = firstBlockCacheSchedule(distances, Infinity, { warmup });
        expect(reused).toEqual(run.map((_, step) => step >= Math.max(1, warmup)));
      }),
    );
  });

  test('refuses what is no threshold, and rows that end early', () => {
    expect(() => firstBlockCacheSchedule(ramp, -0.1)).toThrow(/threshold of -0.1/);
    expect(() => firstBlockCacheSchedule(ramp, NaN)).toThrow(/threshold of NaN/);
    expect(() => firstBlockCacheSchedule([[], []], 0.1)).toThrow(/step 1 is compared with 0 of 1/);
  });
});

/** TeaCache's forward, with the state that it keeps. */
function runTeaCache(run: readonly Vector[], coefficients: readonly number[], threshold: number): boolean[] {
  let [accumulated, previous] = [0, run[0]!];
  return run.map((input, step) => {
    let compute: boolean;
    if (step === 0 || step === run.length - 1) {
      compute = true;
      accumulated = 0;
    } else {
      const x = moved(input, previous);
      accumulated += coefficients.reduce((sum, c, i) => sum + c * x ** (coefficients.length - 1 - i), 0);
      compute = !(accumulated < threshold);
      if (compute) accumulated = 0;
    }
    previous = input;
    return !compute;
  });
}

describe('TeaCache', () => {
  test('by hand: x + 0.1 accumulates until the threshold', () => {
    const changes = [NaN, 0.1, 0.1, 0.2, 0.05, 0.3, 0.1];
    // 0.2, 0.4, 0.7 → computed; 0.15, 0.55; the last is forced.
    const { reused, change } = teaCacheSchedule(changes, [1, 0.1], 0.6);
    expect(reused).toEqual([false, true, true, false, true, true, false]);
    expect(change.map((x) => x?.toFixed(2))).toEqual([
      undefined,
      '0.20',
      '0.40',
      '0.70',
      '0.15',
      '0.55',
      undefined,
    ]);
  });

  test('the constant of a fit accumulates even where nothing changes', () => {
    // FLUX: 0.264 a step; three steps stay under 0.8, the fourth does not.
    const { reused } = teaCacheSchedule([0, 0, 0, 0, 0, 0, 0], teaCacheCoefficients('flux'), 0.8);
    expect(reused).toEqual([false, true, true, true, false, true, false]);
  });

  test('decides as the algorithm does when it runs', () => {
    const coefficients = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(anyRun, coefficients, anyThreshold, (run, poly, threshold) => {
        const changes = run.map((input, i) => (i === 0 ? NaN : moved(input, run[i - 1]!)));
        const { reused, change } = teaCacheSchedule(changes, poly, threshold);
        // A sum that meets the threshold to the last digit may fall either way.
        fc.pre(!change.some((sum) => sum !== undefined && Math.abs(sum - threshold) < 1e-9));
        expect(reused).toEqual(runTeaCache(run, poly, threshold));
      }),
    );
  });

  test('threshold 0 never reuses with a fit above 0; without a limit all but the forced steps do', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (changes) => {
        expect(teaCacheSchedule(changes, [1, 0], 0).hits).toBe(0);
        const { reused } = teaCacheSchedule(changes, [1, 0], Infinity, { forcedFirst: 2, forcedLast: 0 });
        expect(reused).toEqual(changes.map((_, step) => step >= 2));
      }),
    );
  });

  test('coefficients are a model or numbers', () => {
    expect(teaCacheCoefficients('1,-2.5,3e-1')).toEqual([1, -2.5, 0.3]);
    for (const text of ['', '1', '1,,2', 'toString', '1,two']) {
      expect(() => teaCacheCoefficients(text)).toThrow(/no coefficients/);
    }
  });
});

describe('feature cache', () => {
  const blocks = { first: 9, last: 18 };

  test('reuses in its steps, once something was computed', () => {
    expect(featureCacheSchedule(blocks, new Set([0, 1, 3]), 5).reused).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  test('drift adds up over reuse in a row', () => {
    const distances = distancesOf([1, 1.1, 1.2, 1.3, 1.4].map((x) => [x]));
    const { reused, change } = featureCacheSchedule(blocks, new Set([1, 2, 3, 4]), 5, {
      threshold: 0.25,
      distances,
    });
    expect(reused).toEqual([false, true, true, false, true]);
    expect(change[4]).toBeCloseTo(0.1 / 1.3, 12);
  });

  test('without a gate, an endless gate changes nothing', () => {
    fc.assert(
      fc.property(anyRun, fc.uniqueArray(fc.nat(30)), (run, chosen) => {
        const steps = new Set(chosen);
        const gate = { threshold: Infinity, distances: distancesOf(run) };
        const free = featureCacheSchedule(blocks, steps, run.length);
        expect(featureCacheSchedule(blocks, steps, run.length, gate).reused).toEqual(free.reused);
        expect(free.hits).toBe(run.filter((_, step) => step > 0 && steps.has(step)).length);
      }),
    );
  });

  test('plans are written as the pipeline takes them', () => {
    expect(parseFeaturePlan('9-18:2-4,7:0.1')).toEqual({ blocks, steps: new Set([2, 3, 4, 7]), drift: 0.1 });
    expect(parseFeaturePlan('3:1').blocks).toEqual({ first: 3, last: 3 });
    for (const text of [
      '',
      '9-18',
      '18-9:2',
      '9,11:2',
      '9-18:2:x',
      '9-18:2:',
      '9-18:2:0.1:1',
      '9-18:-2',
      '9-18:2:-1',
    ]) {
      expect(() => parseFeaturePlan(text), text).toThrow();
    }
  });
});

test('latency: hits cost a cached forward, the rest stays', () => {
  const schedule = firstBlockCacheSchedule(distancesOf([[1], [1.01], [1.02], [2]]), 0.1);
  expect(schedule.reused).toEqual([false, true, true, false]);
  const latency = predictedLatency([schedule, schedule], { fullMs: 100, cachedMs: 10, restMs: 40 });
  expect(latency).toEqual({ baselineMs: 840, predictedMs: 480, speedup: 1.75 });
});
