/**
 * The definitions of busy, idle and cause, one nanosecond at a time, over plain rows: slow, and sharing no code with
 * `src/analysis`. `rows` must be sorted by start.
 */
import type { CallRow, OpRow, TraceRows } from './build-trace.js';

const KIND_OF_CALL: Record<string, string> = {
  cudaLaunchKernel: 'api',
  cudaGetDevice: 'api',
  cudaMemcpyAsync: 'api',
  cudaMemsetAsync: 'api',
  cudaStreamSynchronize: 'sync',
  cudaMemcpy: 'blocking-copy',
  cudaMalloc: 'alloc',
  cuModuleLoadData: 'alloc',
};
const OVERHEADS: [string, number[]][] = [
  ['profiler', [2, 3, 4, 8]],
  ['queue-full', [7]],
  ['alloc', [1, 5, 6, 9]],
];

export interface Instant {
  busy: boolean;
  cause: string;
  gapStart: number;
}

export class BruteForce {
  readonly ops: OpRow[];
  readonly calls: CallRow[];
  readonly launches: (CallRow | undefined)[];
  readonly kinds: string[];

  constructor(
    readonly rows: TraceRows,
    readonly device: number,
  ) {
    this.ops = rows.ops ?? [];
    this.calls = rows.calls ?? [];
    this.launches = this.ops.map((op) => this.callOf(op.correlation ?? 0));
    this.kinds = this.calls.map((call) => this.kindOf(call));
  }

  callOf(correlation: number): CallRow | undefined {
    if (correlation === 0) return undefined;
    const same = this.calls.filter((call) => call.correlation === correlation);
    const first = Math.min(...same.map((call) => call.start));
    const longest = Math.max(...same.filter((call) => call.start === first).map((call) => call.end));
    return same.find((call) => call.start === first && call.end === longest);
  }

  kindOf(call: CallRow): string {
    const kind = KIND_OF_CALL[call.name ?? '']!;
    if (kind !== 'api') return kind;
    for (let i = 0; i < this.ops.length; i++) {
      const op = this.ops[i]!;
      if (this.launches[i] !== call || (op.graph ?? 0) !== 0) continue;
      if (op.kind !== 1 && op.kind !== 2) continue;
      const shape = this.rows.shapes?.find((s) => s.id === (op.shape ?? 0));
      if (shape?.srcKind === 1 || shape?.dstKind === 1 || call.end >= op.end) return 'blocking-copy';
    }
    const waits = (this.rows.syncs ?? []).filter((sync) => sync.kind !== 2);
    if (waits.some((sync) => this.callOf(sync.correlation ?? 0) === call)) return 'sync';
    return kind;
  }

  at(t: number): Instant {
    const mine = this.ops.filter((op) => (op.device ?? 0) === this.device && op.end > op.start);
    if (mine.some((op) => op.start <= t && t < op.end)) return { busy: true, cause: '', gapStart: -1 };
    const gapStart = Math.max(0, ...mine.filter((op) => op.end <= t).map((op) => op.end));
    const gapEnd = Math.min(...mine.filter((op) => op.start > t).map((op) => op.start));
    const before = mine.find((op) => op.end === gapStart && op.start < gapStart);
    const after = mine.find((op) => op.start === gapEnd);
    return { busy: false, gapStart, cause: this.cause(t, gapStart, before, after) };
  }

  cause(t: number, gapStart: number, before: OpRow | undefined, after: OpRow | undefined): string {
    if (after === undefined) return 'unknown';
    const replay = before !== undefined && (after.graph ?? 0) !== 0 && before.graph === after.graph;
    if (replay && (after.correlation ?? 0) !== 0 && before.correlation === after.correlation) return 'graph';
    const launch = this.launches[this.ops.indexOf(after)];
    if (launch === undefined) return 'unknown';
    if (launch.end <= gapStart) return this.heldBy(after) === undefined ? 'dispatch' : 'queued';
    const thread = launch.thread ?? 1;
    const isLaunching = t >= launch.start;
    if (isLaunching && t >= launch.end) return 'launch';

    for (const [cause, kinds] of OVERHEADS) {
      for (const overhead of this.rows.overheads ?? []) {
        const by =
          (overhead.thread ?? 1) !== 0
            ? (overhead.thread ?? 1)
            : (this.callOf(overhead.correlation ?? 0)?.thread ?? -1);
        if (by === thread && kinds.includes(overhead.kind) && overhead.start <= t && t < overhead.end) {
          return cause;
        }
      }
    }
    const covering = this.calls
      .map((call, row) => ({ call, row, kind: this.kinds[row]! }))
      .filter(({ call }) => (call.thread ?? 1) === thread && call.start <= t && t < call.end);
    const special = covering.filter(({ kind }) => kind === 'sync' || kind === 'alloc').at(-1);
    if (isLaunching) {
      const inside = special !== undefined && special.row > this.calls.indexOf(launch);
      return inside && special.kind === 'alloc' ? 'alloc' : 'launch';
    }
    return special?.kind ?? covering[0]?.kind ?? 'host';
  }

  /** The op of another stream that held `op` back. */
  heldBy(op: OpRow): OpRow | undefined {
    const call = this.launches[this.ops.indexOf(op)]!;
    const mates = this.ops.filter((other) => sameStream(other, op));
    const previous = mates[mates.indexOf(op) - 1];
    const previousCall = previous && this.launches[this.ops.indexOf(previous)];
    let held: OpRow | undefined;
    for (const wait of this.rows.syncs ?? []) {
      if (wait.kind !== 2 || !sameStream(wait, op)) continue;
      const at = this.callOf(wait.correlation ?? 0)?.start ?? wait.start;
      if (at > call.start || (previousCall !== undefined && at <= previousCall.start)) continue;
      const recordings = (this.rows.events ?? [])
        .filter((e) => e.event === wait.event && e.syncId === wait.syncId)
        .map((e) => ({ e, time: this.callOf(e.correlation ?? 0)?.start ?? Infinity }))
        .filter(({ time }) => time <= at);
      const latest = Math.max(...recordings.map(({ time }) => time));
      const recording = recordings.filter(({ time }) => time === latest).at(-1);
      if (recording === undefined || sameStream(recording.e, op)) continue;
      let behind: OpRow | undefined;
      let anyLaunch = false;
      for (const other of this.ops.filter((o) => sameStream(o, recording.e))) {
        const launch = this.launches[this.ops.indexOf(other)];
        if (launch !== undefined && launch.start >= recording.time) break;
        anyLaunch ||= launch !== undefined;
        if (anyLaunch) behind = other;
      }
      if (behind === undefined) continue;
      if (previous !== undefined && behind.end <= previous.end) continue;
      if (held === undefined || behind.end > held.end) held = behind;
    }
    return held;
  }
}

function sameStream(
  a: { context?: number; stream?: number },
  b: { context?: number; stream?: number },
): boolean {
  return (a.context ?? 0) === (b.context ?? 0) && (a.stream ?? 0) === (b.stream ?? 0);
}
