import { OP_KIND } from '../../trace/schema.js';
import { copyWords, type CopyWords } from './activity-names.js';
import type { EventTables } from './event-tables.js';
import { S_BLOCK, S_BYTES, S_COPY_KIND, S_DST_KIND, S_DYNAMIC, S_GRID, S_SRC_KIND } from '../shape-table.js';

/**
 * Directions of copies, from their names; names, `memcpy` and `memset` as in every trace; and for an op without a
 * shape the one its call was made with.
 */
export function fillShapes(
  { strings, shapes, shapeOfCall }: EventTables,
  ops: { kind: Uint8Array; name: Uint32Array; shape: Uint32Array; correlation: Uint32Array },
): void {
  const plain = {
    [OP_KIND.memcpy]: strings.internText('memcpy'),
    [OP_KIND.memset]: strings.internText('memset'),
  };
  const words = new Map<number, CopyWords>();
  const { row } = shapes;
  for (let i = 0; i < ops.kind.length; i++) {
    const kind = ops.kind[i]!;
    // A whole replay is no copy: it keeps its name, and has no shape.
    if (kind === OP_KIND.graph) continue;
    const isKernel = kind === OP_KIND.kernel;
    const called = shapeOfCall.size === 0 ? undefined : shapeOfCall.get(ops.correlation[i]!);
    if (isKernel && (called === undefined || ops.shape[i] !== 0)) continue;
    shapes.load(ops.shape[i]!);
    const [bytes, grid] = [row[S_BYTES]!, row[S_GRID]!];
    if (called !== undefined && isKernel && grid === 0) {
      shapes.load(called);
      row[S_BYTES] = 0;
    } else if (called !== undefined && !isKernel && bytes === 0) {
      shapes.load(called);
      row.fill(0, S_GRID, S_GRID + 3).fill(0, S_BLOCK, S_BLOCK + 3);
      row[S_DYNAMIC] = 0;
    }
    if (!isKernel) {
      const name = ops.name[i]!;
      let said = words.get(name);
      if (said === undefined) words.set(name, (said = copyWords(strings.text(name))));
      if (row[S_COPY_KIND] === 0) row[S_COPY_KIND] = said.copyKind;
      if (row[S_SRC_KIND] === 0) row[S_SRC_KIND] = said.srcKind;
      if (row[S_DST_KIND] === 0) row[S_DST_KIND] = said.dstKind;
      ops.name[i] = plain[kind as 1 | 2];
    }
    ops.shape[i] = shapes.id();
  }
}
