import { DenseIds } from '../../../src/analysis/dense-ids.js';
import { copyKindName } from '../../../src/analysis/copy-kind.js';
import { OP_KIND } from '../../../src/trace/schema.js';
import { grouped, subRows } from '../../layout/sub-rows.js';
import { Lane } from '../../lod/lane.js';
import { Slots } from '../../lod/slots.js';
import type { EventTrack } from '../event-track.js';
import type { ProcessView } from '../process-view.js';

/** Streams of a device with a track of their own; further ones, which no real program has, share one. */
const MAX_STREAMS = 512;
const CONTEXT = 2 ** 32;

/** One track a stream, the one with most busy time first; of ops that overlap on a stream, some on sub-rows. */
export function opTracks(view: ProcessView, device: number): { tracks: EventTrack[]; crowded: number } {
  const { ops } = view.trace;
  const streams = new DenseIds();
  const contexts = new Set<number>();
  const mine = opsOf(view, device);
  const streamOf = new Uint16Array(mine.length);
  for (let k = 0; k < mine.length; k++) {
    const op = mine[k]!;
    const stream = streams.add(ops.context[op]! * CONTEXT + ops.stream[op]!);
    streamOf[k] = Math.min(stream, MAX_STREAMS);
  }
  for (const id of streams.ids) contexts.add(Math.floor(id / CONTEXT));
  const groups = Math.min(streams.ids.length, MAX_STREAMS + 1);
  const lists = groups === 1 ? [mine] : grouped(mine, streamOf, groups);
  const nameOf = opNames(view);
  let crowded = 0;
  const tracks = lists.map((events, s) => {
    const context = Math.floor(streams.ids[s]! / CONTEXT);
    const stream = streams.ids[s]! % CONTEXT;
    const { rows, crowded: more } = subRows(ops, events);
    crowded += more;
    const own = s < MAX_STREAMS ? `${contexts.size > 1 ? `c${context}` : ''}s${stream}` : 'others';
    const track: EventTrack = {
      info: {
        id: `${view.key}/d${device}/${own}`,
        slot: view.slot,
        kind: 'ops',
        parent: `${view.key}/d${device}`,
        label: s < MAX_STREAMS ? `stream ${stream}` : 'other streams',
        detail: contexts.size > 1 && s < MAX_STREAMS ? `context ${context}` : '',
        rows: rows.length,
        events: events.length,
      },
      kind: 'ops',
      process: view,
      columns: ops,
      lanes: rows.map((row) => new Lane(ops, Slots.of(row))),
      device,
      nameOf,
      categoryOf: (op) => view.classes.of(op),
    };
    return track;
  });
  const busy = new Map(tracks.map((track) => [track, busyTime(track)]));
  return { tracks: tracks.sort((a, b) => busy.get(b)! - busy.get(a)!), crowded };
}

/** The ops of a device, in order of start. */
function opsOf({ trace }: ProcessView, device: number): Uint32Array {
  const { device: devices, length } = trace.ops;
  let count = 0;
  for (let i = 0; i < length; i++) if (devices[i] === device) count++;
  const mine = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < length; i++) if (devices[i] === device) mine[at++] = i;
  return mine;
}

function busyTime({ lanes, columns }: EventTrack): number {
  let sum = 0;
  for (const lane of lanes) {
    for (let slot = 0; slot < lane.length; slot++) sum += Math.max(0, columns.durationNs[lane.event(slot)]!);
  }
  return sum;
}

/** Names of ops; a copy's says from where to where. */
export function opNames({ trace, names }: ProcessView): (op: number) => number {
  const { ops, shapes, shapeRow } = trace;
  const copies = new Map<number, number>();
  for (const kind of new Set(shapes.copyKind)) {
    if (kind !== 0) copies.set(kind, names.table.add(`memcpy ${copyKindName(kind)}`, false));
  }
  // Every name gets its id now: frames that are sent before the next summary must not have unknown ones.
  for (let i = 0; i < ops.length; i++) names.of(ops.name[i]!, ops.kind[i] === OP_KIND.kernel);
  return (op) => {
    if (ops.kind[op] === OP_KIND.memcpy) {
      const row = shapeRow[ops.shape[op]!] ?? -1;
      const copy = row < 0 ? undefined : copies.get(shapes.copyKind[row]!);
      if (copy !== undefined) return copy;
    }
    return names.of(ops.name[op]!);
  };
}
