import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBudget } from '../../../src/runs/budget.js';
import { METRICS, type MetricSource } from '../../../src/runs/budget-metrics.js';
import { checkBudget, type CheckedRun } from '../../../src/runs/check.js';
import { budgetOf } from '../../../src/runs/init-budget.js';
import type { Headline } from '../../../src/analysis/headline.js';
import { made, metrics } from './made-run.js';

const budget = (limits: object): string => JSON.stringify({ schema: 'gapscope.budget/1', limits });
const run = (over: Partial<Headline>, facts: Partial<CheckedRun['facts']> = {}): CheckedRun => ({
  path: 'x.trace',
  metrics: metrics(over),
  facts: { options: {}, optionsLeftOut: 0, problems: [], ...facts },
  measuredWith: {},
});

describe('limits', () => {
  test('are kept up to their very value, with units as on the command line', () => {
    const limits = parseBudget(
      budget({
        steadyBlockNs: { max: '330ms', min: 1e6 },
        idleShare: { max: '10%' },
        'idleByCause.sync': { max: '0.1us' },
        peakMemoryBytes: { max: '12.5GB' },
        'quality.psnr': { min: 30 },
        droppedOps: { max: 0 },
      }),
      'b.json',
    );
    const facts = { peakMemoryBytes: 12.5e9, quality: { psnr: 30 } };
    const at = { steadyBlockNs: 330e6, idleShare: 0.1, droppedOps: 0 };
    expect(checkBudget(limits, run(at, facts), 'b.json')).toMatchObject({ kept: true, broken: 0 });
    const over = { steadyBlockNs: 330e6 + 1, idleShare: 0.1001, droppedOps: 1 };
    const { limits: checked, broken } = checkBudget(
      limits,
      run(over, { peakMemoryBytes: 12.5e9 + 1, quality: { psnr: 29.9 } }),
      'b.json',
    );
    expect(broken).toBe(5);
    expect(checked.filter(({ kept }) => kept).map(({ metric, kind }) => `${kind} ${metric}`)).toEqual([
      'min steadyBlockNs',
      'max idleByCause.sync',
    ]);
    expect(checked[0]).toMatchObject({ value: 330e6 + 1, limit: 330e6, margin: -1 });
  });

  test('against a base: a share of its value, or an amount', () => {
    const limits = parseBudget(
      budget({
        steadyBlockNs: { base: 'eager', maxIncrease: '2%' },
        idleShare: { base: 'eager', maxIncrease: '50%' },
        ops: { base: 'eager', maxDecrease: 5 },
        idleNs: { base: 'eager', maxIncrease: '10ns' },
      }),
      'b.json',
    );
    const bases = new Map([['eager', made('eager', [1000])]]);
    // 0.4 of idle may grow by half of itself, to 0.6; not to 0.9.
    const { limits: checked } = checkBudget(
      limits,
      run({ steadyBlockNs: 1021, idleShare: 0.6, ops: 15, idleNs: 411 }),
      'b.json',
      bases,
    );
    expect(checked.map(({ limit, kept }) => [Math.round(limit * 1000) / 1000, kept])).toEqual([
      [1020, false],
      [0.6, true],
      [15, true],
      [410, false],
    ]);
  });

  test('what a trace lacks is an error with the reason, never a pass', () => {
    const limits = parseBudget(budget({ switchLatencyNs: { max: '1s' }, kvNs: { max: 1 } }), 'b.json');
    const lacking = run({ missing: { switch: 'no switch in it', kv: 'no cache in it' } });
    expect(() => checkBudget(limits, lacking, 'b.json')).toThrow(
      /switchLatencyNs is not known of the trace: no switch in it\nkvNs is not known of the trace: no cache in it/,
    );
    const relative = parseBudget(budget({ kvNs: { base: 'eager', maxIncrease: '2%' } }), 'b.json');
    expect(() =>
      checkBudget(relative, run({ kvNs: 3 }), 'b.json', new Map([['eager', made('eager', [5])]])),
    ).toThrow(/kvNs is not known of the base 'eager'/);
  });

  test('a base that was measured otherwise is refused; another GPU is said', () => {
    const limits = parseBudget(budget({ idleNs: { base: 'eager', maxIncrease: '2%' } }), 'b.json');
    const windowed = made('eager', [1], { measuredWith: { window: 'a:*' } });
    expect(() => checkBudget(limits, run({}), 'b.json', new Map([['eager', windowed]]))).toThrow(
      "measured otherwise than this trace: --window (default) / 'a:*'",
    );
    const facts = { options: {}, optionsLeftOut: 0, problems: [] };
    const other = made('eager', [1], { facts: { ...facts, gpu: 'H100' } });
    const { cautions } = checkBudget(limits, run({}, { gpu: 'H200' }), 'b.json', new Map([['eager', other]]));
    expect(cautions).toEqual(["GPU H200, 'eager' has H100"]);
  });
});

test.each<[string, string, RegExp]>([
  ['no JSON', '{"schema": ', /b\.json:1:12: not JSON/],
  ['another schema', '{"schema": "gapscope.budget/2", "limits": {}}', /schema: Invalid input/],
  ['no limits', '{"schema": "gapscope.budget/1"}', /limits: Invalid input/],
  ['empty limits', budget({}), /limits: holds no limit/],
  ['a list', '[]', /the file: Invalid input/],
  ['an unknown key', budget({ ops: { maximum: 3 } }), /limits\.ops\.maximum: there is no such key/],
  ['an unknown metric', budget({ steadyBlock: { max: 3 } }), /no such metric; near: steadyBlockNs/],
  [
    'a metric that JavaScript hides',
    '{"schema":"gapscope.budget/1","limits":{"__proto__":{"max":1}}}',
    /no such metric/,
  ],
  [
    'a key twice',
    '{"schema":"gapscope.budget/1","limits":{"ops":{"max":1},"ops":{"max":9}}}',
    /"ops" is there twice/,
  ],
  ['a limit that says nothing', budget({ ops: {} }), /limits\.ops: says no limit/],
  ['a base without a limit', budget({ ops: { base: 'x' } }), /limits\.ops: says no limit/],
  ['a base beside max', budget({ ops: { base: 'x', max: 3 } }), /ops\.base: a base needs maxIncrease/],
  ['no base', budget({ ops: { maxIncrease: '2%' } }), /need a base/],
  ['no duration', budget({ spanNs: { max: '3 weeks' } }), /spanNs\.max: '3 weeks' is not a duration/],
  ['a percentage of nothing', budget({ spanNs: { max: '3%' } }), /'3%' is not a duration/],
  ['below nothing', budget({ spanNs: { max: -1 } }), /'-1' is not a duration/],
  ['a share above one', budget({ idleShare: { max: 12 } }), /'12' is not a share/],
  ['a share of 120 %', budget({ idleShare: { max: '120%' } }), /'120%' is not a share/],
  ['half an op', budget({ ops: { max: 1.5 } }), /'1\.5' is not a whole number/],
  ['bytes in nobody’s unit', budget({ peakMemoryBytes: { max: '3 GiB' } }), /'3 GiB' is not bytes/],
  ['a name with dots', budget({ 'idleByCause.sync': { max: true } }), /limits\."idleByCause\.sync"\.max/],
])('%s is refused', (_, text, words) => {
  expect(() => parseBudget(text, 'b.json')).toThrow(words);
});

test('every mistake is named, each with its place', () => {
  const text =
    '{\n "schema": "gapscope.budget/1",\n "limits": {\n  "ops": {"max": "x"},\n  "nope": {"max": 1}\n }\n}';
  expect(() => parseBudget(text, 'b.json')).toThrow(/^b\.json:4:18: .*\nb\.json:5:11: limits\.nope/);
});

test('a budget made from a run is kept by it with about 5 %, and broken at 5.2 % more', () => {
  const time = fc.integer({ min: 100_000, max: 2 ** 45 });
  const share = fc.double({ min: 1e-6, max: 0.9, noNaN: true });
  fc.assert(
    fc.property(time, time, time, share, share, time, (steady, first, change, idle, kv, memory) => {
      const figures = {
        steadyBlockNs: steady,
        firstBlockNs: first,
        switchLatencyNs: change,
        idleShare: idle,
      };
      const source = (factor: number): CheckedRun =>
        run(
          Object.fromEntries(
            Object.entries({ ...figures, kvShareOfBlock: kv }).map(([key, value]) => [key, value * factor]),
          ),
          { peakMemoryBytes: memory * factor },
        );
      const limits = parseBudget(budgetOf(source(1) satisfies MetricSource, ''), 'b.json');
      expect(limits).toHaveLength(6);
      expect(checkBudget(limits, source(1), 'b.json').kept).toBe(true);
      expect(checkBudget(limits, source(1.0499), 'b.json').kept).toBe(true);
      const tooMuch = checkBudget(limits, source(1.052), 'b.json');
      expect(tooMuch.limits.filter(({ kept }) => kept)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('metrics have different names, and each reads something of a full run', () => {
  expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length);
  const all = Object.fromEntries(METRICS.map(({ name }) => [name.replace(/^\w+\./, ''), 1]));
  const full = run({ ...all, idleByCause: metrics().idleByCause }, { peakMemoryBytes: 1, quality: all });
  expect(METRICS.filter(({ read }) => read(full) === undefined)).toEqual([]);
});
