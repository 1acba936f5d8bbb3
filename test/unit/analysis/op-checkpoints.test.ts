import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkpointBefore } from '../../../src/analysis/op-checkpoints.js';
import { busyNs, findGaps } from '../../../src/analysis/busy.js';
import type { Trace } from '../../../src/trace/trace.js';

/** Ops in order of start, some long, some without length, some damaged: two devices. */
function manyOps(seed: number): Trace['ops'] {
  let state = seed;
  const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const length = 5000;
  const startNs = Float64Array.from({ length }, () => Math.floor(random() * 100_000)).sort();
  const durationNs = Float64Array.from({ length }, () => {
    const kind = random();
    return kind < 0.02
      ? Math.floor(random() * 20_000)
      : kind < 0.05
        ? -50
        : kind < 0.1
          ? 0
          : Math.floor(random() * 30);
  });
  const device = Uint8Array.from({ length }, () => (random() < 0.3 ? 1 : 0));
  return { length, startNs, durationNs, device } as unknown as Trace['ops'];
}

test('nothing before a checkpoint reaches the time it is for, and it knows how far that went', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: -10, max: 130_000 }),
      fc.constantFrom(0, 1),
      (seed, fromNs, device) => {
        const ops = manyOps(seed);
        const { op, endNs, last } = checkpointBefore(ops, device, fromNs);
        let end = -Infinity;
        let lastOp = -1;
        for (let i = 0; i < op; i++) {
          if (ops.device[i] !== device) continue;
          const opEnd = ops.startNs[i]! + ops.durationNs[i]!;
          expect(Math.max(ops.startNs[i]!, opEnd)).toBeLessThan(fromNs);
          if (ops.durationNs[i]! > 0 && opEnd > end) {
            end = opEnd;
            lastOp = i;
          }
        }
        expect([endNs, last]).toEqual([end, lastOp]);
      },
    ),
    { numRuns: 40 },
  );
});

test('a late window begins late', () => {
  expect(checkpointBefore(manyOps(7), 0, 1e9).op).toBe(4096);
});

test('gaps and busy time of a late window are those of the whole, from there on', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 99_000 }), (seed, startNs) => {
      const trace = { ops: manyOps(seed) } as Trace;
      const whole = findGaps(trace, 0, { startNs: 0, endNs: 200_000 });
      const late = findGaps(trace, 0, { startNs, endNs: 200_000 });
      const first = whole.endNs.findIndex((ns) => ns > startNs);
      for (const column of ['startNs', 'endNs', 'before', 'after'] as const) {
        expect(Array.from(late[column])).toEqual(Array.from(whole[column].subarray(first)));
      }
      const idle = late.startNs.reduce((sum, from, g) => sum + late.endNs[g]! - Math.max(from, startNs), 0);
      expect(busyNs(trace, 0, [{ startNs, endNs: 200_000 }])).toBe(200_000 - startNs - idle);
    }),
    { numRuns: 40 },
  );
});
