import type { ColumnArray } from './column.js';

interface Held {
  readonly columns: ReadonlyMap<string, ColumnArray>;
}

/** Shape ids are handed out one by one, for some op: one this far beyond the rows that there are is damage. */
const SPARE_IDS = 4096;

/** Shape id → row of `shapes`, −1 if it has none; covers every id that an op names. */
export function shapeRows(shapes: Held | undefined, ops: Held | undefined): Int32Array {
  const ids = (shapes?.columns.get('id') ?? []) as ArrayLike<number>;
  const used = (ops?.columns.get('shape') ?? []) as ArrayLike<number>;
  let highest = -1;
  for (let i = 0; i < ids.length; i++) highest = Math.max(highest, ids[i]!);
  for (let i = 0; i < used.length; i++) if (used[i]! > highest) highest = used[i]!;
  const most = ids.length + used.length + SPARE_IDS;
  const rows = new Int32Array(Math.min(highest + 1, most)).fill(-1);
  for (let i = 0; i < ids.length; i++) rows[ids[i]!] = i;
  return rows;
}
