import type { RawTable } from './read-table.js';
import type { TraceNotice } from './trace.js';

/** Columns that hold string ids. */
export const STRING_COLUMNS: readonly (readonly [table: string, column: string])[] = [
  ['ops', 'name'],
  ['calls', 'name'],
  ['ranges', 'name'],
  ['ranges', 'domain'],
  ['rangeStacks', 'name'],
  ['rangeStacks', 'domain'],
  ['threads', 'name'],
];

/** Ids are handed out one by one: one this far beyond the rows that there are was never handed out. */
const SPARE_IDS = 4096;

/**
 * String id → text. Ids are used in other tables whose file may have outlived that of the strings: every id
 * in use gets a text, `?<id>` if its own is lost.
 */
export function readStrings(
  strings: RawTable | undefined,
  used: ReadonlyMap<string, RawTable>,
): { texts: string[]; notices: TraceNotice[] } {
  const ids = (strings?.columns.get('id') ?? []) as ArrayLike<number>;
  const rows = (strings?.columns.get('text') ?? []) as readonly string[];
  // A string was kept because some row named it, so there are no more lost strings than rows.
  const limit = ids.length + rowsThatName(used) + SPARE_IDS;
  const notices: TraceNotice[] = [];
  let highest = 0;
  let garbled = 0;
  for (let i = 0; i < ids.length; i++) {
    if (ids[i]! > limit) garbled++;
    else if (ids[i]! > highest) highest = ids[i]!;
  }
  if (garbled > 0) {
    notices.push({
      table: 'strings',
      message: `${garbled} rows have a garbled id and were left out`,
      count: garbled,
    });
  }
  for (const [table, column] of STRING_COLUMNS) {
    const values = used.get(table)?.columns.get(column) as Uint32Array | undefined;
    if (values === undefined) continue;
    let stray = 0;
    for (let i = 0; i < values.length; i++) {
      const id = values[i]!;
      if (id > limit) {
        values[i] = 0;
        stray++;
      } else if (id > highest) highest = id;
    }
    if (stray > 0) {
      notices.push({
        table,
        message: `${stray} rows have a garbled ${column}, shown as empty`,
        count: stray,
      });
    }
  }
  const texts = new Array<string | undefined>(highest + 1).fill(undefined);
  texts[0] = '';
  for (let i = 0; i < ids.length; i++) {
    if (ids[i]! <= limit) texts[ids[i]!] = rows[i] ?? '';
  }
  let lost = 0;
  for (let id = 0; id < texts.length; id++) {
    if (texts[id] === undefined) {
      texts[id] = `?${id}`;
      lost++;
    }
  }
  if (lost > 0 && strings !== undefined) {
    notices.push({
      table: 'strings',
      message: `${lost} names are not in the file and read as ?<id>`,
      count: lost,
    });
  }
  return { texts: texts as string[], notices };
}

function rowsThatName(used: ReadonlyMap<string, RawTable>): number {
  let rows = 0;
  for (const table of new Set(STRING_COLUMNS.map(([name]) => name))) rows += used.get(table)?.length ?? 0;
  return rows;
}
