import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { whatIfContext, type WhatIfContext } from '../../src/projection/context.js';
import { parseEdit } from '../../src/projection/edits/registry.js';
import { applyEdits, predict } from '../../src/projection/predict.js';
import { whatIf } from '../../src/projection/whatif.js';
import type { Trace } from '../../src/trace/trace.js';
import { recorded } from '../unit/analysis/plain-tables.js';
import { REPOSITORY } from './gapscope.js';

/** The table of docs/what-if.md again: predictions from a recording of the base against runs that made the edit. */

interface Measured {
  readonly pipeline: 'ar_video' | 'dit_video';
  readonly arms: Readonly<Record<string, Arm>>;
}
type Arm = Readonly<Record<string, unknown>> & { readonly options: readonly string[] };
interface Metric {
  readonly median: number;
  readonly ratioToBase?: { readonly median: number };
}

const json = (path: string): unknown => JSON.parse(readFileSync(join(REPOSITORY, path), 'utf8'));
const EDITS = json('bench/whatif/arm-edits.json') as Record<string, Record<string, string[]>>;

/**
 * Arm → the largest error that the documentation admits, as a share: of the predicted ratio against the measured one.
 * What it says is beyond 5 % stands here with its own bound, and why in the documentation.
 */
const BOUNDS: Record<string, Record<string, number>> = {
  'ar-small': {
    graphs: 0.045,
    'kv=ring': 0.01,
    'no-item-sync': 0.01,
    'window=9': 0.015,
    'window=6': 0.015,
    fp8: 0.03,
    'fp8=ffn': 0.06,
    'steps=3': 0.01,
    'kv=ring+no-item-sync': 0.03,
    'graphs+kv=ring': 0.05,
  },
  'ar-full': {
    graphs: 0.01,
    'kv=ring': 0.005,
    'no-item-sync': 0.015,
    'window=9': 0.01,
    'window=6': 0.01,
    fp8: 0.01,
    'steps=3': 0.01,
    'kv=ring+no-item-sync': 0.015,
    'graphs+kv=ring': 0.01,
  },
  dit: {
    graphs: 0.005,
    fp8: 0.015,
    'fp8=ffn': 0.005,
    'attention=natten-map': 0.02,
    'attention=natten-map+fp8': 0.035,
    'attention=natten-map+graphs': 0.02,
    'feature-cache=9-18:2-3': 0.005,
    'feature-cache=9-18:2-3+graphs': 0.005,
    'first-block-cache': 0.005,
    'steps=2': 0.005,
  },
  'dit-full': { fp8: 0.005, 'attention=natten-map': 0.01, 'attention=natten-map+fp8': 0.01 },
};
const METRICS = {
  ar_video: { metric: 'steadyBlockMs', target: undefined },
  dit_video: { metric: 'allStepsMs', target: 'all' },
};

describe.each(Object.keys(BOUNDS))('%s', (subject) => {
  const measured = json(`bench/whatif/measured/measured-${subject}.json`) as Measured;
  const { metric, target } = METRICS[measured.pipeline];
  const of = (arm: string): Metric => measured.arms[arm]![metric] as Metric;
  const wanted = target === undefined ? {} : { target };
  let trace: Trace;
  let context: WhatIfContext;
  let replayNs: number;
  beforeAll(async () => {
    trace = await recorded(`whatif-${subject}`);
    context = whatIfContext(trace, wanted);
    replayNs = predict(context, context.built.graph).medianNs;
  });

  test('every arm that an edit stands for is predicted', () => {
    const known = Object.keys(EDITS[measured.pipeline]!).filter((arm) => arm in measured.arms);
    expect(Object.keys(BOUNDS[subject]!).sort()).toEqual(known.sort());
  });

  test('the recording is of what was measured, and is replayed', () => {
    const { target: own } = whatIf(trace, { ...wanted, apply: ['bandwidth=1'] });
    expect(Math.abs(own.errorShare)).toBeLessThan(0.001);
    expect(Math.abs(own.worstErrorShare)).toBeLessThan(0.001);
    expect(Math.abs(own.baseNs / 1e6 / of('base').median - 1)).toBeLessThan(0.01);
  });

  test.each(Object.entries(BOUNDS[subject]!))('%s within %f', (arm, bound) => {
    const options = measured.arms[arm]!.options;
    const edits = EDITS[measured.pipeline]![arm]!.map((edit) =>
      parseEdit(edit.replace('{last}', options.at(-1)!)),
    );
    for (const edit of edits) expect(edit.applies(context)).toBeUndefined();
    const predicted = predict(context, applyEdits(context, edits)).medianNs / replayNs;
    expect(Math.abs(predicted / of(arm).ratioToBase!.median - 1)).toBeLessThan(bound);
  });
});

test.each([
  'full-eager',
  'small-eager',
  'small-graphs',
  'full-batch2',
  ...Object.keys(BOUNDS).map((name) => `whatif-${name}`),
])('%s: the whole recording is replayed within a thousandth', async (name) => {
  const { target } = whatIf(await recorded(name), { target: 'all', apply: ['bandwidth=1'] });
  expect(Math.abs(target.errorShare)).toBeLessThan(0.001);
});
