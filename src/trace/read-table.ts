import type { ArrowBatch, ArrowSchema } from './arrow-metadata.js';
import type { ByteSource } from './byte-source.js';
import { columnBuilder, type ColumnArray, type ColumnBuilder } from './column.js';
import { messageOf, UserError } from './errors.js';
import type { TableFile } from './files.js';
import { wholeMessages, type StreamEnd } from './messages.js';
import { wordsOf, ZERO } from './rebase.js';
import { SCHEMA, TIME_COLUMNS, TRACE_VERSION, type ColumnType, type TableName } from './schema.js';

/** A table as its file has it: rows in file order, and how the file ended. */
export interface RawTable {
  readonly name: TableName;
  readonly length: number;
  readonly columns: ReadonlyMap<string, ColumnArray>;
  /** Columns of version 1 that the file lacks. */
  readonly missing: readonly string[];
  readonly end: StreamEnd;
  readonly metadata: ReadonlyMap<string, string>;
  readonly fileBytes: number;
}

/**
 * What times are relative to while a trace is being read: the first time met in any table. Its first record
 * is known only when every table has been read, so `readTrace` shifts them once more at the end.
 */
export class TimeBase {
  #base: bigint | undefined;

  claim(first: bigint): void {
    // Zero is "not known": everything would be 1.8e18 ns away from it, and inexact.
    if (first > 0n) this.#base ??= first;
  }

  get ns(): bigint {
    return this.#base ?? 0n;
  }
}

/** Reads one table of a trace; `wanted` limits the columns that are converted. */
export async function readTable(
  name: TableName,
  file: TableFile,
  timeBase: TimeBase,
  wanted?: readonly string[],
): Promise<RawTable> {
  const source = await file.open();
  const end: StreamEnd = { complete: false, lostBytes: 0 };
  try {
    const table = await readBatches(name, file.name, source, end, timeBase, wanted);
    return { ...table, name, end, fileBytes: file.bytes };
  } finally {
    await source.close();
  }
}

type Content = Pick<RawTable, 'length' | 'columns' | 'missing' | 'metadata'>;

async function readBatches(
  name: TableName,
  path: string,
  source: ByteSource,
  end: StreamEnd,
  timeBase: TimeBase,
  wanted: readonly string[] | undefined,
): Promise<Content> {
  let length = 0;
  let metadata: ReadonlyMap<string, string> = new Map();
  let reads: ColumnRead[] = [];
  let missing: readonly string[] = [];
  let hasSchema = false;
  for await (const { schema, batch, body } of wholeMessages(source, end)) {
    if (schema === undefined ? !hasSchema && batch !== undefined : hasSchema) {
      // Rows mean nothing without it, and those of another one do not belong to the rows before.
      end.damage = hasSchema ? 'it has a second schema' : 'its schema is garbled';
      end.lostBytes = body.length;
      break;
    }
    if (schema !== undefined) {
      hasSchema = true;
      metadata = schema.metadata;
      checkSchema(name, path, schema);
      ({ reads, missing } = planColumns(name, path, schema, wanted, source.sizeHint));
    } else if (batch !== undefined && batch.length > 0) {
      try {
        appendBatch(batch, body, reads, length, timeBase);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        // Whole by its length but not by its content: what came before it stands.
        end.damage = `a batch is garbled: ${messageOf(error)}`;
        end.lostBytes = body.length;
        break;
      }
      length += batch.length;
    }
  }
  const columns = new Map(reads.map((read) => [read.column, read.builder?.finish(length) ?? []] as const));
  return { length, columns, missing, metadata };
}

/** A column of the file on its way into memory; its builder is made when the first batch shows the times. */
interface ColumnRead {
  readonly column: string;
  readonly type: ColumnType;
  readonly buffer: number;
  /** Rows that the file can hold at most; memory that is never touched is all this can waste. */
  readonly capacity: number;
  builder?: ColumnBuilder;
}

function planColumns(
  name: TableName,
  path: string,
  schema: ArrowSchema,
  wanted: readonly string[] | undefined,
  sizeHint: number,
): { reads: ColumnRead[]; missing: string[] } {
  const missing: string[] = [];
  const reads: ColumnRead[] = [];
  const rowBytes = schema.fields.reduce((sum, field) => sum + field.rowBytes, 0);
  const capacity = Math.ceil(sizeHint / Math.max(1, rowBytes));
  for (const [column, type] of Object.entries<ColumnType>(SCHEMA[name])) {
    const field = schema.fields.find((one) => one.name === column);
    if (field === undefined) {
      missing.push(column);
      continue;
    }
    if (field.type !== type) {
      throw new UserError(`${path}: column ${column} holds ${field.type ?? 'another type'}, not ${type}`, {
        hint: 'the file was not written in the trace format of docs/trace-format.md; record the trace again',
      });
    }
    if (wanted === undefined || wanted.includes(column)) {
      reads.push({ column, type, buffer: field.buffer, capacity });
    }
  }
  return { reads, missing };
}

function appendBatch(
  batch: ArrowBatch,
  body: Uint8Array,
  reads: readonly ColumnRead[],
  at: number,
  timeBase: TimeBase,
): void {
  // All views first: a batch that turns out to be garbled must not have been half appended.
  const chunks = reads.map(({ type, buffer }) => chunkOf(type, buffer, batch, body));
  reads.forEach((read, i) => {
    const chunk = chunks[i]!;
    const isTime = TIME_COLUMNS.has(read.column);
    if (isTime) timeBase.claim((chunk.values as BigInt64Array)[0]!);
    read.builder ??= columnBuilder(read.type, read.capacity, isTime ? wordsOf(timeBase.ns) : ZERO);
    read.builder.append(chunk, at);
  });
}

const VIEWS = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  u64: BigUint64Array,
  i64: BigInt64Array,
  f64: Float64Array,
} as const;

/** A column's values within a batch, without a copy; a RangeError if they are not where they should be. */
function chunkOf(
  type: ColumnType,
  buffer: number,
  { length, buffers }: ArrowBatch,
  body: Uint8Array,
): Parameters<ColumnBuilder['append']>[0] {
  const start = (index: number): number => {
    const place = buffers[index];
    if (place === undefined || place[0] + place[1] > body.length) throw new RangeError('a buffer is missing');
    return body.byteOffset + place[0];
  };
  if (type !== 'utf8') {
    if (length * VIEWS[type].BYTES_PER_ELEMENT > (buffers[buffer]?.[1] ?? 0)) {
      throw new RangeError('it claims more rows than it holds');
    }
    return { values: new VIEWS[type](body.buffer as ArrayBuffer, start(buffer), length), length };
  }
  if ((length + 1) * 4 > (buffers[buffer]?.[1] ?? 0)) {
    throw new RangeError('it claims more rows than it holds');
  }
  const offsets = new Int32Array(body.buffer, start(buffer), length + 1);
  const values = new Uint8Array(body.buffer, start(buffer + 1), buffers[buffer + 1]![1]);
  return { values, offsets, length };
}

function checkSchema(name: TableName, path: string, { metadata }: ArrowSchema): void {
  const version = metadata.get('gapscope.version');
  const table = metadata.get('gapscope.table');
  if (version === undefined) {
    throw new UserError(`${path} is an Arrow stream, but not of a gapscope trace`, {
      hint: 'give a folder that `gapscope capture` wrote',
    });
  }
  if (version !== String(TRACE_VERSION)) {
    throw new UserError(`${path} has trace format version ${version}; this gapscope reads ${TRACE_VERSION}`, {
      hint: 'read it with the gapscope that recorded it, or update this one',
    });
  }
  if (table !== undefined && table !== name) {
    throw new UserError(`${path} holds the table "${table}", not "${name}"`, {
      hint: `rename it to ${table}.arrows`,
    });
  }
}
