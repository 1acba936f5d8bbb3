import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
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
  type Data,
  type DataType,
} from 'apache-arrow';
import { toInt64 } from './rebase.js';
import { SCHEMA, TIME_COLUMNS, TRACE_VERSION, type ColumnType, type TableName } from './schema.js';

/** Rows of a table by column; a column that is left out is written as zeros or empty texts. */
export type TableRows = Readonly<Record<string, ArrayLike<number> | readonly string[]>>;
export type TablesToWrite = Partial<Record<TableName, TableRows>>;

export interface WriteOptions {
  /** What `startNs` columns are relative to; the file holds absolute times. Default 0. */
  readonly baseNs?: bigint;
  readonly pid?: number;
  readonly exe?: string;
  /** Rows a record batch, which is also what is held in memory at once. */
  readonly batchRows?: number;
  readonly gzip?: boolean;
  /** Key-value metadata beside, or in place of, that of the format. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Gives up: rejects with the signal's reason. What was written is left to the caller. */
  readonly signal?: AbortSignal;
}

const BATCH_ROWS = 1 << 17;
/** The end-of-stream marker: a continuation marker and a length of 0. */
const END_BYTES = 8;

/** Writes a trace folder, one Arrow stream a table. For importers and tests; capture has its own writer. */
export async function writeTrace(
  folder: string,
  tables: TablesToWrite,
  options: WriteOptions = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { signal } = options;
  for (const [name, rows] of Object.entries(tables) as [TableName, TableRows][]) {
    const file = join(folder, `${name}.arrows${options.gzip === true ? '.gz' : ''}`);
    const pieces = Readable.from(encodePieces(name, rows, options));
    const steps = options.gzip === true ? [pieces, createGzip()] : [pieces];
    await pipeline([...steps, createWriteStream(file)], signal === undefined ? {} : { signal });
  }
}

/** One table as the bytes of an Arrow stream with its end-of-stream marker. */
export function encodeTable(name: TableName, rows: TableRows, options: WriteOptions = {}): Uint8Array {
  return Buffer.concat([...encodePieces(name, rows, options)]);
}

/** The same, a record batch at a time. */
function* encodePieces(name: TableName, rows: TableRows, options: WriteOptions): Generator<Uint8Array> {
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
  const empty = streamOf(schema);
  const header = empty.subarray(0, empty.length - END_BYTES);
  yield header;
  const batchRows = Math.max(1, options.batchRows ?? BATCH_ROWS);
  for (let from = 0; from < length; from += batchRows) {
    const count = Math.min(batchRows, length - from);
    const children = columns.map(([column, type]) => {
      const base = TIME_COLUMNS.has(column) ? (options.baseNs ?? 0n) : 0n;
      return encodeColumn(type, part(rows[column], from, count), count, base);
    });
    const data = makeData({ type: new Struct(fields), length: count, nullCount: 0, children });
    // A stream of its own, of which only the batch is kept: Arrow's writer would hold all batches until the end.
    const stream = streamOf(schema, new RecordBatch(schema, data));
    yield stream.subarray(header.length, stream.length - END_BYTES);
  }
  yield empty.subarray(header.length);
}

function streamOf(schema: Schema, batch?: RecordBatch): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  if (batch !== undefined) writer.write(batch);
  writer.finish();
  return writer.toUint8Array(true);
}

function part(column: TableRows[string] | undefined, from: number, count: number): ArrayLike<unknown> {
  if (column === undefined) return [];
  return ArrayBuffer.isView(column)
    ? (column as Float64Array).subarray(from, from + count)
    : Array.from({ length: count }, (_, i) => column[from + i]);
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
  if (type === 'utf8') return encodeTexts(values, length);
  const numbers = values.length === length ? (values as ArrayLike<number>) : filled(values, length);
  const common = { length, nullCount: 0 };
  switch (type) {
    case 'u8':
      return makeData({ ...common, type: new Uint8(), data: typed(Uint8Array, numbers) });
    case 'u16':
      return makeData({ ...common, type: new Uint16(), data: typed(Uint16Array, numbers) });
    case 'u32':
      return makeData({ ...common, type: new Uint32(), data: typed(Uint32Array, numbers) });
    case 'u64':
      return makeData({
        ...common,
        type: new Uint64(),
        data: new BigUint64Array(toInt64(numbers, 0n).buffer as ArrayBuffer),
      });
    case 'i64':
      return makeData({ ...common, type: new Int64(), data: toInt64(numbers, base) });
    case 'f64':
      return makeData({ ...common, type: new Float64(), data: typed(Float64Array, numbers) });
  }
}

function typed<T extends { readonly length: number }>(
  array: { new (values: ArrayLike<number>): T },
  numbers: ArrayLike<number>,
): T {
  return numbers instanceof array ? numbers : new array(numbers);
}

/** A column that is shorter than its table, or absent, continues with zeros. */
function filled(values: ArrayLike<unknown>, length: number): number[] {
  return Array.from({ length }, (_, i) => (values[i] as number | undefined) ?? 0);
}

function encodeTexts(values: ArrayLike<unknown>, length: number): Data {
  const encoder = new TextEncoder();
  const pieces: Uint8Array[] = [];
  const valueOffsets = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) {
    const bytes = encoder.encode((values[i] as string | undefined) ?? '');
    pieces.push(bytes);
    valueOffsets[i + 1] = valueOffsets[i]! + bytes.length;
  }
  return makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets, data: Buffer.concat(pieces) });
}
