import { beforeAll, describe, expect, test } from 'vitest';
import { readRun } from '../../../src/trace/read-run.js';
import type { EventTrack } from '../../../viewer/engine/event-track.js';
import { frameOf } from '../../../viewer/engine/frame.js';
import { NameTable } from '../../../viewer/engine/names.js';
import { OpenedTrace } from '../../../viewer/engine/opened-trace.js';
import { GRAPHS, RECORDED } from './open-trace.js';

describe.each([RECORDED, GRAPHS])('frames of %s', (folder) => {
  let opened: OpenedTrace;
  let tracks: EventTrack[];

  beforeAll(async () => {
    opened = new OpenedTrace(0, 'test', await readRun(folder), new NameTable());
    await opened.analyze(
      () => undefined,
      () => Promise.resolve(),
    );
    tracks = [...opened.tracks.values()].filter((track) => track.kind !== 'counter');
  });

  test('hold every row of every table once, none over another', () => {
    const { trace } = opened.views[0]!;
    const rows = { ops: trace.ops.length, calls: trace.calls.length, ranges: trace.ranges.length };
    for (const [kind, count] of Object.entries(rows)) {
      const own = tracks.filter((track) => track.kind === kind);
      const events = own.flatMap(({ lanes }) =>
        lanes.flatMap((lane) => Array.from({ length: lane.length }, (_, slot) => lane.event(slot))),
      );
      expect(events.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row));
    }
    for (const { lanes, columns } of tracks) {
      for (const lane of lanes) {
        let until = -Infinity;
        for (let slot = 0; slot < lane.length; slot++) {
          if (lane.startNs(slot) < until) throw new Error(`overlap in slot ${slot}`);
          until = lane.startNs(slot) + Math.max(0, columns.durationNs[lane.event(slot)]!);
        }
      }
    }
  });

  test.each([
    [0, 1, 2 ** 19],
    [0.3, 0.42, 2 ** 16],
    [0.71, 0.7101, 2 ** 12],
    [0.5, 0.500001, 0.5],
  ])('from %d to %d merge bucket by bucket', (from, to, stepNs) => {
    const [startNs, endNs] = [opened.endNs * from, opened.endNs * to];
    const ids = tracks.map(({ info }) => info.id);
    const frame = frameOf(opened.tracks, { slot: 0, tracks: ids, startNs, endNs, stepNs }, 0, undefined);
    const first = Math.floor(startNs / stepNs) * stepNs;
    for (const [t, track] of tracks.entries()) {
      const shown = frame.tracks[t]!;
      const expected = new Set<string>();
      track.lanes.forEach((lane, row) => {
        const buckets = new Map<number, { event: number; count: number; ns: number }>();
        for (let slot = 0; slot < lane.length; slot++) {
          const event = lane.event(slot);
          const start = lane.startNs(slot);
          const ns = track.columns.durationNs[event]!;
          if (start < first) {
            if (start + ns > first) expected.add(`${row} ${event} 1`);
            continue;
          }
          const at = Math.floor(start / stepNs);
          const bucket = buckets.get(at);
          if (bucket === undefined) {
            if (start < endNs) buckets.set(at, { event, count: 1, ns });
          } else {
            bucket.count++;
            if (ns > bucket.ns) Object.assign(bucket, { event, ns });
          }
        }
        for (const { event, count } of buckets.values()) expected.add(`${row} ${event} ${count}`);
      });
      const found = Array.from(shown.event, (event, i) => `${shown.row[i]!} ${event} ${shown.merged[i]!}`);
      expect(new Set(found)).toEqual(expected);
      expect(found.length).toBe(expected.size);
      shown.event.forEach((event, i) => {
        const start = track.columns.startNs[event]!;
        expect([shown.startNs[i], shown.endNs[i]]).toEqual([start, start + track.columns.durationNs[event]!]);
      });
    }
  });
});
