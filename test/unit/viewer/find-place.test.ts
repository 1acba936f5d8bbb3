import { beforeAll, expect, test } from 'vitest';
import { PLACE_KINDS, type EventPlace } from '../../../src/report/timeline-address.js';
import type { Engine, TraceSummary } from '../../../viewer/engine/protocol.js';
import { GRAPHS, inlineSource, openRecorded } from './open-trace.js';

let engine: Engine;
let summary: TraceSummary;
beforeAll(async () => {
  ({ engine } = await openRecorded(GRAPHS));
  summary = await engine.ready(0);
});

test.each(PLACE_KINDS)('every event of %s is found by when it ran', async (kind) => {
  const tracks = summary.tracks.filter((track) => track.kind === kind);
  expect(tracks.length).toBeGreaterThan(0);
  for (const { id, events } of tracks) {
    const step = Math.max(1, Math.floor(events / 300));
    for (let event = 0; event < events; event += step) {
      const { startNs, durationNs } = await engine.details({ slot: 0, track: id, event });
      const within = id.slice(0, id.lastIndexOf('/'));
      const found = await engine.find({ slot: 0, within, kind, startNs, durationNs });
      // Of several that are alike to the nanosecond, any will do: a range and the only one in it.
      const ran = await engine.details(found!);
      const { startNs: start, durationNs: length } = ran;
      expect({ kind: ran.kind, start, length }).toEqual({ kind, start: startNs, length: durationNs });
    }
  }
});

test('on another device, thread or process, or far from anything, there is none', async () => {
  const track = summary.tracks.find(({ kind }) => kind === 'ops')!;
  const device = track.id.slice(0, track.id.lastIndexOf('/'));
  const { startNs, durationNs } = await engine.details({ slot: 0, track: track.id, event: 10 });
  const find = (change: Partial<EventPlace>): Promise<unknown> =>
    engine.find({ slot: 0, within: device, kind: 'ops', startNs, durationNs, ...change });
  expect(await find({})).toEqual({ slot: 0, track: track.id, event: 10 });
  // The start of its name is not its name.
  expect(await find({ within: device.slice(0, -1) })).toBeUndefined();
  expect(await find({ within: `${device}1` })).toBeUndefined();
  expect(await find({ within: '' })).toBeUndefined();
  expect(await find({ kind: 'calls' })).toBeUndefined();
  expect(await find({ startNs: summary.endNs + 1e9, durationNs: 5 })).toBeUndefined();
  await expect(find({ slot: 1 })).rejects.toThrow('No second trace');
});

test('two processes with one process id are told apart as the commands tell them', async () => {
  const { files } = inlineSource(GRAPHS, 'a.trace');
  const { files: more } = inlineSource(GRAPHS, 'b.trace');
  await engine.open({ from: 'inline', name: 'run', files: [...files, ...more] }, 1, () => undefined);
  const { tracks, notices } = await engine.ready(1);
  const processes = new Set(tracks.filter(({ kind }) => kind === 'ops').map(({ id }) => id.split('/')[0]));
  const pid = Number(summary.tracks[0]!.id.slice(1).split('/')[0]);
  expect([...processes].toSorted()).toEqual([`p${pid}`, `p${pid + 1}`]);
  expect(notices.map(({ message }) => message)).toContain(
    `process id ${pid} is another trace's too; shown as ${pid + 1}`,
  );
});
