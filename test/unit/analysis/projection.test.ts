import fc from 'fast-check';
import { expect, test } from 'vitest';
import { launchOfOps } from '../../../src/analysis/launch.js';
import { projectRanges } from '../../../src/analysis/projection.js';
import { buildTrace, type CallRow, type OpRow, type RangeRow } from './build-trace.js';

/** More launches a thread than `projectRanges` has in one block, so that a range covers whole blocks and parts. */
const LAUNCHES = 3000;

test('a range is where the ops ran that its thread launched while it was open, however many', () => {
  const random = fc.record({
    /** Ops of a launch, from its start: when, how long, on which device; on two threads in turn. */
    ops: fc.array(fc.tuple(fc.nat(500), fc.integer({ min: -2, max: 300 }), fc.nat(1)), {
      minLength: 40,
      maxLength: 40,
    }),
    ranges: fc.array(fc.tuple(fc.nat(LAUNCHES * 10), fc.nat(LAUNCHES * 10), fc.integer({ min: 1, max: 3 })), {
      minLength: 1,
      maxLength: 12,
    }),
  });
  fc.assert(
    fc.property(random, (made) => {
      const calls: CallRow[] = [];
      const ops: OpRow[] = [];
      for (let k = 0; k < LAUNCHES; k++) {
        const start = k * 10;
        calls.push({ start, end: start + 5, thread: 1 + (k % 2), correlation: k + 1 });
        const [delay, length, device] = made.ops[(k * 7) % made.ops.length]!;
        ops.push({ start: start + delay, end: start + delay + length, device, correlation: k + 1 });
      }
      const ranges = made.ranges.map(([start, length, thread]): RangeRow => {
        return { start, end: start + length, thread, name: 'r', kind: 1 };
      });
      const trace = buildTrace({ calls, ops, ranges });
      const rows = Array.from(trace.ranges.startNs, (_, row) => row);
      const expected = rows.flatMap((range) => {
        const from = trace.ranges.startNs[range]!;
        const until = from + trace.ranges.durationNs[range]!;
        const own = ops.filter(({ correlation, device }) => {
          const call = calls[correlation! - 1]!;
          const isOpen = call.start >= from && call.start < until;
          return device === 0 && isOpen && call.thread === trace.ranges.thread[range];
        });
        const startNs = Math.min(...own.map(({ start }) => start));
        const endNs = Math.max(...own.map(({ start, end }) => Math.max(start, end)));
        return own.length === 0 ? [] : [{ range, startNs, endNs }];
      });
      expect(projectRanges(trace, launchOfOps(trace), 0, rows)).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});
