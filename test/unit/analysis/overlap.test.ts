import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { analyzeOverlap } from '../../../src/analysis/overlap.js';
import { readTrace } from '../../../src/trace/read-trace.js';
import { buildTrace, type OpRow, type TraceRows } from './build-trace.js';
import { MAX_TIME, randomTrace, streamTrace } from './random-trace.js';

/** The definitions, one nanosecond at a time. */
function bruteForce(rows: TraceRows, device: number, from: number, to: number) {
  const mine = (rows.ops ?? []).filter((op) => (op.device ?? 0) === device);
  const isCopy = (op: OpRow): boolean => op.kind === 1 || op.kind === 2;
  const byCount: number[] = [];
  const busyOf: Record<number, number> = {};
  const aloneOf: Record<number, number> = {};
  const copies = { busyNs: 0, hiddenNs: 0, exposedNs: 0 };
  const kinds = { totalNs: 0, hiddenNs: 0 };
  const isIdle: boolean[] = [];
  for (let t = from; t < to; t++) {
    const running = mine.filter((op) => op.start <= t && t < op.end);
    byCount[running.length] = (byCount[running.length] ?? 0) + 1;
    isIdle[t] = running.length === 0;
    const streams = new Set(running.map((op) => op.stream ?? 0));
    for (const stream of streams) {
      busyOf[stream] = (busyOf[stream] ?? 0) + 1;
      if (streams.size === 1) aloneOf[stream] = (aloneOf[stream] ?? 0) + 1;
    }
    const copying = running.filter(isCopy).length;
    const isHidden = running.some((op) => !isCopy(op));
    if (copying > 0) copies.busyNs++;
    if (copying > 0) copies[isHidden ? 'hiddenNs' : 'exposedNs']++;
    kinds.totalNs += copying;
    if (isHidden) kinds.hiddenNs += copying;
  }
  return { byCount, busyOf, aloneOf, copies, kinds, isIdle };
}

it('agrees with brute force, and closes to the window', () => {
  const span = fc.option(
    fc.tuple(fc.nat(MAX_TIME), fc.integer({ min: 1, max: MAX_TIME })).map(([a, n]) => [a, a + n] as const),
    { nil: undefined },
  );
  fc.assert(
    fc.property(fc.oneof(randomTrace, streamTrace), span, (rows, window) => {
      const trace = buildTrace(rows);
      const options = window === undefined ? {} : { window: `${window[0]}..${window[1]}` };
      let gaps;
      try {
        gaps = analyzeGaps(trace, options);
      } catch (error) {
        expect(() => analyzeOverlap(trace, options)).toThrow((error as Error).message);
        return;
      }
      const { devices } = analyzeOverlap(trace, { ...options, top: Infinity });
      devices.forEach((device, i) => {
        const { startNs, endNs, spanNs } = device.window;
        const truth = bruteForce(rows, device.window.device, startNs, endNs);
        const levels = Object.fromEntries(device.concurrency.map(({ ops, totalNs }) => [ops, totalNs]));
        expect(levels).toEqual({
          0: 0,
          ...Object.fromEntries([...truth.byCount.entries()].filter(([, ns]) => ns)),
        });
        expect(device.concurrency.reduce((sum, { totalNs }) => sum + totalNs, 0)).toBe(spanNs);
        expect(device.busyNs).toBe(gaps.devices[i]!.busyNs);
        expect(device.idleNs).toBe(gaps.devices[i]!.idleNs);
        for (const { stream, busyNs, aloneNs } of device.streams) {
          expect([busyNs, aloneNs]).toEqual([truth.busyOf[stream] ?? 0, truth.aloneOf[stream] ?? 0]);
        }
        const { kinds, ...copies } = device.copies;
        expect(copies).toEqual(truth.copies);
        expect(kinds.reduce((sum, { totalNs }) => sum + totalNs, 0)).toBe(truth.kinds.totalNs);
        expect(kinds.reduce((sum, { hiddenNs }) => sum + hiddenNs, 0)).toBe(truth.kinds.hiddenNs);
        const { waits } = device.hostWaits;
        for (const { totalNs, idleNs } of waits) {
          expect(idleNs).toBeGreaterThanOrEqual(0);
          expect(idleNs).toBeLessThanOrEqual(totalNs);
        }
        expect(waits.reduce((sum, { count }) => sum + count, 0)).toBe(device.hostWaits.count);
      });
    }),
    { numRuns: 600 },
  );
});

describe('host waits', () => {
  const rows: TraceRows = {
    ops: [
      { start: 10, end: 50, correlation: 1, name: 'k' },
      { start: 80, end: 90, correlation: 2, name: 'k' },
      { start: 120, end: 130, kind: 1, correlation: 7, name: 'memcpy' },
    ],
    calls: [
      { start: 0, end: 5, name: 'cudaLaunchKernel', correlation: 1 },
      // The driver's wait inside the runtime's is the same wait.
      { start: 5, end: 55, name: 'cudaStreamSynchronize_v3020', correlation: 3 },
      { start: 6, end: 54, name: 'cuStreamSynchronize', correlation: 4 },
      { start: 70, end: 75, name: 'cudaLaunchKernel', correlation: 2 },
      { start: 75, end: 95, name: 'cudaStreamSynchronize_v3020', correlation: 5 },
      { start: 20, end: 100, name: 'cudaEventSynchronize', correlation: 6, thread: 2 },
      { start: 100, end: 131, name: 'cudaMemcpy', correlation: 7 },
    ],
    ranges: [
      { start: 4, end: 60, name: 'layer:1' },
      { start: 65, end: 99, name: 'layer:2' },
    ],
    syncs: [{ start: 5, end: 55, kind: 3, correlation: 3 }],
  };
  it('are grouped by thread, place and call, with the time in which nothing ran', () => {
    const [device] = analyzeOverlap(buildTrace(rows)).devices;
    const of = ({ thread, path, call, kind, count, totalNs, idleNs }: (typeof waits)[number]) =>
      [thread, path, call, kind, count, totalNs, idleNs] as const;
    const { waits } = device!.hostWaits;
    expect(waits.map(of)).toEqual([
      // 20–100: 50–80 and 90–100 idle.
      [2, '(no range)', 'cudaEventSynchronize', 'event', 1, 80, 40],
      // The window starts at 10, so 10–55 and 75–95: 50–55, 75–80 and 90–95 idle.
      [1, 'layer:#', 'cudaStreamSynchronize_v3020', 'stream', 2, 65, 15],
      // The window ends at 130: 100–130, idle until 120.
      [1, '(no range)', 'cudaMemcpy', 'blocking-copy', 1, 30, 20],
    ]);
    expect(waits[1]!.longest).toEqual({ startNs: 5, durationNs: 50 });
    expect(device!.hostWaits).toMatchObject({ count: 4, totalNs: 175, idleNs: 75 });
  });
  it('that were left out are summed', () => {
    const [device] = analyzeOverlap(buildTrace(rows), { top: 1 }).devices;
    expect(device!.hostWaits.waits).toHaveLength(1);
    expect(device!.hostWaits.omitted).toEqual({ count: 2, totalNs: 95 });
  });
});

it.each(['full-eager', 'full-batch2', 'small-eager', 'small-graphs'])('%s closes', async (name) => {
  const trace = await readTrace(`traces/${name}.trace`);
  for (const options of [{}, { window: 'temporal_block:*' }]) {
    const [device] = analyzeOverlap(trace, options).devices;
    const [gaps] = analyzeGaps(trace, options).devices;
    expect(device!.concurrency.reduce((sum, { totalNs }) => sum + totalNs, 0)).toBe(gaps!.window.spanNs);
    expect(device!.busyNs).toBe(gaps!.busyNs);
    expect(device!.copies.hiddenNs + device!.copies.exposedNs).toBe(device!.copies.busyNs);
  }
});
