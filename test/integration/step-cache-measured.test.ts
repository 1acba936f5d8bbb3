import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordedSteps } from '../../src/projection/step-caching/recorded-steps.js';
import { stepCacheResult } from '../../src/projection/step-caching/result.js';
import { TEA_CACHE_COEFFICIENTS } from '../../src/projection/step-caching/tea-cache-coefficients.js';
import { REPOSITORY } from './gapscope.js';

/** The table of docs/step-caching.md again: told from one uncached run's record, against runs that really cached. */

interface Metric {
  readonly median: number;
}
interface Arm {
  readonly options: readonly [string, string];
  readonly allStepsMs: Metric;
  readonly fullForwardMs: Metric;
  readonly hitForwardMs: Metric;
  readonly reused: readonly (readonly [step: number, kind: string, change: number])[];
}

const measured = JSON.parse(
  readFileSync(join(REPOSITORY, 'bench/whatif/measured/measured-step-caches.json'), 'utf8'),
) as { readonly arms: Readonly<Record<string, Arm>> };
const { base, ...cached } = measured.arms;
const { stepResiduals, stepChanges } = measured as unknown as Record<string, unknown>;
const steps = recordedSteps({ stepResiduals, stepChanges });
const FORWARDS = 40;

describe.each(Object.entries(cached))('%s', (name, arm) => {
  const isTea = name.startsWith('teacache');
  const result = stepCacheResult(steps, {
    method: isTea ? 'teacache' : 'first-block-cache',
    thresholds: [Number(arm.options[1])],
    ...(isTea ? { coefficients: TEA_CACHE_COEFFICIENTS['cosmos-7b']! } : {}),
  });
  const [row] = result.rows;

  test('the forwards that it was told to reuse are those that it reused', () => {
    const told = row!.kinds.flatMap(({ kind, reused }) => reused.map((step) => `${kind} ${step}`));
    expect(told.sort()).toEqual(arm.reused.map(([step, kind]) => `${kind} ${step}`).sort());
    expect(row!.hits).toBe(arm.reused.length);
  });

  test('and the time is that of so many forwards of each sort', () => {
    const full = base!.fullForwardMs.median;
    const rest = base!.allStepsMs.median - FORWARDS * full;
    // What a hit costs is another run's, with another threshold.
    const hit =
      cached[`${isTea ? 'teacache' : 'first-block-cache'} ${name.endsWith('0.5') ? '0.75' : '0.5'}`]!;
    const ms = row!.computed * full + row!.hits * hit.hitForwardMs.median + rest;
    expect(Math.abs(ms / arm.allStepsMs.median - 1)).toBeLessThan(0.003);
  });
});
