import { describe, expect, test } from 'vitest';
import { recordedSteps } from '../../../../src/projection/step-caching/recorded-steps.js';
import { stepCacheResult } from '../../../../src/projection/step-caching/result.js';
import { recordedCosts } from '../../../../src/projection/step-caching/step-costs.js';
import { UserError } from '../../../../src/trace/errors.js';

const RAMP = [[], [0.1], [0.2, 0.1], [0.3, 0.2, 0.1]];
const RUN = {
  stepResiduals: { everyNthToken: 4, of: 'in words', cond: RAMP, uncond: [[], [9], [9, 9], [9, 9, 9]] },
  steps: [0, 1, 2, 3].map((index) => ({ index, durationMs: 25 })),
  forwards: [0, 1, 2, 3].flatMap((step) =>
    ['cond', 'uncond'].map((kind) => ({ step, kind, durationMs: 12 })),
  ),
  config: { layers: 28 },
};

test('each kind of forward has a schedule of its own', () => {
  const recorded = recordedSteps(RUN);
  expect(recorded).toMatchObject({ everyNthToken: 4, layers: 28, restMs: 4 });
  const { rows, forwards, steps } = stepCacheResult(recorded, {
    method: 'first-block-cache',
    thresholds: [0.25, 0],
  });
  expect([steps, forwards]).toEqual([4, 8]);
  expect(rows[0]).toMatchObject({ threshold: 0.25, computed: 6, hits: 2, hitShare: 0.25 });
  expect(rows[0]!.kinds.map(({ kind, reused }) => [kind, reused])).toEqual([
    ['cond', [1, 2]],
    ['uncond', []],
  ]);
  expect(rows[1]!.hits).toBe(0);
});

test('a TeaCache run tells its changes and both times', () => {
  const decisions = ['cond', 'uncond'].flatMap((kind) =>
    [undefined, 0.1, 0.2].map((change, step) => ({ step, kind, reused: step === 1, change })),
  );
  const recorded = recordedSteps({
    config: { teacache: 0.3 },
    stepCache: { decisions },
    forwards: decisions.map(({ step, kind, reused }) => ({ step, kind, durationMs: reused ? 2 : 10 + step })),
  });
  expect([...recorded.changes]).toEqual([
    ['cond', [0, 0.1, 0.2]],
    ['uncond', [0, 0.1, 0.2]],
  ]);
  expect(recordedCosts(recorded)).toEqual({ fullMs: 10, cachedMs: 2 });
  // Another method's changes are against other steps.
  expect(recordedSteps({ stepCache: { decisions } }).changes.size).toBe(0);
});

describe('what is missing or wrong is said', () => {
  test.each([
    [{ stepResiduals: { cond: 'no' } }, /stepResiduals.cond holds no rows/],
    [{ stepResiduals: { cond: [[], []] } }, /step 1 is compared with 0 of 1/],
    [{ stepResiduals: 5 }, /stepResiduals/],
    [{ stepChanges: { cond: ['a'] } }, /stepChanges.cond.0/],
    [{ forwards: [{ step: 0 }] }, /forwards.0/],
    ['text', /run.json/],
  ])('%j', (run, message) => {
    expect(() => recordedSteps(run)).toThrow(UserError);
    expect(() => recordedSteps(run)).toThrow(message);
  });

  test('a run that recorded nothing', () => {
    const empty = recordedSteps({ stepResiduals: null });
    expect(() => stepCacheResult(empty, { method: 'first-block-cache', thresholds: [0.1] })).toThrow(
      /no stepResiduals/,
    );
    expect(() => stepCacheResult(empty, { method: 'teacache', thresholds: [0.1] })).toThrow(/no stepChanges/);
  });
});
