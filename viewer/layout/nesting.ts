import type { EventColumns } from '../lod/lane.js';
import { grouped, MAX_ROWS } from './sub-rows.js';

/**
 * Puts events (rows of a table, in order of start, those around others before them) under each other by what is open
 * when they start: each goes below the lowest that is. Of events that nest, the row is their depth; those that cross
 * an open one go below it too, so that no row holds two at once.
 */
export function nestedRows({ startNs, durationNs }: EventColumns, events: Uint32Array): Uint32Array[] {
  const rowOf = new Uint16Array(events.length);
  const endOfRow: number[] = [];
  let lowest = -1;
  let rows = 0;
  for (let k = 0; k < events.length; k++) {
    const start = startNs[events[k]!]!;
    while (lowest >= 0 && endOfRow[lowest]! <= start) lowest--;
    lowest = Math.min(lowest + 1, MAX_ROWS - 1);
    endOfRow[lowest] = start + Math.max(0, durationNs[events[k]!]!);
    rowOf[k] = lowest;
    if (lowest >= rows) rows = lowest + 1;
  }
  return grouped(events, rowOf, Math.max(1, rows));
}

/**
 * The same for events whose parents are known, and overlap each other freely, as ranges do that are projected onto a
 * device: each goes to the first row below its parent's that is free. `parent` gives places in the same list, -1 for
 * none; parents come before their children.
 */
export function rowsUnderParents({ startNs, durationNs }: EventColumns, parent: Int32Array): Uint32Array[] {
  const { length } = parent;
  const rowOf = new Uint16Array(length);
  const endOfRow: number[] = [];
  for (let k = 0; k < length; k++) {
    const start = startNs[k]!;
    let row = parent[k]! < 0 ? 0 : rowOf[parent[k]!]! + 1;
    while (row < MAX_ROWS - 1 && (endOfRow[row] ?? -Infinity) > start) row++;
    row = Math.min(row, MAX_ROWS - 1);
    for (let above = endOfRow.length; above < row; above++) endOfRow[above] = -Infinity;
    endOfRow[row] = Math.max(endOfRow[row] ?? -Infinity, start + Math.max(0, durationNs[k]!));
    rowOf[k] = row;
  }
  const all = Uint32Array.from(parent, (_, k) => k);
  return grouped(all, rowOf, Math.max(1, endOfRow.length));
}
