import { SYNC_KIND } from '../trace/schema.js';
import type { IndexIntoCalls, Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { CALL_CLASS, classifyCalls } from './call-class.js';
import { DenseIds } from './dense-ids.js';
import type { IdLookup } from './id-lookup.js';
import type { IntervalUnion } from './interval-union.js';
import type { HostWait, WaitKind } from './overlap-result.js';
import { NO_PATH } from './path-trie.js';
import { pathOfOps, type OpPaths } from './paths.js';
import { nestRanges, type RangeNesting } from './ranges.js';

const KIND_OF_SYNC: Readonly<Record<number, WaitKind>> = {
  [SYNC_KIND.event]: 'event',
  [SYNC_KIND.stream]: 'stream',
  [SYNC_KIND.context]: 'device',
};

interface Group {
  readonly thread: number;
  readonly path: number;
  readonly name: number;
  readonly kind: WaitKind;
  count: number;
  totalNs: number;
  idleNs: number;
  longest: IndexIntoCalls;
}

/**
 * Calls in which a host thread waits for the GPU: synchronisations and blocking copies (`call-class.ts`), each
 * once: a wait inside another wait of its thread (the driver's inside the runtime's) is the same wait.
 */
export class HostWaits {
  readonly #trace: Trace;
  readonly #nesting: RangeNesting;
  readonly #paths: OpPaths;
  readonly #waits: IndexIntoCalls[] = [];
  readonly #kinds: WaitKind[] = [];

  constructor(trace: Trace, launch: Int32Array, lookup: IdLookup) {
    this.#trace = trace;
    this.#nesting = nestRanges(trace);
    this.#paths = pathOfOps(trace, launch, this.#nesting);
    const { calls, syncs } = trace;
    const syncKind = new Map<IndexIntoCalls, WaitKind>();
    for (let i = 0; i < syncs.length; i++) {
      const kind = KIND_OF_SYNC[syncs.kind[i]!];
      const call = syncs.correlation[i] === 0 ? -1 : lookup.get(syncs.correlation[i]!);
      if (kind !== undefined && call >= 0) syncKind.set(call, kind);
    }
    const classes = classifyCalls(trace, launch, lookup);
    const threads = new DenseIds();
    const waitsUntil: number[] = [];
    for (let c = 0; c < calls.length; c++) {
      const callClass = classes[c];
      if (callClass !== CALL_CLASS.sync && callClass !== CALL_CLASS.blockingCopy) continue;
      const thread = threads.add(calls.thread[c]!);
      if (calls.startNs[c]! < (waitsUntil[thread] ?? -Infinity)) continue;
      waitsUntil[thread] = calls.startNs[c]! + calls.durationNs[c]!;
      this.#waits.push(c);
      this.#kinds.push(
        callClass === CALL_CLASS.blockingCopy
          ? 'blocking-copy'
          : (syncKind.get(c) ?? kindOfName(trace.strings[calls.name[c]!] ?? '')),
      );
    }
  }

  /** The waits that reach into `windows`, grouped by thread, place and call; largest total first. */
  within(windows: readonly Interval[], busy: IntervalUnion): HostWait[] {
    const { startNs, durationNs, thread, name } = this.#trace.calls;
    const groups = new Map<string, Group>();
    let w = 0;
    this.#waits.forEach((call, i) => {
      const start = startNs[call]!;
      const end = start + durationNs[call]!;
      // A long wait of another thread may reach back, but starts are in order.
      while (w < windows.length && windows[w]!.endNs <= start) w++;
      let isInside = false;
      let totalNs = 0;
      let idleNs = 0;
      for (let v = w; v < windows.length && windows[v]!.startNs < Math.max(end, start + 1); v++) {
        const from = Math.max(start, windows[v]!.startNs);
        const to = Math.max(from, Math.min(end, windows[v]!.endNs));
        isInside = true;
        totalNs += to - from;
        idleNs += to - from - busy.coveredNs(from, to);
      }
      if (!isInside) return;
      const kind = this.#kinds[i]!;
      const range = this.#nesting.ofCall[call]!;
      const path = range < 0 ? NO_PATH : this.#paths.pathOfRange[range]!;
      const key = `${thread[call]} ${path} ${name[call]} ${kind}`;
      let group = groups.get(key);
      if (group === undefined) {
        const place = { thread: thread[call]!, path, name: name[call]!, kind };
        group = { ...place, count: 0, totalNs: 0, idleNs: 0, longest: call };
        groups.set(key, group);
      }
      group.count++;
      group.totalNs += totalNs;
      group.idleNs += idleNs;
      if (durationNs[call]! > durationNs[group.longest]!) group.longest = call;
    });
    return [...groups.values()].sort((a, b) => b.totalNs - a.totalNs).map((group) => this.#describe(group));
  }

  #describe({ thread, path, name, kind, count, totalNs, idleNs, longest }: Group): HostWait {
    const { calls, threads, strings } = this.#trace;
    const row = threads.id.indexOf(thread);
    return {
      thread,
      threadName: row < 0 ? '' : (strings[threads.name[row]!] ?? ''),
      path: this.#paths.text(path),
      call: strings[name] ?? `?${name}`,
      kind,
      count,
      totalNs,
      idleNs,
      longest: { startNs: calls.startNs[longest]!, durationNs: calls.durationNs[longest]! },
    };
  }
}

/** For traces without synchronisation records. */
function kindOfName(name: string): WaitKind {
  if (/Stream/.test(name)) return 'stream';
  if (/Event/.test(name)) return 'event';
  return /Device|Ctx|Context|Thread/.test(name) ? 'device' : 'other';
}
