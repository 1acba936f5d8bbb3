import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestRanges } from '../../../src/analysis/ranges.js';
import { buildTrace } from './build-trace.js';
import { randomTrace } from './random-trace.js';

describe('range of a call', () => {
  it('is the innermost open on its thread, by a search through all of them', () => {
    fc.assert(
      fc.property(randomTrace, (rows) => {
        const found = [...nestRanges(buildTrace(rows)).ofCall];
        const ranges = rows.ranges ?? [];
        const expected = (rows.calls ?? []).map((call) =>
          ranges.findLastIndex(
            (range) =>
              range.kind === 0 &&
              range.thread === call.thread &&
              range.start <= call.start &&
              call.start < range.end,
          ),
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('has as parent the innermost that contains it to the end', () => {
    fc.assert(
      fc.property(randomTrace, (rows) => {
        const found = [...nestRanges(buildTrace(rows)).parent];
        const ranges = rows.ranges ?? [];
        const expected = ranges.map((child, c) =>
          child.kind !== 0
            ? -1
            : ranges.findLastIndex(
                (range, r) =>
                  r < c &&
                  range.kind === 0 &&
                  range.thread === child.thread &&
                  range.start <= child.start &&
                  child.start < range.end &&
                  child.end <= range.end,
              ),
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });
});
