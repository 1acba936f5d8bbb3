import { OP_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { DenseIds } from './dense-ids.js';
import { aloneNs, IntervalUnion } from './interval-union.js';
import type { OpPieces } from './op-pieces.js';
import { visitOps } from './ops-in-windows.js';
import type { StreamRow } from './overlap-result.js';

/** What each stream of a device ran, and how long it was the only one running; busiest first. */
export function streamRows(
  trace: Trace,
  device: number,
  windows: readonly Interval[],
  pieces: OpPieces,
  spanNs: number,
): StreamRow[] {
  const { context, stream, kind } = trace.ops;
  const streams = new DenseIds();
  const unions: IntervalUnion[] = [];
  const counts: Float64Array[] = [];
  const indexOf = (op: number): number => {
    const index = streams.add(context[op]! * 2 ** 32 + stream[op]!);
    if (index === unions.length) {
      unions.push(new IntervalUnion());
      counts.push(new Float64Array(256));
    }
    return index;
  };
  for (let i = 0; i < pieces.length; i++) {
    const index = indexOf(pieces.op[i]!);
    unions[index]!.add(pieces.startNs[i]!, pieces.endNs[i]!);
  }
  visitOps(trace, device, windows, (op, _, began) => {
    if (began) counts[indexOf(op)]![kind[op]!]!++;
  });
  const alone = aloneNs(unions);
  return streams.ids
    .map((id, i): StreamRow => {
      const busyNs = unions[i]!.totalNs;
      return {
        context: Math.floor(id / 2 ** 32),
        stream: id % 2 ** 32,
        kernels: counts[i]![OP_KIND.kernel]!,
        copies: counts[i]![OP_KIND.memcpy]!,
        sets: counts[i]![OP_KIND.memset]!,
        graphs: counts[i]![OP_KIND.graph]!,
        busyNs,
        share: spanNs === 0 ? 0 : busyNs / spanNs,
        aloneNs: alone[i]!,
      };
    })
    .sort((a, b) => b.busyNs - a.busyNs);
}
