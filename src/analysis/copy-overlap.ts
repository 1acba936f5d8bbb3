import { OP_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { copyKindName } from './copy-kind.js';
import { IntervalUnion } from './interval-union.js';
import type { OpPieces } from './op-pieces.js';
import { visitOps } from './ops-in-windows.js';
import type { CopyRow, DeviceOverlapResult } from './overlap-result.js';

type Sums = { -readonly [K in keyof CopyRow]: CopyRow[K] };

/** How much of the time of copies and sets a kernel (or a graph replay not traced by node) ran beside them. */
export function copyOverlap(
  trace: Trace,
  device: number,
  windows: readonly Interval[],
  pieces: OpPieces,
): DeviceOverlapResult['copies'] {
  const { kind } = trace.ops;
  const compute = new IntervalUnion();
  const copies = new IntervalUnion();
  for (let i = 0; i < pieces.length; i++) {
    const isCopy = isCopyKind(kind[pieces.op[i]!]!);
    (isCopy ? copies : compute).add(pieces.startNs[i]!, pieces.endNs[i]!);
  }
  const rows = new Map<string, Sums>();
  const rowOf = (op: number): Sums => {
    const name = copyName(trace, op);
    let row = rows.get(name);
    if (row === undefined) {
      row = { kind: name, count: 0, bytes: 0, totalNs: 0, hiddenNs: 0, exposedNs: 0 };
      rows.set(name, row);
    }
    return row;
  };
  for (let i = 0; i < pieces.length; i++) {
    if (!isCopyKind(kind[pieces.op[i]!]!)) continue;
    const row = rowOf(pieces.op[i]!);
    const ns = pieces.endNs[i]! - pieces.startNs[i]!;
    const hidden = compute.coveredNs(pieces.startNs[i]!, pieces.endNs[i]!);
    row.totalNs += ns;
    row.hiddenNs += hidden;
    row.exposedNs += ns - hidden;
  }
  visitOps(trace, device, windows, (op, _, began) => {
    if (!began || !isCopyKind(kind[op]!)) return;
    const row = rowOf(op);
    const shape = trace.shapeRow[trace.ops.shape[op]!] ?? -1;
    row.count++;
    row.bytes += shape < 0 ? 0 : trace.shapes.bytes[shape]!;
  });
  const hiddenNs = compute.commonNs(copies);
  return {
    busyNs: copies.totalNs,
    hiddenNs,
    exposedNs: copies.totalNs - hiddenNs,
    kinds: [...rows.values()].sort((a, b) => b.totalNs - a.totalNs),
  };
}

function isCopyKind(kind: number): boolean {
  return kind === OP_KIND.memcpy || kind === OP_KIND.memset;
}

function copyName(trace: Trace, op: number): string {
  if (trace.ops.kind[op] === OP_KIND.memset) return 'memset';
  const shape = trace.shapeRow[trace.ops.shape[op]!] ?? -1;
  return copyKindName(shape < 0 ? 0 : trace.shapes.copyKind[shape]!);
}
