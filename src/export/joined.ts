import type { ExportColumn, ExportTable } from './export-table.js';

/** Tables of one name from several processes, one under the other; a column that one of them lacks is empty there. */
export function joined(tables: readonly ExportTable[]): ExportTable {
  const [first] = tables;
  if (first === undefined) throw new Error('no tables to join');
  if (tables.length === 1) return first;
  const starts: number[] = [];
  let length = 0;
  for (const table of tables) {
    starts.push(length);
    length += table.length;
  }
  const names = [...new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const columns = names.map((name): ExportColumn => {
    const parts = tables.map((table) => table.columns.find((column) => column.name === name));
    const types = new Set(parts.flatMap((part) => (part === undefined ? [] : [part.type])));
    const [only] = types;
    const type = types.size === 1 ? only! : types.has('text') || types.has('boolean') ? 'text' : 'double';
    let current = 0;
    return {
      name,
      type,
      at: (row) => {
        // Rows are asked for in order, so the part is nearly always the one of the row before.
        while (current > 0 && row < starts[current]!) current--;
        while (current + 1 < starts.length && row >= starts[current + 1]!) current++;
        const value = parts[current]?.at(row - starts[current]!);
        return value !== undefined && type === 'text' ? String(value) : value;
      },
    };
  });
  return { name: first.name, columns, length };
}
