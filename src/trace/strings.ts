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

/** An id this far beyond the last one with a text is damage, not a string that was cut off. */
const MAX_STRAY_IDS = 1 << 20;

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
  let highest = 0;
  for (let i = 0; i < ids.length; i++) highest = Math.max(highest, ids[i]!);
  const limit = Math.max(ids.length, highest) + MAX_STRAY_IDS;
  const notices: TraceNotice[] = [];
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
  for (let i = 0; i < ids.length; i++) texts[ids[i]!] = rows[i] ?? '';
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
