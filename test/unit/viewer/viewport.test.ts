import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snap, hitTest } from '../../../viewer/timeline/hit-test.js';
import { broughtIn, fitted } from '../../../viewer/timeline/navigation.js';
import { clampSpan, MIN_SPAN_NS, zoomed } from '../../../viewer/timeline/viewport.js';
import { frameOf } from './track-frame.js';

const EXTENT = { startNs: 0, endNs: 1e9 };
const spans = fc
  .tuple(fc.double({ min: -2e9, max: 3e9, noNaN: true }), fc.double({ min: 0, max: 5e9, noNaN: true }))
  .map(([startNs, width]) => ({ startNs, endNs: startNs + width }));

describe('the view', () => {
  it('stays within the trace, give or take a twentieth of a screen', () => {
    fc.assert(
      fc.property(spans, (span) => {
        const { startNs, endNs } = clampSpan(span, EXTENT);
        const width = endNs - startNs;
        expect(width).toBeGreaterThanOrEqual(MIN_SPAN_NS * 0.999);
        expect(width).toBeLessThanOrEqual(1.041e9);
        expect(startNs).toBeGreaterThanOrEqual(-0.051 * width);
        expect(endNs).toBeLessThanOrEqual(1e9 + 0.051 * width);
      }),
    );
  });

  it('is left as it is where nothing is wrong with it', () => {
    expect(clampSpan({ startNs: 5, endNs: 500 }, EXTENT)).toEqual({ startNs: 5, endNs: 500 });
    expect(clampSpan(EXTENT, EXTENT)).toEqual(EXTENT);
  });

  it('zooms about a time that stays where it is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (place, factor) => {
          const view = { startNs: 1000, endNs: 9000 };
          const anchor = 1000 + place * 8000;
          const after = zoomed(view, factor, anchor);
          expect((anchor - after.startNs) / (after.endNs - after.startNs)).toBeCloseTo(place, 9);
          expect(after.endNs - after.startNs).toBeCloseTo(8000 * factor, 6);
        },
      ),
    );
  });

  it('stands still at the limit of zooming instead of sliding', () => {
    const view = { startNs: 500, endNs: 500 + MIN_SPAN_NS };
    const after = zoomed(view, 0.5, 505);
    expect(after.startNs).toBeCloseTo(view.startNs, 9);
    expect(after.endNs).toBeCloseTo(view.endNs, 9);
  });
});

describe('bringing an event into view', () => {
  const view = { startNs: 1000, endNs: 2000 };

  it('does not move what is well within it, nor what covers it', () => {
    expect(broughtIn(view, { startNs: 1200, endNs: 1210 })).toBeUndefined();
    expect(broughtIn(view, { startNs: 0, endNs: 5000 })).toBeUndefined();
  });

  it('centres what is outside, at the same zoom', () => {
    expect(broughtIn(view, { startNs: 7000, endNs: 7100 })).toEqual({ startNs: 6550, endNs: 7550 });
    expect(broughtIn(view, { startNs: 1990, endNs: 1995 })).toEqual({ startNs: 1492.5, endNs: 2492.5 });
  });

  it('shows the start of what is longer than the view', () => {
    const moved = broughtIn(view, { startNs: 50_000, endNs: 90_000 })!;
    expect(moved.endNs - moved.startNs).toBeCloseTo(1000, 9);
    expect(moved.startNs).toBeLessThan(50_000);
    expect(moved.endNs).toBeGreaterThan(50_000);
  });

  it('frames with room on both sides, and an instant with a microsecond', () => {
    expect(fitted({ startNs: 10_000, endNs: 14_000 })).toEqual({ startNs: 7000, endNs: 17_000 });
    expect(fitted({ startNs: 10_000, endNs: 10_000 })).toEqual({ startNs: 8750, endNs: 11_250 });
  });
});

describe('what is under the pointer', () => {
  const frame = frameOf([
    { start: 10, end: 20 },
    { start: 30, end: 31 },
    { start: 5, end: 50, row: 1 },
  ]);

  it('is the event that contains the time, on its own row', () => {
    expect(hitTest(frame, 0, 15, 2)).toBe(0);
    expect(hitTest(frame, 1, 15, 2)).toBe(2);
  });

  it('is else the nearest within reach', () => {
    expect(hitTest(frame, 0, 29, 2)).toBe(1);
    expect(hitTest(frame, 0, 25, 2)).toBe(-1);
    expect(hitTest(frame, 2, 15, 2)).toBe(-1);
  });

  it('attracts the edge of a selection', () => {
    expect(snap([frame], 21, 3)).toBe(20);
    expect(snap([frame], 30.6, 3)).toBe(31);
    expect(snap([frame], 25, 3)).toBe(25);
  });
});
