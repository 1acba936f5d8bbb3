import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findGaps } from '../../../src/analysis/busy.js';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { CAUSES } from '../../../src/analysis/causes.js';
import { deviceSpan } from '../../../src/analysis/window.js';
import { visitIdle } from '../../../src/analysis/idle-pieces.js';
import { GapSplitter } from '../../../src/analysis/gap-split.js';
import { gapPieces, type GapPieces } from '../../../viewer/layout/gap-pieces.js';
import { NameTable } from '../../../viewer/engine/names.js';
import { OpenedTrace } from '../../../viewer/engine/opened-trace.js';
import type { GapTrack } from '../../../viewer/engine/tracks/gap-track.js';
import { buildTrace, type TraceRows } from '../analysis/build-trace.js';
import { randomTrace, streamTrace } from '../analysis/random-trace.js';

async function gapTracks(
  rows: TraceRows,
): Promise<{ tracks: GapTrack[]; trace: ReturnType<typeof buildTrace> }> {
  const trace = buildTrace(rows);
  const opened = new OpenedTrace(0, 'test', { path: '', traces: [trace], notices: [] }, new NameTable());
  await opened.analyze(
    () => undefined,
    () => Promise.resolve(),
  );
  return {
    trace,
    tracks: [...opened.tracks.values()].filter((track): track is GapTrack => track.kind === 'gaps'),
  };
}

function sumsOf({ cause, durationNs }: GapPieces): Record<string, number> {
  const sums = Object.fromEntries(CAUSES.map((one) => [one, 0]));
  cause.forEach((c, i) => (sums[CAUSES[c]!]! += durationNs[i]!));
  return sums;
}

describe('a gap in pieces', () => {
  test('lies in the order of time: what the host did, then the launch', async () => {
    const { tracks } = await gapTracks({
      ops: [
        { start: 0, end: 100, correlation: 1 },
        { start: 1000, end: 1100, correlation: 9 },
      ],
      calls: [
        { start: 0, end: 5, correlation: 1, name: 'cuLaunchKernel' },
        { start: 50, end: 300, correlation: 2, name: 'cuStreamSynchronize' },
        { start: 400, end: 450, correlation: 3, name: 'cuGetDevice' },
        { start: 500, end: 600, correlation: 4, name: 'cuMemAlloc' },
        { start: 900, end: 950, correlation: 9, name: 'cuLaunchKernel' },
      ],
    });
    const { pieces } = tracks[0]!;
    const shown = [...pieces.cause].map((c, i) => [CAUSES[c], pieces.startNs[i], pieces.durationNs[i]]);
    expect(shown).toEqual([
      ['sync', 100, 200],
      ['host', 300, 100],
      ['api', 400, 50],
      ['host', 450, 50],
      ['alloc', 500, 100],
      ['host', 600, 300],
      ['launch', 900, 100],
    ]);
  });

  test('covers it without a break, and sums to what the splitter says, cause by cause', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(randomTrace, streamTrace), async (rows) => {
        const { trace, tracks } = await gapTracks(rows);
        for (const track of tracks) {
          const { pieces, device } = track;
          const span = deviceSpan(trace, device)!;
          const gaps = findGaps(trace, device, span);
          expect(pieces.first.length).toBe(gaps.length + 1);
          const sums = new Float64Array(gaps.length * CAUSES.length);
          visitIdle(new GapSplitter(trace), gaps, [span], ({ gap, whole, parts, durationNs }) => {
            CAUSES.forEach((_, c) => {
              sums[gap * CAUSES.length + c]! += whole < 0 ? parts[c]! : c === whole ? durationNs : 0;
            });
          });
          for (let gap = 0; gap < gaps.length; gap++) {
            let at = Math.max(gaps.startNs[gap]!, span.startNs);
            for (let piece = pieces.first[gap]!; piece < pieces.first[gap + 1]!; piece++) {
              expect(pieces.startNs[piece]).toBe(at);
              expect(pieces.gap[piece]).toBe(gap);
              at += pieces.durationNs[piece]!;
              sums[gap * CAUSES.length + pieces.cause[piece]!]! -= pieces.durationNs[piece]!;
            }
            expect(at).toBe(Math.max(span.startNs, Math.min(gaps.endNs[gap]!, span.endNs)));
          }
          expect([...sums].every((rest) => rest === 0)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('belongs to the hotspot that the command would list it under', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(randomTrace, streamTrace), async (rows) => {
        const { trace, tracks } = await gapTracks(rows);
        for (const track of tracks) {
          const { devices } = analyzeGaps(trace, { device: track.device, top: Infinity });
          const hotspotOf = track.hotspotOfGap();
          const { pieces } = track;
          devices[0]!.hotspots.forEach((hotspot, h) => {
            const own = [...hotspotOf.keys()].filter((gap) => hotspotOf[gap] === h);
            const ns = own.map((gap) => {
              const inside = pieces.durationNs.subarray(pieces.first[gap], pieces.first[gap + 1]);
              return inside.reduce((sum, one) => sum + one, 0);
            });
            expect({
              count: own.length,
              totalNs: ns.reduce((a, b) => a + b, 0),
              longest: Math.max(...ns),
            }).toEqual({
              count: hotspot.count,
              totalNs: hotspot.totalNs,
              longest: hotspot.example.durationNs,
            });
          });
          expect(hotspotOf.filter((hotspot) => hotspot >= 0).length).toBe(devices[0]!.gapCount);
          expect(sumsOf(pieces)).toEqual(devices[0]!.idleByCause);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is whole where nothing is known of the boundaries: the sums hold all the same', () => {
    const trace = buildTrace({
      ops: [
        { start: 0, end: 10, correlation: 1 },
        { start: 100, end: 110, correlation: 2 },
      ],
      calls: [
        { start: 0, end: 1, correlation: 1, name: 'cuLaunchKernel' },
        { start: 20, end: 40, correlation: 3, name: 'cuStreamSynchronize' },
        { start: 80, end: 90, correlation: 2, name: 'cuLaunchKernel' },
      ],
    });
    const gaps = findGaps(trace, 0, { startNs: 0, endNs: 110 });
    const cutting = gapPieces(trace, new GapSplitter(trace), gaps, { startNs: 0, endNs: 110 }, () => []);
    const { done, value: pieces } = cutting.next();
    if (done !== true) throw new Error('two gaps take one slice');
    expect(sumsOf(pieces)).toMatchObject({ sync: 20, host: 50, launch: 20 });
  });
});
