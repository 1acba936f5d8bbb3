import { expect, test } from 'vitest';
import { UserError } from '../../../src/trace/errors.js';
import type { Trace } from '../../../src/trace/trace.js';
import { collect } from '../../../src/report/collect.js';
import { markdown } from '../../../src/report/markdown/markdown.js';
import { reportDocument } from '../../../src/report/report-document.js';
import { buildTrace } from '../analysis/build-trace.js';

/** Ops of 10 µs, 5 µs apart, on each of the devices so many. */
function trace(pid: number, opsOfDevice: readonly number[]): Trace {
  const ops = opsOfDevice.flatMap((count, device) =>
    Array.from({ length: count }, (_, i) => ({
      start: i * 15_000,
      end: i * 15_000 + 10_000,
      name: 'gemm',
      device,
    })),
  );
  return { ...buildTrace({ ops }), pid };
}

function run(...traces: Trace[]): Parameters<typeof collect>[0] {
  return { path: 'run', traces, notices: [] };
}

test('of several processes and devices the busiest is reported, and the others are named', () => {
  const results = collect(run(trace(1, [3]), trace(2, [2, 9]), trace(3, [0])));
  expect(results.info.pid).toBe(2);
  expect(results.gaps.devices.map(({ pid, window, busyNs }) => [pid, window.device, busyNs])).toEqual([
    [2, 1, 90_000],
  ]);
  expect(results.leftOut).toEqual([
    'process 1, GPU 0: busy 30.0 µs of 40.0 µs, 2 gaps',
    'process 2, GPU 0: busy 20.0 µs of 25.0 µs, 1 gap',
  ]);
});

test('a place of one process is put on the axis of the run, which begins with the earliest', () => {
  const early = trace(1, [1]);
  const late = { ...trace(2, [5]), baseNs: early.baseNs + 7_000_000n };
  const { axis } = collect(run(late, early));
  expect(axis).toEqual({ pid: 2, device: 0, offsetNs: 7_000_000, endNs: 7_000_000 + late.endNs });
});

test('--device chooses; one that is nowhere is an error', () => {
  const both = run(trace(2, [2, 9]));
  expect(collect(both, { device: 0 }).gaps.devices[0]?.window.device).toBe(0);
  expect(() => collect(both, { device: 5 })).toThrow(UserError);
  expect(() => collect(run(trace(1, [0])))).toThrow('holds no GPU operations');
  expect(() => collect(run())).toThrow(UserError);
});

test('a trace of bare ops: what needs ranges or launch shapes refuses, and the report is written all the same', () => {
  const results = collect(run(trace(1, [3])));
  expect('refused' in results.switches).toBe(true);
  expect(results.noSwitch).toBeDefined();
  const text = markdown(reportDocument(results));
  expect(text).toContain('GPU busy: **75.0 %**');
  expect(text).not.toMatch(/\b(?:NaN|undefined|Infinity)\b/);
});
