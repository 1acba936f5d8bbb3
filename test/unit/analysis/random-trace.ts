import fc from 'fast-check';
import { sortedByStart, type TraceRows } from './build-trace.js';

/** Times stay below this, so that a sweep over every nanosecond is quick and ties are common. */
export const MAX_TIME = 60;

const time = fc.integer({ min: 0, max: MAX_TIME });
const correlation = fc.integer({ min: 0, max: 8 });
const stream = fc.integer({ min: 1, max: 2 });
const thread = fc.integer({ min: 1, max: 2 });
const interval = (longest: number) =>
  fc
    .tuple(time, fc.integer({ min: 0, max: longest }))
    .map(([start, length]) => ({ start, end: start + length }));
const rows = <A extends object, B extends object>(
  a: fc.Arbitrary<A>,
  b: fc.Arbitrary<B>,
  maxLength: number,
) =>
  fc
    .array(
      fc.tuple(a, b).map(([x, y]) => ({ ...x, ...y })),
      { maxLength },
    )
    .map((list) => ('start' in (list[0] ?? {}) ? sortedByStart(list) : list));

/** Traces with every fault that a recording can have: crossing calls, missing launches, negative lengths, ties. */
export const randomTrace: fc.Arbitrary<TraceRows> = fc.record({
  ops: rows(
    fc.oneof(
      { weight: 9, arbitrary: interval(8) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(time, fc.integer({ min: 1, max: 5 }))
          .map(([start, n]) => ({ start, end: start - n })),
      },
    ),
    fc.record({
      kind: fc.integer({ min: 0, max: 3 }),
      device: fc.constantFrom(0, 0, 0, 1),
      stream,
      correlation,
      graph: fc.constantFrom(0, 0, 0, 5),
      shape: fc.integer({ min: 0, max: 2 }),
      name: fc.constantFrom('flash_fwd', 'nvjet_gemm', 'vectorized_elementwise_kernel'),
    }),
    10,
  ),
  shapes: fc.constant([{ id: 1 }, { id: 2, dstKind: 1 }]),
  calls: rows(
    interval(15),
    fc.record({
      name: fc.constantFrom(
        'cudaLaunchKernel',
        'cudaLaunchKernel',
        'cudaGetDevice',
        'cudaMemcpyAsync',
        'cudaMemsetAsync',
        'cudaStreamSynchronize',
        'cudaMemcpy',
        'cudaMalloc',
        'cuModuleLoadData',
      ),
      thread,
      correlation,
    }),
    14,
  ),
  ranges: rows(
    interval(30),
    fc.record({
      name: fc.constantFrom('block:1', 'block_2', 'kv_insert', 'layer'),
      thread,
      kind: fc.constantFrom(0, 0, 0, 1, 2),
    }),
    8,
  ),
  overheads: rows(
    interval(8),
    fc.record({ kind: fc.integer({ min: 0, max: 9 }), thread: fc.integer({ min: 0, max: 2 }), correlation }),
    5,
  ),
  syncs: rows(
    interval(8),
    fc.record({
      kind: fc.constantFrom(1, 2, 2, 2, 3, 4),
      stream,
      event: fc.integer({ min: 1, max: 2 }),
      syncId: fc.integer({ min: 1, max: 2 }),
      correlation,
    }),
    4,
  ),
  events: rows(
    fc.record({ stream, event: fc.integer({ min: 1, max: 2 }) }),
    fc.record({ syncId: fc.integer({ min: 1, max: 2 }), correlation }),
    4,
  ),
});

/**
 * Traces in which launches run ahead of the device and streams wait for each other: what `randomTrace` seldom
 * hits by chance. Every call has a correlation of its own, and launches, records or waits.
 */
export const streamTrace: fc.Arbitrary<TraceRows> = fc
  .array(
    fc.record({
      what: fc.constantFrom('launch', 'launch', 'launch', 'record', 'wait', 'cross', 'cross', 'graph'),
      gap: fc.nat(2),
      length: fc.nat(2),
      stream,
      delay: fc.nat(12),
      busy: fc.nat(5),
      thread: fc.constantFrom(1, 1, 1, 2),
      event: fc.constantFrom(1, 1, 2),
    }),
    { minLength: 4, maxLength: 14 },
  )
  .map((steps) => {
    const rows: Required<Pick<TraceRows, 'ops' | 'calls' | 'syncs' | 'events'>> = {
      ops: [],
      calls: [],
      syncs: [],
      events: [],
    };
    let now = 0;
    steps.forEach(({ what, gap, length, stream, delay, busy, thread, event }, i) => {
      const correlation = i + 1;
      const start = (now += gap);
      const end = (now += length);
      rows.calls.push({ start, end, thread, correlation, name: 'cudaLaunchKernel' });
      const at = end + delay;
      switch (what) {
        case 'record':
          rows.events.push({ stream, event, syncId: 1, correlation });
          break;
        case 'wait':
          rows.syncs.push({ start, end, kind: 2, stream, event, syncId: 1, correlation });
          break;
        case 'cross':
          // Record in one stream, wait in the other, the commonest use.
          rows.events.push({ stream, event, syncId: i + 2, correlation });
          rows.syncs.push({ start, end, kind: 2, stream: 3 - stream, event, syncId: i + 2, correlation });
          break;
        case 'graph':
          for (const offset of [0, 3, 9]) {
            rows.ops.push({ start: at + offset, end: at + offset + busy, stream, correlation, graph: 5 });
          }
          break;
        default:
          rows.ops.push({ start: at, end: at + busy, stream, correlation, name: 'nvjet_gemm' });
      }
    });
    return { ...rows, ops: sortedByStart(rows.ops) };
  });
