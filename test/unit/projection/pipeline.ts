import { OP_SORT } from '../../../src/projection/replay/launch-graph.js';
import { LINK, StartCosts } from '../../../src/projection/replay/start-costs.js';
import { OP_KIND, SYNC_KIND } from '../../../src/trace/schema.js';
import type { Trace } from '../../../src/trace/trace.js';
import {
  buildTrace,
  type CallRow,
  type OpRow,
  type RangeRow,
  type SyncRow,
} from '../analysis/build-trace.js';

/** One launch, or one wait for the stream, in the ranges `in`, outermost first. */
export interface Item {
  readonly in: string;
  readonly op?: string;
  readonly ns?: number;
  readonly kind?: 'kernel' | 'copy' | 'toHost' | 'sync';
}

export interface Host {
  /** Between calls, and each call's own time. */
  readonly gap: number;
  readonly own: number;
}

export const DISPATCH = 2_200;
const DEVICE_COPY = 8;
const TO_HOST = 2;
const costs = new StartCosts();
const SORTS = { kernel: OP_SORT.kernel, copy: OP_SORT.copy, toHost: OP_SORT.toHost };

export function startCost(
  before: keyof typeof SORTS,
  own: keyof typeof SORTS,
  link: number = LINK.launched,
): number {
  return costs.of(link, 0, 0, SORTS[before], SORTS[own]);
}

/**
 * One thread and one stream run the items in order. `in: 'a/b'` opens range b in range a; items that follow each other in
 * ranges of the same names share them, and a path that ends in `!` begins new ones of its last name.
 */
export function pipeline(items: readonly Item[], { gap, own }: Host, changes: Partial<Trace> = {}): Trace {
  const ops: OpRow[] = [];
  const calls: CallRow[] = [];
  const syncs: SyncRow[] = [];
  const ranges: RangeRow[] = [];
  let open: RangeRow[] = [];
  let now = 1_000;
  let done = -Infinity;
  let before: keyof typeof SORTS | undefined;
  items.forEach((item, index) => {
    const isNew = item.in.endsWith('!');
    const path = item.in
      .replace(/!$/, '')
      .split('/')
      .filter((name) => name !== '');
    let shared = 0;
    while (shared < path.length && open[shared]?.name === path[shared]) shared++;
    if (isNew) shared = Math.min(shared, path.length - 1);
    for (const range of open.slice(shared)) range.end = now;
    open = open.slice(0, shared);
    for (const name of path.slice(shared)) {
      const range = { start: now, end: 0, name };
      ranges.push(range);
      open.push(range);
    }
    const start = now + gap;
    const correlation = index + 1;
    if (item.kind === 'sync') {
      const end = Math.max(start + 1_950, done + 2_950);
      calls.push({ start, end, name: 'cuStreamSynchronize', correlation });
      syncs.push({ start, end, kind: SYNC_KIND.stream, stream: 7, correlation });
      now = end;
      return;
    }
    const kind = item.kind ?? 'kernel';
    const end = start + own;
    const cost = before === undefined ? 0 : startCost(before, kind);
    const opStart = Math.max(end + DISPATCH, done + cost);
    done = opStart + (item.ns ?? 1_000);
    before = kind;
    ops.push({
      start: opStart,
      end: done,
      name: item.op ?? 'elementwise_kernel',
      kind: kind === 'kernel' ? OP_KIND.kernel : OP_KIND.memcpy,
      stream: 7,
      correlation,
      shape: kind === 'kernel' ? 0 : kind === 'copy' ? 1 : 2,
    });
    calls.push({ start, end, name: kind === 'kernel' ? 'cuLaunchKernel' : 'cuMemcpyAsync', correlation });
    now = end;
  });
  for (const range of open) range.end = now + 1;
  const trace = buildTrace({ ops, calls, syncs, ranges, shapes: [{ id: 0 }, { id: 1 }, { id: 2 }] });
  trace.shapes.copyKind[1] = DEVICE_COPY;
  trace.shapes.copyKind[2] = TO_HOST;
  return { ...trace, ...changes };
}
