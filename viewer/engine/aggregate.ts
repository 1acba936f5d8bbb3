import { templateOf } from '../../src/analysis/template.js';
import { CAUSES } from '../../src/analysis/causes.js';
import { endOf, type EventTrack } from './event-track.js';
import type { AggregateRow, Area, AreaResult } from './protocol.js';
import { gapTrackOf, refOf } from './refs.js';
import type { Opened, Session } from './session.js';

const MAX_ROWS = 1000;

/** What is in an area, by kernel, by range and by cause. Times are clipped to it. */
export function aggregateArea(session: Session, area: Area): AreaResult {
  const opened = session.get(area.slot);
  const tracks = area.tracks
    .map((id) => session.eventTrack(area.slot, id))
    .filter((track) => track !== undefined);
  const ofKind = (...kinds: EventTrack['kind'][]): EventTrack[] =>
    tracks.filter(({ kind }) => kinds.includes(kind));
  const ops = ofKind('ops');
  const ranges = ofKind('ranges', 'projection');
  // Of a selection without ops the calls are what there is to list; of one without ranges the ops' paths.
  const kernels = ops.length > 0 ? ops : ofKind('calls');
  const byKernel = sumUp(opened, area, kernels, nameKey);
  const byRange =
    ops.length > 0 ? sumUp(opened, area, ops, pathKey) : sumUp(opened, area, ranges, templateKey);
  const gaps = devicesOf(tracks).map(({ process, device }) => gapTrackOf(opened.trace, process, device));
  const byCause = sumUp(
    opened,
    area,
    [...new Set(gaps)].filter((track) => track !== undefined),
    causeKey,
  );
  const lists = [byKernel, byRange, byCause];
  return {
    area,
    byKernel: byKernel.slice(0, MAX_ROWS),
    byRange: byRange.slice(0, MAX_ROWS),
    byCause: byCause.slice(0, MAX_ROWS),
    devices: devicesOf(tracks).map(({ process, device }) => {
      const spanNs = Math.max(0, area.endNs - area.startNs);
      const busyNs = busyIn(process.trace, device, area, process.offsetNs + opened.shiftNs);
      const known = opened.trace.devices.find((one) => one.view === process && one.device === device);
      const label = known?.label ?? `GPU ${device}`;
      return { label, busyNs, idleNs: spanNs - busyNs };
    }),
    omitted: lists.reduce((sum, list) => sum + Math.max(0, list.length - MAX_ROWS), 0),
  };
}

interface Sum {
  count: number;
  totalNs: number;
  minNs: number;
  maxNs: number;
  track: EventTrack;
  event: number;
}

interface Key {
  /** A small number, the same for all events of a track that belong together. */
  readonly id: (event: number) => number;
  readonly label: (id: number) => string;
}

function nameKey(track: EventTrack): Key {
  return { id: track.nameOf, label: (id) => track.process.names.table.short(id) };
}

function pathKey({ process }: EventTrack): Key {
  const paths = process.analyzed?.paths;
  return {
    id: (op) => paths?.pathId[op] ?? 0,
    label: (id) => paths?.text(id) ?? '(ranges are still being read)',
  };
}

function templateKey(track: EventTrack): Key {
  return { id: track.nameOf, label: (id) => templateOf(track.process.names.table.text(id)) };
}

function causeKey(track: EventTrack): Key {
  return { id: track.categoryOf, label: (id) => CAUSES[id] ?? 'unknown' };
}

function sumUp(
  opened: Opened,
  area: Area,
  tracks: readonly EventTrack[],
  keyOf: (track: EventTrack) => Key,
): AggregateRow[] {
  const byLabel = new Map<string, Sum>();
  for (const track of tracks) {
    const { id, label } = keyOf(track);
    const ofTrack: (Sum | undefined)[] = [];
    const offsetNs = track.process.offsetNs + opened.shiftNs;
    const from = area.startNs - offsetNs;
    const to = area.endNs - offsetNs;
    const { startNs } = track.columns;
    for (const lane of track.lanes) {
      const end = lane.slotAt(to);
      for (let slot = lane.slotEndingAfter(from); slot < end; slot++) {
        const event = lane.event(slot);
        const ns = Math.min(endOf(track, event), to) - Math.max(startNs[event]!, from);
        const key = id(event);
        let sum = ofTrack[key];
        if (sum === undefined) {
          const text = label(key);
          sum = byLabel.get(text);
          if (sum === undefined) {
            byLabel.set(text, (sum = { count: 0, totalNs: 0, minNs: Infinity, maxNs: -1, track, event }));
          }
          ofTrack[key] = sum;
        }
        sum.count++;
        sum.totalNs += ns;
        if (ns < sum.minNs) sum.minNs = ns;
        if (ns > sum.maxNs) {
          sum.maxNs = ns;
          sum.track = track;
          sum.event = event;
        }
      }
    }
  }
  return [...byLabel]
    .map(([label, { track, event, ...sum }]) => ({ label, ...sum, example: refOf(track, event) }))
    .sort((a, b) => b.totalNs - a.totalNs || b.count - a.count);
}

function devicesOf(tracks: readonly EventTrack[]): { process: EventTrack['process']; device: number }[] {
  const found = new Map<string, { process: EventTrack['process']; device: number }>();
  for (const { process, device } of tracks) {
    if (device !== undefined) found.set(`${process.key}/${device}`, { process, device });
  }
  return [...found.values()];
}

/** Time of an area in which at least one op of a device ran. */
function busyIn(
  { ops }: EventTrack['process']['trace'],
  device: number,
  area: Area,
  offsetNs: number,
): number {
  const to = area.endNs - offsetNs;
  let busy = 0;
  let until = area.startNs - offsetNs;
  for (let i = 0; i < ops.length && ops.startNs[i]! < to; i++) {
    if (ops.device[i] !== device) continue;
    const end = Math.min(to, ops.startNs[i]! + ops.durationNs[i]!);
    if (end <= until) continue;
    busy += end - Math.max(ops.startNs[i]!, until);
    until = end;
  }
  return busy;
}
