import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findGaps } from '../../../src/analysis/busy.js';
import { CAUSES } from '../../../src/analysis/causes.js';
import { GapSplitter } from '../../../src/analysis/gap-split.js';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { BruteForce } from './brute-force.js';
import { buildTrace } from './build-trace.js';
import { MAX_TIME, randomTrace, streamTrace } from './random-trace.js';

const RUNS = { numRuns: Number(process.env['GAPSCOPE_PROPERTY_RUNS'] ?? 1500) };
const anyTrace = fc.oneof(randomTrace, streamTrace);
const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

describe('the idle budget on random traces', () => {
  it('agrees with a sweep over every nanosecond, and closes', () => {
    const window = fc.tuple(fc.nat(MAX_TIME), fc.integer({ min: 1, max: MAX_TIME }));
    fc.assert(
      fc.property(anyTrace, fc.option(window, { nil: undefined }), (rows, picked) => {
        const trace = buildTrace(rows);
        fc.pre(trace.ops.device.includes(0));
        fc.pre(picked === undefined || picked[0] < trace.endNs);
        const options = picked === undefined ? {} : { window: `${picked[0]}..${picked[0] + picked[1]}` };
        const result = analyzeGaps(trace, { device: 0, top: 1000, ...options }).devices[0]!;

        const { startNs, endNs, spanNs } = result.window;
        const brute = new BruteForce(rows, 0);
        const idleByCause: Record<string, number> = Object.fromEntries(CAUSES.map((cause) => [cause, 0]));
        const gaps = new Set<number>();
        let busy = 0;
        for (let t = startNs; t < endNs; t++) {
          const instant = brute.at(t);
          if (instant.busy) busy++;
          else {
            idleByCause[instant.cause]!++;
            gaps.add(instant.gapStart);
          }
        }
        expect(result.busyNs).toBe(busy);
        expect(result.idleByCause).toEqual(idleByCause);
        expect(result.gapCount).toBe(gaps.size);
        expect(spanNs).toBe(endNs - startNs);
        expect(result.busyNs + result.idleNs).toBe(spanNs);
        expect(sum(Object.values(result.idleByCause))).toBe(result.idleNs);
        expect(sum(result.hotspots.map((h) => h.totalNs))).toBe(result.idleNs);
        expect(sum(result.hotspots.map((h) => h.count))).toBe(result.gapCount);
      }),
      RUNS,
    );
  });

  it('splits each gap into parts that sum to it, wherever it is cut', () => {
    fc.assert(
      fc.property(anyTrace, fc.nat(MAX_TIME), (rows, cut) => {
        const trace = buildTrace(rows);
        const splitter = new GapSplitter(trace);
        const gaps = findGaps(trace, 0, { startNs: 0, endNs: trace.endNs });
        for (let g = 0; g < gaps.length; g++) {
          const [from, to] = [gaps.startNs[g]!, gaps.endNs[g]!];
          const middle = Math.min(Math.max(cut, from), to);
          const whole = new Float64Array(CAUSES.length);
          const halves = new Float64Array(CAUSES.length);
          splitter.split(from, gaps.before[g]!, gaps.after[g]!, from, to, whole);
          splitter.split(from, gaps.before[g]!, gaps.after[g]!, from, middle, halves);
          splitter.split(from, gaps.before[g]!, gaps.after[g]!, middle, to, halves);
          expect(sum(whole)).toBe(to - from);
          expect(halves).toEqual(whole);
        }
      }),
      RUNS,
    );
  });

  it('counts each instant of a range pattern once', () => {
    fc.assert(
      fc.property(randomTrace, (rows) => {
        const trace = buildTrace(rows);
        fc.pre(trace.ops.device.includes(0));
        let result;
        try {
          result = analyzeGaps(trace, { device: 0, window: '*', top: 1000 }).devices[0]!;
        } catch (error) {
          expect(String(error)).toMatch(/No range is called|launched nothing/);
          return;
        }
        // Every instant in the projection of some range, by plain loops.
        const brute = new BruteForce(rows, 0);
        const inside = new Set<number>();
        let claimed = 0;
        for (const range of rows.ranges ?? []) {
          if (range.kind === 2) continue;
          const own = brute.ops.filter((op, i) => {
            const call = brute.launches[i];
            const during = call !== undefined && range.start <= call.start && call.start < range.end;
            return during && call.thread === range.thread && op.device === 0;
          });
          const first = Math.min(...own.map((op) => op.start));
          const last = Math.max(...own.map((op) => Math.max(op.start, op.end)));
          for (let t = first; t < last; t++) inside.add(t);
          if (own.length > 0) claimed += last - first;
        }
        expect(result.window.spanNs).toBe(inside.size);
        expect(result.clippedNs).toBe(claimed - inside.size);
        let busy = 0;
        for (const t of inside) if (brute.at(t).busy) busy++;
        expect(result.busyNs).toBe(busy);
        expect(result.busyNs + result.idleNs).toBe(result.window.spanNs);
        expect(sum(Object.values(result.idleByCause))).toBe(result.idleNs);
      }),
      RUNS,
    );
  });
});
