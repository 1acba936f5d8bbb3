import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdLookup } from '../../../src/analysis/id-lookup.js';
import { launchOfOps } from '../../../src/analysis/launch.js';
import { firstAfter } from '../../../src/analysis/segments.js';
import { buildTrace } from './build-trace.js';

describe('launch of an op', () => {
  it('is the outermost call with its correlation id', () => {
    const trace = buildTrace({
      ops: [
        { start: 50, end: 60, correlation: 3 },
        { start: 70, end: 80, correlation: 4 },
        { start: 90, end: 95 },
      ],
      calls: [
        { start: 1, end: 3, correlation: 3 },
        { start: 1, end: 9, correlation: 3 },
        { start: 2, end: 20, correlation: 3 },
        { start: 30, end: 31, correlation: 0 },
      ],
    });
    expect([...launchOfOps(trace)]).toEqual([1, -1, -1]);
  });
});

describe('id lookup', () => {
  const ids = fc.uniqueArray(
    fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 0xffffffff })),
    {
      maxLength: 80,
    },
  );
  it('is a map, dense or sparse', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 0, max: 0xffffffff }), (list, stranger) => {
        const lookup = new IdLookup(Math.min(...list), Math.max(...list), list.length);
        list.forEach((id, row) => lookup.set(id, row));
        list.forEach((id, row) => expect(lookup.get(id)).toBe(row));
        if (!list.includes(stranger)) expect(lookup.get(stranger)).toBe(-1);
      }),
    );
  });
});

describe('galloping search', () => {
  it('finds the same from any hint', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(45), fc.nat(45), (length, boundary, hint) => {
        const found = firstAfter(length, Math.min(hint, length), (i) => {
          expect(i).toBeGreaterThanOrEqual(0);
          expect(i).toBeLessThan(length);
          return i >= boundary;
        });
        expect(found).toBe(Math.min(boundary, length));
      }),
      { numRuns: 2000 },
    );
  });
});
