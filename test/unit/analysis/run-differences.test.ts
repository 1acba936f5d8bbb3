import { describe, expect, test } from 'vitest';
import { peakMemory, runDifferences } from '../../../src/analysis/run-differences.js';
import type { Trace } from '../../../src/trace/trace.js';
import { buildTrace } from './build-trace.js';

interface Made {
  readonly run?: unknown;
  readonly status?: Readonly<Record<string, string>>;
  readonly gpu?: string;
  readonly limits?: Readonly<Record<string, number>>;
}

function traces({ run, status = {}, gpu = 'H200', limits = {} }: Made): Trace[] {
  const trace = buildTrace({ ops: [{ start: 0, end: 10 }] });
  const devices = [{ id: 0, name: gpu, limits: new Map(Object.entries(limits)) }];
  return [
    { ...trace, devices, status: new Map(Object.entries(status)), ...(run === undefined ? {} : { run }) },
  ];
}

const texts = (base: Made, candidate: Made): string[] =>
  runDifferences(traces(base), traces(candidate)).differences.map(
    (one) => `${one.kind} ${one.name}: ${one.base ?? '-'} > ${one.candidate ?? '-'}`,
  );

describe('what two runs were given', () => {
  test('is their configuration, however deep, lists as one value', () => {
    const base = { run: { config: { graphs: false, kv: { size: 12 }, at: [7], same: 'x' }, steadyMs: 3 } };
    const candidate = { run: { config: { graphs: true, kv: { size: 9 }, at: [7, 8], same: 'x', new: 1 } } };
    expect(texts(base, candidate)).toEqual([
      'option graphs: false > true',
      'option kv.size: 12 > 9',
      'option at: [7] > [7,8]',
      'option new: - > 1',
    ]);
  });

  test('is the command line, where no configuration differs', () => {
    const base = {
      status: { command: 'python run.py --blocks 10 --fast --size=3 -v' },
      run: { config: { a: 1 } },
    };
    const candidate = {
      status: { command: 'python run.py --blocks 12 --size=4 -v' },
      run: { config: { a: 1 } },
    };
    expect(texts(base, candidate)).toEqual([
      'option --blocks: 10 > 12',
      'option --fast: set > -',
      'option --size: 3 > 4',
    ]);
    expect(texts({ run: { command: ['a', '-n', '1'] } }, { run: { command: ['a', '-n', '2'] } })).toEqual([
      'option -n: 1 > 2',
    ]);
    expect(runDifferences(traces(base), traces(base)).optionsKnown).toBe(true);
    expect(runDifferences(traces({}), traces(base)).optionsKnown).toBe(false);
  });

  test('says nothing of a run.json that is something else', () => {
    for (const run of [null, 'text', 7, [1], { config: 'text' }, { config: null }, { command: { a: 1 } }]) {
      expect(texts({ run }, { run })).toEqual([]);
    }
  });
});

describe('what they ran on and were recorded with', () => {
  test('is named where both say it and it differs', () => {
    const base = { limits: { sms: 132, l2Bytes: 5 }, status: { driver: '580', dropped: '1' } };
    const candidate = { limits: { sms: 114 }, status: { driver: '570', 'config.graphs': 'nodes' } };
    expect(texts(base, candidate)).toEqual(['machine GPU sms: 132 > 114', 'machine driver: 580 > 570']);
  });

  test('is the model alone where the GPUs are not of one', () => {
    expect(texts({ gpu: 'A100', limits: { sms: 108 } }, { gpu: 'H100', limits: { sms: 132 } })).toEqual([
      'machine GPU: A100 > H100',
    ]);
  });

  test('is the tool, and how it was set', () => {
    const own = { status: { 'config.graphs': 'nodes' } };
    expect(texts(own, { status: { source: 'PyTorch profiler' } })).toEqual([
      'recording recorder: gapscope capture > PyTorch profiler',
    ]);
    expect(texts(own, { status: { 'config.graphs': 'graphs' } })).toEqual([
      'recording capture graphs: nodes > graphs',
    ]);
  });
});

test('memory is known where both say so', () => {
  const [some, none] = [traces({ run: { peakMemoryBytes: 5 } }), traces({ run: {} })];
  expect(peakMemory(some, some)).toEqual({ base: 5, candidate: 5 });
  expect(peakMemory(some, none)).toBeUndefined();
});
