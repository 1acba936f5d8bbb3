import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  vectorFromArray,
  type Data,
  type DataType,
} from 'apache-arrow';
import { toInt64 } from './rebase.js';
import { SCHEMA, TRACE_VERSION, type ColumnType, type TableName } from './schema.js';

/** Rows of a table by column; a column that is left out is written as zeros or empty texts. */
export type TableRows = Readonly<Record<string, ArrayLike<number> | readonly string[]>>;
export type TablesToWrite = Partial<Record<TableName, TableRows>>;

export interface WriteOptions {
  /** What `startNs` columns are relative to; the file holds absolute times. Default 0. */
  readonly baseNs?: bigint;
  readonly pid?: number;
  readonly exe?: string;
  /** Rows a record batch; default all in one. */
  readonly batchRows?: number;
  readonly gzip?: boolean;
  /** Key-value metadata beside, or in place of, that of the format. */
  readonly metadata?: Readonly<Record<string, string>>;
}

const TIMES = new Set(['startNs', 'realtimeNs']);

/** Writes a trace folder, one Arrow stream a table. For importers and tests; capture has its own writer. */
export async function writeTrace(
  folder: string,
  tables: TablesToWrite,
  options: WriteOptions = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, rows] of Object.entries(tables) as [TableName, TableRows][]) {
    const bytes = encodeTable(name, rows, options);
    const file = join(folder, `${name}.arrows${options.gzip === true ? '.gz' : ''}`);
    await writeFile(file, options.gzip === true ? gzipSync(bytes) : bytes);
  }
}

/** One table as the bytes of an Arrow stream with its end-of-stream marker. */
export function encodeTable(name: TableName, rows: TableRows, options: WriteOptions = {}): Uint8Array {
  const length = Math.max(0, ...Object.values(rows).map((column) => column.length));
  const metadata = new Map(
    Object.entries({
      'gapscope.table': name,
      'gapscope.version': String(TRACE_VERSION),
      'gapscope.pid': String(options.pid ?? 0),
      'gapscope.exe': options.exe ?? '',
      ...options.metadata,
    }),
  );
  const columns = Object.entries<ColumnType>(SCHEMA[name]);
  const fields = columns.map(([column, type]) => new Field(column, arrowType(type), false));
  const schema = new Schema(fields, metadata);
  const batchRows = Math.max(1, options.batchRows ?? length);
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (let from = 0; from < length; from += batchRows) {
    const count = Math.min(batchRows, length - from);
    const children = columns.map(([column, type]) => {
      const base = TIMES.has(column) ? (options.baseNs ?? 0n) : 0n;
      return encodeColumn(type, slice(rows[column], from, count), count, base);
    });
    const data = makeData({ type: new Struct(fields), length: count, nullCount: 0, children });
    writer.write(new RecordBatch(schema, data));
  }
  writer.finish();
  return writer.toUint8Array(true);
}

function slice(column: TableRows[string] | undefined, from: number, count: number): ArrayLike<unknown> {
  return column === undefined ? [] : Array.from<unknown>(column).slice(from, from + count);
}

function arrowType(type: ColumnType): DataType {
  switch (type) {
    case 'u8':
      return new Uint8();
    case 'u16':
      return new Uint16();
    case 'u32':
      return new Uint32();
    case 'u64':
      return new Uint64();
    case 'i64':
      return new Int64();
    case 'f64':
      return new Float64();
    case 'utf8':
      return new Utf8();
  }
}

function encodeColumn(type: ColumnType, values: ArrayLike<unknown>, length: number, base: bigint): Data {
  if (type === 'utf8') {
    const texts = Array.from({ length }, (_, i) => (values[i] as string | undefined) ?? '');
    return vectorFromArray(texts, new Utf8()).data[0]!;
  }
  const numbers = Array.from({ length }, (_, i) => (values[i] as number | undefined) ?? 0);
  const common = { length, nullCount: 0 };
  switch (type) {
    case 'u8':
      return makeData({ ...common, type: new Uint8(), data: Uint8Array.from(numbers) });
    case 'u16':
      return makeData({ ...common, type: new Uint16(), data: Uint16Array.from(numbers) });
    case 'u32':
      return makeData({ ...common, type: new Uint32(), data: Uint32Array.from(numbers) });
    case 'u64':
      return makeData({ ...common, type: new Uint64(), data: BigUint64Array.from(numbers, BigInt) });
    case 'i64':
      return makeData({ ...common, type: new Int64(), data: toInt64(numbers, base) });
    case 'f64':
      return makeData({ ...common, type: new Float64(), data: Float64Array.from(numbers) });
  }
}
