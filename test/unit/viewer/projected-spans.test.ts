import { beforeAll, describe, expect, test } from 'vitest';
import { RANGE_KIND } from '../../../src/trace/schema.js';
import type { Run } from '../../../src/trace/trace.js';
import { detailsOf } from '../../../viewer/engine/details/details.js';
import { NameTable } from '../../../viewer/engine/names.js';
import { OpenedTrace } from '../../../viewer/engine/opened-trace.js';
import type { Opened } from '../../../viewer/engine/session.js';
import type { ProjectionTrack } from '../../../viewer/engine/tracks/projection-track.js';
import { buildTrace } from '../analysis/build-trace.js';

const { pushPop, startEnd } = RANGE_KIND;

// Three requests in flight at once, which cross the push/pop range and each other; the last launches nothing.
const trace = buildTrace({
  calls: [10, 20, 30, 40].map((start, k) => ({ start, end: start + 2, correlation: k + 1 })),
  ops: [
    { start: 100, end: 150, correlation: 1, stream: 7 },
    { start: 160, end: 200, correlation: 2, stream: 7 },
    { start: 210, end: 260, correlation: 3, stream: 7 },
    { start: 270, end: 290, correlation: 4, stream: 7 },
  ],
  ranges: [
    { start: 0, end: 60, name: 'step', kind: pushPop },
    { start: 5, end: 25, name: 'request 1', kind: startEnd },
    { start: 15, end: 35, name: 'request 2', kind: startEnd },
    { start: 38, end: 80, name: 'request 3', kind: startEnd },
    { start: 50, end: 90, name: 'request 4', kind: startEnd },
  ],
});

describe('start/end ranges over a device', () => {
  let opened: OpenedTrace;
  let track: ProjectionTrack;

  beforeAll(async () => {
    const run: Run = { name: 'test', path: '', traces: [trace], notices: [] } as unknown as Run;
    opened = new OpenedTrace(0, 'test', run, new NameTable());
    await opened.analyze(
      () => undefined,
      () => Promise.resolve(),
    );
    track = opened.tracks.get('p7/d0/spans') as ProjectionTrack;
  });

  test('are on a track of their own, from first op to last, those at once on sub-rows', () => {
    const drawn = track.lanes.map((lane) =>
      Array.from({ length: lane.length }, (_, slot) => {
        const event = lane.event(slot);
        const from = track.columns.startNs[event]!;
        const name = track.process.names.table.text(track.nameOf(event));
        return [name, from, from + track.columns.durationNs[event]!];
      }),
    );
    expect(drawn).toEqual([
      [
        ['request 1', 100, 200],
        ['request 3', 270, 290],
      ],
      [['request 2', 160, 260]],
    ]);
    expect(track.info).toMatchObject({ parent: 'p7/d0', kind: 'projection', rows: 2, events: 3 });
    const order = opened.summary().tracks.map(({ id }) => id);
    expect(order.indexOf('p7/d0/spans')).toBe(order.indexOf('p7/d0/projection') + 1);
  });

  test('lead to the range on the host and back', () => {
    const asked = { trace: opened, shiftNs: 0 } as unknown as Opened;
    const at = (id: string, event: number): Parameters<typeof detailsOf>[0] => ({
      opened: asked,
      track: opened.tracks.get(id) as ProjectionTrack,
      event,
      ref: { slot: 0, track: id, event },
      offsetNs: 0,
    });
    const onDevice = detailsOf(at('p7/d0/spans', 1));
    expect(onDevice.title).toBe('request 2');
    expect(onDevice.peers[0]!.ref).toEqual({ slot: 0, track: 'p7/t1/spans', event: 2 });
    const onHost = detailsOf(at('p7/t1/spans', 2));
    expect(onHost.facts.find(({ label }) => label === 'On GPU 0')).toMatchObject({
      value: 100,
      goTo: { track: 'p7/d0/spans', event: 1 },
    });
    expect(detailsOf(at('p7/t1/spans', 4)).peers).toEqual([]);
  });
});
