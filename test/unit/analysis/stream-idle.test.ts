import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { launchOfOps } from '../../../src/analysis/launch.js';
import { kernelWaitBelowNs, streamIdle, type StreamIdle } from '../../../src/analysis/stream-idle.js';
import { UserError } from '../../../src/trace/errors.js';
import { buildTrace } from './build-trace.js';
import { MAX_TIME, randomTrace, streamTrace } from './random-trace.js';

const LIMIT = 5;

describe('stream gaps by hand', () => {
  //        0         10        20        30        40
  // call    a  b              c       (d is not there)
  // op 1   [A )   [B  )          [C )      [D )[E)
  const trace = buildTrace({
    calls: [
      { start: 1, end: 2, correlation: 1 },
      { start: 3, end: 4, correlation: 2 },
      { start: 18, end: 19, correlation: 3 },
      { start: 19, end: 20, correlation: 5 },
    ],
    ops: [
      { start: 2, end: 6, stream: 1, correlation: 1 },
      { start: 10, end: 15, stream: 1, correlation: 2 },
      { start: 22, end: 26, stream: 1, correlation: 3 },
      { start: 32, end: 36, stream: 1, correlation: 4 },
      { start: 34, end: 38, stream: 1, correlation: 5 },
      { start: 45, end: 50, stream: 1, correlation: 5 },
      { start: 0, end: 50, stream: 2 },
    ],
  });
  const of = (...windows: [number, number][]): StreamIdle | undefined =>
    streamIdle(
      trace,
      launchOfOps(trace),
      0,
      windows.map(([startNs, endNs]) => ({ startNs, endNs })),
      LIMIT,
    ).streams.find(({ stream }) => stream === 1);

  it('sorts them by when the launch was called, and by length', () => {
    expect(of([0, 50])).toEqual({
      context: 0,
      stream: 1,
      ops: 6,
      gaps: { count: 4, totalNs: 4 + 7 + 6 + 7 },
      // C was called at 18, after B had ended at 15.
      hostWait: { count: 1, totalNs: 7 },
      kernelWait: { count: 1, totalNs: 4 },
      // D has no launch and is 6 long; E's second op was called at 19, and is 7 long.
      other: { count: 2, totalNs: 13 },
      unknownLaunch: { count: 1, totalNs: 6 },
      overlapping: { count: 1, totalNs: 2 },
    });
  });

  it('takes the class of the whole gap, and only the time within the windows', () => {
    expect(of([8, 17], [20, 21])).toMatchObject({
      ops: 1,
      hostWait: { count: 1, totalNs: 3 },
      kernelWait: { count: 1, totalNs: 2 },
      other: { count: 0, totalNs: 0 },
    });
  });
});

it('on random traces is what looking at every op by itself finds', () => {
  const window = fc.tuple(fc.nat(MAX_TIME), fc.integer({ min: 1, max: MAX_TIME }));
  fc.assert(
    fc.property(fc.oneof(randomTrace, streamTrace), fc.option(window), fc.nat(9), (rows, picked, limit) => {
      const trace = buildTrace(rows);
      fc.pre(trace.ops.device.includes(0));
      const [from, to] = picked === null ? [0, trace.endNs] : [picked[0], picked[0] + picked[1]];
      const launch = launchOfOps(trace);
      const result = streamIdle(trace, launch, 0, [{ startNs: from, endNs: to }], limit);
      const { ops, calls } = trace;
      const expected = new Map<string, Record<'hostWait' | 'kernelWait' | 'other', number>>();
      for (let i = 0; i < ops.length; i++) {
        if (ops.device[i] !== 0) continue;
        const key = `${ops.context[i]}/${ops.stream[i]}`;
        const sums = expected.get(key) ?? { hostWait: 0, kernelWait: 0, other: 0 };
        expected.set(key, sums);
        let end = -Infinity;
        for (let j = 0; j < i; j++) {
          if (ops.device[j] !== 0 || `${ops.context[j]}/${ops.stream[j]}` !== key) continue;
          end = Math.max(end, ops.startNs[j]! + Math.max(0, ops.durationNs[j]!));
        }
        const start = ops.startNs[i]!;
        if (end === -Infinity || start <= end) continue;
        const late = launch[i]! >= 0 && calls.startNs[launch[i]!]! > end;
        const name = late ? 'hostWait' : start - end < limit ? 'kernelWait' : 'other';
        sums[name] += Math.max(0, Math.min(start, to) - Math.max(end, from));
      }
      for (const one of result.streams) {
        const found = {
          hostWait: one.hostWait.totalNs,
          kernelWait: one.kernelWait.totalNs,
          other: one.other.totalNs,
        };
        expect(found).toEqual(expected.get(`${one.context}/${one.stream}`));
        expect(one.gaps.totalNs).toBe(found.hostWait + found.kernelWait + found.other);
        expected.delete(`${one.context}/${one.stream}`);
      }
      for (const left of expected.values()) expect(left).toEqual({ hostWait: 0, kernelWait: 0, other: 0 });
    }),
    { numRuns: 1000 },
  );
});

it('is given only where asked for', () => {
  const trace = buildTrace({ ops: [{ start: 0, end: 1 }, { start: 3, end: 4 }] }); // prettier-ignore
  expect(analyzeGaps(trace).devices[0]).not.toHaveProperty('byStream');
  const { byStream } = analyzeGaps(trace, { streamKernelWaitBelowNs: 2 }).devices[0]!;
  expect(byStream).toMatchObject({ kernelWaitBelowNs: 2, streams: [{ other: { count: 1, totalNs: 2 } }] });
});

it('reads the limit with its unit', () => {
  expect([undefined, '30us', '1.5 µs', '7', '2ms'].map(kernelWaitBelowNs)).toEqual([30_000, 30_000, 1500, 7, 2e6]); // prettier-ignore
  for (const text of ['', 'x', '-1us', '3 weeks']) {
    expect(() => kernelWaitBelowNs(text)).toThrow(UserError);
  }
});
