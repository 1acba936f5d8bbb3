import { describe, expect, test } from 'vitest';
import { compareRuns, type CompareRow } from '../../../src/analysis/compare.js';
import { UserError } from '../../../src/trace/errors.js';
import type { Trace } from '../../../src/trace/trace.js';
import { buildTrace, type TraceRows } from './build-trace.js';

/** Two blocks of a matmul and a copy kernel; the candidate's second copy is gone, and its matmuls take longer. */
function run(matmulNs: number, copies: number): Trace {
  const rows: Required<Pick<TraceRows, 'ops' | 'calls' | 'ranges'>> = { ops: [], calls: [], ranges: [] };
  [0, 1].forEach((block) => {
    const at = block * 1000;
    rows.ranges.push({ start: at, end: at + 400, name: `block:${block}` });
    const launch = (start: number, end: number, name: string): void => {
      const correlation = rows.calls.length + 1;
      rows.calls.push({
        start: at + rows.ops.length,
        end: at + rows.ops.length + 1,
        correlation,
        name: 'cuLaunchKernel',
      });
      rows.ops.push({ start: at + start, end: at + end, correlation, name });
    };
    launch(100, 100 + matmulNs, 'nvjet_gemm');
    if (block < copies) launch(500, 550, 'CatArrayBatchedCopy');
  });
  return buildTrace(rows);
}

/** A row of sums: a share of one is the sum itself. */
const row = (
  label: string,
  baseCount: number,
  candidateCount: number,
  baseNs: number,
  candidateNs: number,
) => ({
  label,
  baseCount,
  candidateCount,
  baseNs,
  candidateNs,
  baseEachNs: baseNs,
  candidateEachNs: candidateNs,
  differenceNs: candidateNs - baseNs,
});

describe('two runs', () => {
  const base = [run(100, 2)];
  const candidate = [run(120, 1)];

  test('are compared by template, kernel and cause, largest difference first', () => {
    const result = compareRuns(base, candidate);
    expect(result.byKernel.map(({ fullName, ...rest }) => [fullName, rest])).toEqual([
      ['CatArrayBatchedCopy', row('CatArrayBatchedCopy', 2, 1, 100, 50)],
      ['nvjet_gemm', row('nvjet_gemm', 2, 2, 200, 240)],
    ]);
    expect(result.byTemplate).toEqual([row('block:#', 4, 3, 300, 290)]);
    expect(result.base).toMatchObject({ ops: 4, opNs: 300, busyNs: 300, spanNs: 1450, idleNs: 1150 });
    expect(result.candidate).toMatchObject({ ops: 3, opNs: 290, busyNs: 290, spanNs: 1120, idleNs: 830 });
    const idle = (rows: readonly CompareRow[]): [number, number] => [
      rows.reduce((sum, { baseNs }) => sum + baseNs, 0),
      rows.reduce((sum, { candidateNs }) => sum + candidateNs, 0),
    ];
    expect(idle(result.byCause)).toEqual([1150, 830]);
    expect(compareRuns(candidate, base).byTemplate).toEqual([row('block:#', 3, 4, 290, 300)]);
  });

  test('are compared within a window of both', () => {
    const { byKernel, window } = compareRuns(base, candidate, { window: 'block:1' });
    expect(window).toBe('block:1');
    expect(byKernel.map(({ label, baseNs, candidateNs }) => [label, baseNs, candidateNs])).toEqual([
      ['CatArrayBatchedCopy', 50, 0],
      ['nvjet_gemm', 100, 120],
    ]);
    expect(() => compareRuns(base, candidate, { window: 'nothing' })).toThrow(UserError);
    expect(() => compareRuns(base, [run(100, 0)], { device: 1 })).toThrow(/^In the base: /);
  });

  test('add up over processes, of which some may lack the window', () => {
    const lone = buildTrace({ ops: [{ start: 0, end: 10, name: 'nvjet_gemm' }] });
    const whole = compareRuns([...base, lone], candidate);
    expect(whole.byKernel.find(({ fullName }) => fullName === 'nvjet_gemm')).toMatchObject({
      baseNs: 210,
      baseCount: 3,
    });
    const inBlock = compareRuns([...base, lone], candidate, { window: 'block:*' });
    expect(inBlock.byKernel.find(({ fullName }) => fullName === 'nvjet_gemm')).toMatchObject({ baseNs: 200 });
  });
});
