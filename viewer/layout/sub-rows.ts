import type { EventColumns } from '../lod/lane.js';

/** Rows that one track can have: `TrackFrame.row` is a uint16. */
export const MAX_ROWS = 1 << 16;

/** Events by sub-row: `rows[r]` are those of row r, in order of start. */
export interface SubRows {
  readonly rows: readonly Uint32Array[];
  /** Events that found no free row, because 65 536 others were running; they are in the last row all the same. */
  readonly crowded: number;
}

/**
 * Spreads events (rows of a table, in order of start) over as few rows as hold them without overlap: each goes to the
 * first row that is free when it starts. Linear where they do not overlap, n log(rows) at worst.
 */
export function subRows(columns: EventColumns, events: Uint32Array): SubRows {
  const { startNs, durationNs } = columns;
  let firstEnd = -Infinity;
  let k = 0;
  for (; k < events.length; k++) {
    const start = startNs[events[k]!]!;
    if (firstEnd > start) break;
    firstEnd = start + Math.max(0, durationNs[events[k]!]!);
  }
  if (k === events.length) return { rows: [events], crowded: 0 };

  const rowOf = new Uint16Array(events.length);
  const busy = new RowHeap();
  const free = new RowHeap();
  let rows = 1;
  let crowded = 0;
  for (; k < events.length; k++) {
    const start = startNs[events[k]!]!;
    const end = start + Math.max(0, durationNs[events[k]!]!);
    // Row 0 is in no heap: of all free rows it is the first, and most events go there.
    if (firstEnd <= start) {
      firstEnd = end;
      continue;
    }
    while (busy.size > 0 && busy.leastKey <= start) {
      const row = busy.pop();
      free.push(row, row);
    }
    let row = MAX_ROWS - 1;
    if (free.size > 0) row = free.pop();
    else if (rows < MAX_ROWS) row = rows++;
    else crowded++;
    rowOf[k] = row;
    if (crowded === 0 || row < MAX_ROWS - 1) busy.push(end, row);
  }
  return { rows: grouped(events, rowOf, rows), crowded };
}

/** Splits `items` by the group of each, in their order. */
export function grouped(
  items: Uint32Array,
  groupOf: Uint8Array | Uint16Array | Uint32Array,
  groups: number,
): Uint32Array[] {
  const counts = new Uint32Array(groups);
  for (let i = 0; i < items.length; i++) counts[groupOf[i]!]!++;
  const lists = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let i = 0; i < items.length; i++) {
    const group = groupOf[i]!;
    lists[group]![counts[group]!++] = items[i]!;
  }
  return lists;
}

/** A binary heap of rows; the one with the least key comes out first. */
class RowHeap {
  readonly #keys: number[] = [];
  readonly #rows: number[] = [];

  get size(): number {
    return this.#keys.length;
  }

  get leastKey(): number {
    return this.#keys[0]!;
  }

  push(key: number, row: number): void {
    const keys = this.#keys;
    const rows = this.#rows;
    let at = keys.length;
    keys.push(key);
    rows.push(row);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (keys[above]! <= key) break;
      keys[at] = keys[above]!;
      rows[at] = rows[above]!;
      at = above;
    }
    keys[at] = key;
    rows[at] = row;
  }

  pop(): number {
    const keys = this.#keys;
    const rows = this.#rows;
    const least = rows[0]!;
    const key = keys.pop()!;
    const row = rows.pop()!;
    const size = keys.length;
    if (size === 0) return least;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= size) break;
      if (below + 1 < size && keys[below + 1]! < keys[below]!) below++;
      if (keys[below]! >= key) break;
      keys[at] = keys[below]!;
      rows[at] = rows[below]!;
      at = below;
    }
    keys[at] = key;
    rows[at] = row;
    return least;
  }
}
