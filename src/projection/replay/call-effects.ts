import { CALL_CLASS, callClassOfName } from '../../analysis/call-class.js';
import type { IdLookup } from '../../analysis/id-lookup.js';
import { OP_KIND, SYNC_KIND } from '../../trace/schema.js';
import type { Trace } from '../../trace/trace.js';
import type { HostCalls } from './host-calls.js';
import { EFFECT, NONE } from './launch-graph.js';
import type { StreamIds } from './stream-ids.js';

const PAGEABLE = 1;

/** What each outer call waits for or marks; see `LaunchCalls`. */
export interface CallEffects {
  readonly effect: Uint8Array;
  readonly target: Int32Array;
  readonly event: Int32Array;
  /** How many event recordings there are. */
  readonly events: number;
  /** Waits for an event whose recording is not in the trace: they are taken to wait for nothing. */
  readonly unresolved: number;
}

/**
 * Effects, from the records of waits and recordings (`syncs`, `events`), and where a call that waits by its name has no
 * record, from the name: it then waits for the whole of the first device.
 */
export function callEffects(
  trace: Trace,
  host: HostCalls,
  lookup: IdLookup,
  launch: Int32Array,
  streams: StreamIds,
): CallEffects {
  const count = host.rows.length;
  const found = {
    effect: new Uint8Array(count),
    target: new Int32Array(count).fill(NONE),
    event: new Int32Array(count).fill(NONE),
  };
  waitsByName(trace, host, found);
  blockingCopies(trace, host, launch, found);
  return { ...found, ...recordedWaits(trace, host, lookup, streams, found) };
}

type Found = Pick<CallEffects, 'effect' | 'target' | 'event'>;

function waitsByName({ calls, strings }: Trace, host: HostCalls, { effect, target }: Found): void {
  const verdict = new Map<number, boolean>();
  for (let n = 0; n < host.rows.length; n++) {
    const name = calls.name[host.rows[n]!]!;
    let waits = verdict.get(name);
    if (waits === undefined) {
      waits = callClassOfName(strings[name] ?? '') === CALL_CLASS.sync;
      verdict.set(name, waits);
    }
    if (!waits) continue;
    effect[n] = EFFECT.device;
    target[n] = 0;
  }
}

/**
 * A copy makes the host wait if it is a plain one, or goes to or from pageable memory, and was over when its call
 * returned. (A copy from pinned memory that was over by then met a slow host.)
 */
function blockingCopies(trace: Trace, host: HostCalls, launch: Int32Array, { effect }: Found): void {
  const { calls, ops, shapes, shapeRow, strings } = trace;
  for (let i = 0; i < ops.length; i++) {
    if (ops.kind[i] !== OP_KIND.memcpy && ops.kind[i] !== OP_KIND.memset) continue;
    const call = launch[i]!;
    if (call < 0 || ops.graph[i] !== 0) continue;
    const n = host.outerOf[call]!;
    const row = host.rows[n]!;
    const returned = calls.startNs[row]! + calls.durationNs[row]!;
    if (returned < ops.startNs[i]! + ops.durationNs[i]!) continue;
    const shape = shapeRow[ops.shape[i]!] ?? -1;
    const pageable = shape >= 0 && (shapes.srcKind[shape] === PAGEABLE || shapes.dstKind[shape] === PAGEABLE);
    const plain = callClassOfName(strings[calls.name[row]!] ?? '') === CALL_CLASS.blockingCopy;
    if (pageable || plain) effect[n] = EFFECT.copy;
  }
}

function recordedWaits(
  { syncs, events }: Trace,
  host: HostCalls,
  lookup: IdLookup,
  streams: StreamIds,
  { effect, target, event }: Found,
): Pick<CallEffects, 'events' | 'unresolved'> {
  const callOf = (correlation: number): number => {
    const call = correlation === 0 ? -1 : lookup.get(correlation);
    return call < 0 ? -1 : host.outerOf[call]!;
  };
  const marks: { order: number; isWait: boolean; row: number }[] = [];
  const collect = (rows: { length: number; correlation: Uint32Array }, isWait: boolean): void => {
    for (let row = 0; row < rows.length; row++) {
      const order = callOf(rows.correlation[row]!);
      if (order >= 0) marks.push({ order, isWait, row });
    }
  };
  collect(events, false);
  collect(syncs, true);
  marks.sort((a, b) => a.order - b.order);

  /** Event and its recording → dense number of the latest recording so far. */
  const latest = new Map<string, number>();
  let recordings = 0;
  let unresolved = 0;
  for (const { order: n, isWait, row } of marks) {
    if (!isWait) {
      latest.set(`${events.event[row]!} ${events.syncId[row]!}`, recordings);
      const stream = streams.find(events.context[row]!, events.stream[row]!);
      if (stream >= 0) {
        effect[n] = EFFECT.record;
        target[n] = stream;
        event[n] = recordings;
      }
      recordings++;
      continue;
    }
    const stream = streams.find(syncs.context[row]!, syncs.stream[row]!);
    switch (syncs.kind[row]) {
      case SYNC_KIND.stream:
        // A stream on which nothing ever ran is done at once.
        effect[n] = stream < 0 ? EFFECT.none : EFFECT.stream;
        target[n] = stream;
        break;
      case SYNC_KIND.context:
        target[n] = streams.deviceOf(syncs.context[row]!);
        effect[n] = target[n] === NONE ? EFFECT.none : EFFECT.device;
        break;
      case SYNC_KIND.event:
      case SYNC_KIND.streamWaitEvent: {
        const recording = latest.get(`${syncs.event[row]!} ${syncs.syncId[row]!}`);
        const onDevice = syncs.kind[row] === SYNC_KIND.streamWaitEvent;
        if (recording === undefined) unresolved++;
        const known = recording !== undefined && (!onDevice || stream >= 0);
        if (!known) effect[n] = EFFECT.none;
        else effect[n] = onDevice ? EFFECT.streamWait : EFFECT.event;
        target[n] = stream;
        event[n] = recording ?? NONE;
        break;
      }
      default:
    }
  }
  return { events: recordings, unresolved };
}
