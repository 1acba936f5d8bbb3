import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame, FrameRequest, TrackFrame } from '../../../viewer/engine/protocol.js';
import { FrameCache } from '../../../viewer/timeline/frame-cache.js';
import { coverage, frameWindow, stepOf, type Span } from '../../../viewer/timeline/frame-window.js';

const EXTENT: Span = { startNs: 0, endNs: 1e12 };
const views = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: Math.log(20), max: Math.log(1e12), noNaN: true }),
  )
  .map(([place, logSpan]): Span => {
    const span = Math.min(1e12, Math.exp(logSpan));
    const startNs = place * (1e12 - span);
    return { startNs, endNs: startNs + span };
  });

describe('frame windows', () => {
  it('step by powers of two, between half a pixel and one', () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 100, max: 4000 }), (view, width) => {
        const step = stepOf(view, width);
        const nsPerPx = (view.endNs - view.startNs) / width;
        expect(Number.isInteger(Math.log2(step))).toBe(true);
        if (nsPerPx >= 1) {
          expect(step).toBeLessThanOrEqual(nsPerPx);
          expect(step * 2).toBeGreaterThan(nsPerPx);
        } else expect(step).toBe(1);
      }),
    );
  });

  it('take in a screen on each side, as far as the trace goes, on whole steps', () => {
    fc.assert(
      fc.property(views, (view) => {
        const { startNs, endNs, stepNs } = frameWindow(view, 1000, EXTENT);
        const span = view.endNs - view.startNs;
        expect(startNs % stepNs === 0 && endNs % stepNs === 0).toBe(true);
        expect(startNs).toBeLessThanOrEqual(Math.max(0, view.startNs - span));
        expect(endNs).toBeGreaterThanOrEqual(Math.min(1e12, view.endNs + span));
        expect(endNs - startNs).toBeLessThanOrEqual(3 * span + 4 * stepNs);
      }),
    );
  });

  it('serve the view that they were made for, and a pan within them', () => {
    fc.assert(
      fc.property(views, fc.double({ min: -0.6, max: 0.6, noNaN: true }), (view, share) => {
        const have = frameWindow(view, 1000, EXTENT);
        expect(coverage(have, view, 1000, EXTENT)).toBe('good');
        const by = share * (view.endNs - view.startNs);
        const moved = { startNs: view.startNs + by, endNs: view.endNs + by };
        // The same width in another place rounds to the other side now and then.
        fc.pre(stepOf(moved, 1000) === have.stepNs);
        expect(coverage(have, moved, 1000, EXTENT)).not.toBe('lacking');
      }),
    );
  });

  it('lack when the view leaves them or the step is another', () => {
    const view = { startNs: 5e9, endNs: 6e9 };
    const have = frameWindow(view, 1000, EXTENT);
    expect(coverage(have, { startNs: 6.5e9, endNs: 7.5e9 }, 1000, EXTENT)).toBe('lacking');
    expect(coverage(have, { startNs: 5.9e9, endNs: 6.9e9 }, 1000, EXTENT)).toBe('near-edge');
    expect(coverage(have, { startNs: 5.2e9, endNs: 5.5e9 }, 1000, EXTENT)).toBe('lacking');
  });
});

function frameFor(request: FrameRequest): Frame {
  const tracks = request.tracks.map((track) => ({ track, count: 0 }) as unknown as TrackFrame);
  return { request, tracks, counters: [] };
}

/** An engine whose answers come when the test says so. */
function slowEngine() {
  const asked: { request: FrameRequest; answer: () => void; fail: () => void }[] = [];
  const failures: unknown[] = [];
  const cache = new FrameCache({
    fetch: (request) =>
      new Promise((resolve, reject) => {
        asked.push({
          request,
          answer: () => resolve(frameFor(request)),
          fail: () => reject(new Error('no')),
        });
      }),
    arrived: () => undefined,
    failed: (error) => failures.push(error),
  });
  return { asked, failures, cache };
}

const TRACKS = [
  { key: 'a', slot: 0, id: 'a' },
  { key: '1:a', slot: 1, id: 'a' },
] as const;
const at = (startNs: number, endNs: number, filter?: number) => ({
  view: { startNs, endNs },
  extent: EXTENT,
  widthPx: 1000,
  filters: [filter, filter],
});
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('frame cache', () => {
  it('asks once a slot, and then for the newest view only', async () => {
    const { asked, cache } = slowEngine();
    for (let k = 0; k < 5; k++) cache.want(TRACKS, at(k * 1e10, k * 1e10 + 1e9));
    expect(asked.map(({ request }) => request.slot)).toEqual([0, 1]);
    asked[0]!.answer();
    await turn();
    expect(asked).toHaveLength(3);
    expect(asked[2]!.request.startNs).toBeLessThanOrEqual(4e10);
    expect(asked[2]!.request.endNs).toBeGreaterThanOrEqual(4.1e10);
    // What came in for the old view is kept until the new one is there.
    expect(cache.get('a')?.window.startNs).toBe(asked[0]!.request.startNs);
  });

  it('asks for nothing that it has', async () => {
    const { asked, cache } = slowEngine();
    cache.want([TRACKS[0]], at(0, 1e9));
    asked[0]!.answer();
    await turn();
    cache.want([TRACKS[0]], at(2e7, 1.02e9));
    cache.want([TRACKS[0], { key: 'b', slot: 0, id: 'b' }], at(0, 1e9));
    expect(asked.slice(1).map(({ request }) => request.tracks)).toEqual([['b']]);
  });

  it('asks anew for another filter', async () => {
    const { asked, cache } = slowEngine();
    cache.want([TRACKS[0]], at(0, 1e9));
    asked[0]!.answer();
    await turn();
    cache.want([TRACKS[0]], at(0, 1e9, 7));
    expect(asked[1]!.request.filter).toBe(7);
  });

  it('throws away an answer from before it was cleared', async () => {
    const { asked, cache } = slowEngine();
    cache.want([TRACKS[0]], at(0, 1e9));
    cache.clear();
    asked[0]!.answer();
    await turn();
    expect(cache.get('a')).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('tells a failure once, and does not repeat the request', async () => {
    const { asked, failures, cache } = slowEngine();
    cache.want([TRACKS[0]], at(0, 1e9));
    asked[0]!.fail();
    await turn();
    cache.want([TRACKS[0]], at(0, 1e9));
    expect(asked).toHaveLength(1);
    expect(failures).toHaveLength(1);
    cache.want([TRACKS[0]], at(1e10, 1.1e10));
    expect(asked).toHaveLength(2);
  });
});
