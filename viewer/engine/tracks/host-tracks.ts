import { classifyCalls } from '../../../src/analysis/call-class.js';
import { DenseIds } from '../../../src/analysis/dense-ids.js';
import type { IdLookup } from '../../../src/analysis/id-lookup.js';
import { RANGE_KIND } from '../../../src/trace/schema.js';
import { nestedRows } from '../../layout/nesting.js';
import { grouped, subRows } from '../../layout/sub-rows.js';
import { Lane, type EventColumns } from '../../lod/lane.js';
import { Slots } from '../../lod/slots.js';
import { eventCount, type EventTrack } from '../event-track.js';
import type { ProcessView } from '../process-view.js';
import type { Track } from '../protocol.js';

/** Threads with tracks of their own; further ones share one. */
const MAX_THREADS = 512;

export interface HostTracks {
  /** A header a thread, in the order of its tracks. */
  readonly groups: readonly Track[];
  readonly tracks: readonly EventTrack[];
  readonly callClass: Uint8Array;
}

/** Of every host thread its ranges, its start/end ranges and its calls; the thread that made most calls first. */
export function hostTracks(view: ProcessView, launch: Int32Array, lookup: IdLookup): HostTracks {
  const { trace, names } = view;
  const { calls, ranges } = trace;
  const callClass = classifyCalls(trace, launch, lookup);
  for (let i = 0; i < ranges.length; i++) names.of(ranges.name[i]!);
  for (let i = 0; i < calls.length; i++) names.of(calls.name[i]!);
  const threads = new DenseIds();
  const callsOf = byThread(
    threads,
    calls.thread,
    rowsWhere(calls.length, () => true),
  );
  const isSpan = (i: number): boolean => ranges.kind[i] === RANGE_KIND.startEnd;
  const nestedOf = byThread(
    threads,
    ranges.thread,
    rowsWhere(ranges.length, (i) => !isSpan(i)),
  );
  const spansOf = byThread(threads, ranges.thread, rowsWhere(ranges.length, isSpan));
  const rangeName = (row: number): number => names.of(ranges.name[row]!);
  const rangeCategory = (row: number): number => names.table.templateHash(rangeName(row));

  const perThread = threads.ids.slice(0, MAX_THREADS + 1).map((id, t) => {
    const isRest = t === MAX_THREADS;
    const group = groupTrack(view, id, isRest);
    const track = (
      kind: 'ranges' | 'calls',
      name: string,
      label: string,
      columns: EventColumns,
      rows: readonly Uint32Array[],
    ): EventTrack[] => {
      const lanes = rows.filter((row) => row.length > 0).map((row) => new Lane(columns, Slots.of(row)));
      if (lanes.length === 0) return [];
      const made: EventTrack = {
        info: {
          id: `${group.id}/${name}`,
          slot: view.slot,
          kind,
          parent: group.id,
          label,
          detail: '',
          rows: lanes.length,
          events: lanes.reduce((sum, lane) => sum + lane.length, 0),
        },
        kind,
        process: view,
        columns,
        lanes,
        ...(isRest ? {} : { thread: id }),
        nameOf: kind === 'calls' ? (row) => names.of(calls.name[row]!) : rangeName,
        categoryOf: kind === 'calls' ? (row) => callClass[row]! : rangeCategory,
      };
      return [made];
    };
    const tracks = [
      ...track('ranges', 'ranges', 'ranges', ranges, nestedRows(ranges, nestedOf[t] ?? NONE)),
      ...track('ranges', 'spans', 'start/end ranges', ranges, subRows(ranges, spansOf[t] ?? NONE).rows),
      ...track('calls', 'calls', 'CUDA calls', calls, nestedRows(calls, callsOf[t] ?? NONE)),
    ];
    return { group, tracks, weight: (callsOf[t] ?? NONE).length };
  });
  perThread.sort((a, b) => b.weight - a.weight);
  return {
    groups: perThread.map(({ group }) => group),
    tracks: perThread.flatMap(({ tracks }) => tracks).filter((track) => eventCount(track) > 0),
    callClass,
  };
}

const NONE = new Uint32Array(0);

function rowsWhere(length: number, test: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(length);
  let count = 0;
  for (let i = 0; i < length; i++) if (test(i)) rows[count++] = i;
  return count === length ? rows : rows.slice(0, count);
}

function byThread(threads: DenseIds, threadOf: Uint32Array, rows: Uint32Array): Uint32Array[] {
  const group = new Uint16Array(rows.length);
  for (let k = 0; k < rows.length; k++) {
    group[k] = Math.min(threads.add(threadOf[rows[k]!]!), MAX_THREADS);
  }
  return grouped(rows, group, Math.min(threads.ids.length, MAX_THREADS + 1));
}

function groupTrack(view: ProcessView, thread: number, isRest: boolean): Track {
  const { threads, strings } = view.trace;
  const row = threads.id.indexOf(thread);
  return {
    id: isRest ? `${view.key}/threads` : `${view.key}/t${thread}`,
    slot: view.slot,
    kind: 'group',
    parent: view.key,
    label: isRest ? 'other threads' : `thread ${thread}`,
    detail: isRest || row < 0 ? '' : ownName(strings[threads.name[row]!] ?? ''),
    rows: 0,
    events: 0,
  };
}

/** PyTorch's names repeat the id: `thread 123 (python3)`. */
function ownName(name: string): string {
  return /^thread \d+ \((.+)\)$/.exec(name)?.[1] ?? name;
}
