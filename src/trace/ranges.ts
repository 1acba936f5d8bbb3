import { pickRows, type Columns } from './order.js';
import { RANGE_KIND } from './schema.js';

/** Ids this much above the number of rows are kept in a Map, not in an array. */
const SPARSE = 4;

/**
 * Keeps the last row of every range id: a range that was open when it was first written is written again
 * when it closes. Rows come out by id, so that a stable sort by start leaves parents before their children.
 */
export function mergeRangeRows(columns: Columns, length: number): number {
  const ids = columns.get('id') as Uint32Array | undefined;
  if (ids === undefined || length === 0) return length;
  let highest = 0;
  let ordered = true;
  for (let i = 0; i < length; i++) {
    if (ids[i]! <= highest) ordered = false;
    if (ids[i]! > highest) highest = ids[i]!;
  }
  if (ordered) return length;
  const last =
    highest < length * SPARSE + 1024 ? lastRowsDense(ids, length, highest) : lastRowsSparse(ids, length);
  pickRows('ranges', columns, last);
  return last.length;
}

function lastRowsDense(ids: Uint32Array, length: number, highest: number): Uint32Array {
  const rowOf = new Int32Array(highest + 1).fill(-1);
  let count = 0;
  for (let i = 0; i < length; i++) {
    if (rowOf[ids[i]!] === -1) count++;
    rowOf[ids[i]!] = i;
  }
  const rows = new Uint32Array(count);
  let out = 0;
  for (let id = 0; id <= highest; id++) {
    if (rowOf[id] !== -1) rows[out++] = rowOf[id]!;
  }
  return rows;
}

function lastRowsSparse(ids: Uint32Array, length: number): Uint32Array {
  const rowOf = new Map<number, number>();
  for (let i = 0; i < length; i++) rowOf.set(ids[i]!, i);
  return Uint32Array.from([...rowOf.entries()].sort((a, b) => a[0] - b[0]).map(([, row]) => row));
}

/** Ends every range that was never closed at the trace's end; returns which they are. Marks have no length. */
export function closeOpenRanges(columns: Columns, length: number, endNs: number): number[] {
  const starts = columns.get('startNs') as Float64Array | undefined;
  const durations = columns.get('durationNs') as Float64Array | undefined;
  const kinds = columns.get('kind') as Uint8Array | undefined;
  const open: number[] = [];
  if (starts === undefined || durations === undefined) return open;
  for (let i = 0; i < length; i++) {
    if (durations[i]! >= 0) continue;
    if (kinds?.[i] === RANGE_KIND.mark) {
      durations[i] = 0;
    } else {
      durations[i] = Math.max(0, endNs - starts[i]!);
      open.push(i);
    }
  }
  return open;
}
