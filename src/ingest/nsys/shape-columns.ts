import { allocate, type NumberArray } from '../../trace/column.js';
import { SCHEMA, type ColumnType, type Table } from '../../trace/schema.js';
import type { ShapeTable } from '../shape-table.js';

/** The table `shapes` of what was collected; a shape's id is its row. */
export function shapesOf(shapes: ShapeTable): Partial<Table<'shapes'>> & { readonly length: number } {
  const columns: Record<string, NumberArray> = {
    id: Uint32Array.from({ length: shapes.length }, (_, id) => id),
  };
  for (const [name, values] of Object.entries(shapes.columns())) {
    const typed = allocate(
      (SCHEMA.shapes as Record<string, ColumnType>)[name]!,
      shapes.length,
    ) as NumberArray;
    typed.set(values);
    columns[name] = typed;
  }
  return { ...columns, length: shapes.length };
}
