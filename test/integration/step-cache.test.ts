import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../unit/small-trace.js';
import { gapscope } from './gapscope.js';

let record: string;
let hostile: string;
let empty: string;
beforeAll(() => {
  const folder = temporaryFolder();
  const write = (name: string, run: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(run));
    return path;
  };
  // Residuals move by 0.05 a step against any one before: step i lies 0.05 × (i − j) from step j.
  const rows = Array.from({ length: 36 }, (_, i) => Array.from({ length: i }, (_, j) => 0.05 * (i - j)));
  record = write('run.json', { stepResiduals: { everyNthToken: 1, cond: rows, uncond: rows } });
  hostile = write('hostile.json', { stepResiduals: { '\u001b[31mcond': [[], [0.01]] } });
  empty = write('empty.json', { stepResiduals: null });
});

test('schedule and latency, as JSON', () => {
  const flags = ['--threshold', '0.12,0,inf', '--full-ms', '100', '--cached-ms', '10', '--json'];
  const { code, stdout, stderr } = gapscope(['step-cache', record, ...flags]);
  expect([code, stderr]).toEqual([0, '']);
  const result = JSON.parse(stdout) as {
    schema: string;
    rows: { hits: number; latency: { predictedMs: number }; kinds: { reused: number[] }[] }[];
  };
  expect(result.schema).toBe('gapscope.step-cache/1');
  // One computed, two reused, and so on: 12 and 24 of 36, for each of two kinds.
  expect(result.rows.map(({ hits }) => hits)).toEqual([48, 0, 70]);
  expect(result.rows[0]!.kinds[0]!.reused.slice(0, 4)).toEqual([1, 2, 4, 5]);
  expect(result.rows[0]!.latency.predictedMs).toBe(24 * 100 + 48 * 10);
});

test('text fits the terminal, and shows every step', () => {
  for (const width of [60, 120]) {
    const { code, stdout, stderr } = gapscope(
      ['step-cache', record, '--threshold', '0.12', '--full-ms', '100', '--cached-ms', '10'],
      {
        COLUMNS: String(width),
      },
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('█··█··█··');
    for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(width);
  }
});

test('names from the file cannot drive the terminal', () => {
  const { code, stdout } = gapscope(['step-cache', hostile, '--threshold', '0.1']);
  expect(code).toBe(0);
  expect(stdout).not.toContain('\u001b');
});

test('a feature cache by its plan', () => {
  const { stdout } = gapscope([
    'step-cache',
    record,
    '--method',
    'feature-cache',
    '--plan',
    '9-18:2-30',
    '--json',
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    method: 'feature-cache',
    rows: [{ hits: 58, hitShare: 58 / 72 }],
  });
});

describe('mistakes are one sentence with what to do, exit 1', () => {
  test.each<[string, () => string[], RegExp]>([
    ['no threshold', () => [record], /needs a threshold/],
    ['a threshold below 0', () => [record, '--threshold', '0.1,-1'], /'-1' is no threshold/],
    ['nothing recorded', () => [empty, '--threshold', '0.1'], /no stepResiduals/],
    [
      'TeaCache without coefficients',
      () => [record, '--method', 'teacache', '--threshold', '0.1'],
      /coefficients/,
    ],
    [
      'a plan for another method',
      () => [record, '--threshold', '0.1', '--plan', '1:2'],
      /--plan means nothing/,
    ],
    ['no time', () => [record, '--threshold', '0.1', '--full-ms', '0'], /--full-ms 0/],
    ['no file', () => [`${record}.json`, '--threshold', '0.1'], /cannot be read/],
    [
      'a trace without distances',
      () => ['traces/small-eager.trace', '--threshold', '0.1'],
      /no stepResiduals/,
    ],
  ])('%s', (_, flags, message) => {
    const { code, stdout, stderr } = gapscope(['step-cache', ...flags()]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: .+\nhint: /);
    expect(stderr).toMatch(message);
  });
});
