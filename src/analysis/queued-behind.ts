import type { Trace } from '../trace/trace.js';
import { shortKernelName } from './kernel-name.js';
import type { Dependency } from './stream-dependencies.js';

/** Idle time spent waiting for one kind of op on one other stream. */
export interface QueuedBehind {
  /** CUPTI's id of the stream waited for. */
  readonly stream: number;
  /** Short name of the op waited for. */
  readonly name: string;
  readonly count: number;
  readonly totalNs: number;
}

/** Sums `queued` time by what was waited for. */
export class QueuedBehindTotals {
  readonly #trace: Trace;
  readonly #totals = new Map<string, { stream: number; name: string; count: number; totalNs: number }>();

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  add(dependency: Dependency, durationNs: number): void {
    const { stream } = dependency;
    const name = shortOpName(this.#trace, dependency.op);
    const key = `${stream} ${name}`;
    const total = this.#totals.get(key) ?? { stream, name, count: 0, totalNs: 0 };
    total.count++;
    total.totalNs += durationNs;
    this.#totals.set(key, total);
  }

  /** Largest total first. */
  list(): QueuedBehind[] {
    return [...this.#totals.values()].sort((a, b) => b.totalNs - a.totalNs);
  }
}

export function shortOpName(trace: Trace, op: number): string {
  const name = trace.ops.name[op]!;
  return shortKernelName(trace.strings[name] ?? `?${name}`);
}
