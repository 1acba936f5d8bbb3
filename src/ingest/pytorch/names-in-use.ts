import type { EventTables } from './event-tables.js';

/** Texts of the ids that columns name, numbered anew: most of what was interned are categories and the like. */
export function namesInUse(
  { strings }: EventTables,
  columns: readonly Uint32Array[],
): { strings: string[]; renumber: (column: Uint32Array) => void } {
  const number = new Int32Array(strings.count).fill(-1);
  number[0] = 0;
  const texts = [''];
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const id = column[i]!;
      if (number[id] !== -1) continue;
      number[id] = texts.length;
      texts.push(strings.text(id));
    }
  }
  return {
    strings: texts,
    renumber: (column) => {
      for (let i = 0; i < column.length; i++) column[i] = number[column[i]!]!;
    },
  };
}
