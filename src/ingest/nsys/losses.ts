import type { TraceNotice } from '../../trace/trace.js';

/** What could not be taken over; each is counted and told. */
const MESSAGES = {
  badTimes: ['times', 'rows without a usable time were left out'],
  zeroTimes: ['ops', 'ops whose times the profiler lost were left out: the time they took reads as idle'],
  noDevice: ['ops', 'ops that name no GPU were left out'],
  rawRanges: [
    'ranges',
    'NVTX rows that are half a range (a push, a pop, a start or an end alone) were left out',
  ],
  strangers: ['ranges', 'NVTX ranges of processes without a CUDA call were left out'],
  wideContexts: ['ops', 'ops have a context id above 65535, shown modulo 65536'],
  largeGraphs: ['graphNodes', 'rows name a graph above 2^21, read modulo 2^21'],
} as const satisfies Record<string, readonly [table: string, message: string]>;

export type Loss = keyof typeof MESSAGES;

export class Losses {
  readonly #counts = new Map<Loss, number>();

  count(loss: Loss, rows = 1): void {
    this.#counts.set(loss, (this.#counts.get(loss) ?? 0) + rows);
  }

  get notices(): TraceNotice[] {
    return [...this.#counts].map(([loss, count]) => {
      const [table, message] = MESSAGES[loss];
      return { table, message: `${count} ${message}`, count };
    });
  }
}
