import type { BasicType, ColumnSource } from 'hyparquet-writer';
import type { ExportColumn, ExportTable, ExportType } from './export-table.js';

/** Rows of one row group: what is held twice while it is written. */
const ROW_GROUP = 65_536;

const TYPES: Readonly<Record<ExportType, BasicType>> = {
  int: 'INT64',
  double: 'DOUBLE',
  text: 'STRING',
  boolean: 'BOOLEAN',
};

/** Writes a table as Parquet: integers as INT64, texts as UTF-8, row group by row group. */
export async function writeParquet(
  file: string,
  table: ExportTable,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const { fileWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const sample = table.columns.map((column) => columnSource(column, 0, 0));
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema: schemaFromColumnData({ columnData: sample }),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  for (let from = 0; from < table.length; from += ROW_GROUP) {
    const to = Math.min(table.length, from + ROW_GROUP);
    await writer.write({
      columnData: table.columns.map((column) => columnSource(column, from, to)),
      rowGroupSize: ROW_GROUP,
    });
  }
  await writer.finish();
}

function columnSource({ name, type, at }: ExportColumn, from: number, to: number): ColumnSource {
  const common = { name, type: TYPES[type], nullable: true };
  if (type === 'int') {
    const data = new Array<bigint | undefined>(to - from);
    for (let row = from; row < to; row++) {
      const value = at(row);
      data[row - from] = value === undefined ? undefined : BigInt(value);
    }
    return { ...common, data };
  }
  const data = new Array<unknown>(to - from);
  for (let row = from; row < to; row++) data[row - from] = at(row);
  return { ...common, data };
}
