import { FlatTable } from './flatbuffer.js';
import type { ColumnType } from './schema.js';

/** A column as a stream's schema declares it. */
export interface ArrowField {
  readonly name: string;
  /** Undefined for a type that no table of ours has. */
  readonly type: ColumnType | undefined;
  /** Bytes that a value takes at least. */
  readonly rowBytes: number;
  /** Which of a batch's buffers holds the values (for texts, their offsets). */
  readonly buffer: number;
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
}

export interface ArrowBatch {
  readonly length: number;
  /** Offset and length of each buffer within the body. */
  readonly buffers: readonly (readonly [offset: number, length: number])[];
}

export interface ArrowMessage {
  readonly bodyBytes: number;
  readonly schema?: ArrowSchema;
  readonly batch?: ArrowBatch;
}

// Numbers below are slots of the tables in Arrow's Message.fbs and Schema.fbs, and values of their unions.
const HEADER_SCHEMA = 1;
const HEADER_RECORD_BATCH = 3;
const TYPE = { int: 2, float: 3, binary: 4, utf8: 5 } as const;
/** List, struct and union: their buffers are those of their children. */
const NESTED_TYPES = [12, 13, 14, 16, 17];
const DOUBLE = 2;

/** The header of one message of an Arrow stream; a RangeError if it is garbled. */
export function parseMessage(metadata: Uint8Array): ArrowMessage {
  const message = FlatTable.root(metadata);
  const header = message.table(2);
  const bodyBytes = message.size(3);
  switch (message.uint8(1)) {
    case HEADER_SCHEMA:
      return header === undefined ? { bodyBytes } : { bodyBytes, schema: parseSchema(header) };
    case HEADER_RECORD_BATCH:
      return header === undefined ? { bodyBytes } : { bodyBytes, batch: parseBatch(header) };
    default:
      return { bodyBytes };
  }
}

function parseSchema(schema: FlatTable): ArrowSchema {
  let buffer = 0;
  const fields = schema.tables(1).map((field) => {
    const kind = field.uint8(2);
    if (NESTED_TYPES.includes(kind)) throw new RangeError('a column of a nested type');
    const type = columnType(kind, field.table(3), field.has(4));
    const parsed: ArrowField = { name: field.text(0), type, rowBytes: byteWidth(type), buffer: buffer + 1 };
    // Validity and values; texts have offsets between the two.
    buffer += kind === TYPE.utf8 || kind === TYPE.binary ? 3 : 2;
    return parsed;
  });
  const metadata = new Map(schema.tables(2).map((entry) => [entry.text(0), entry.text(1)] as const));
  return { fields, metadata };
}

function parseBatch(batch: FlatTable): ArrowBatch {
  if (batch.has(3)) throw new RangeError('a batch is compressed, which the trace format does not allow');
  return { length: batch.size(0), buffers: batch.sizePairs(2) };
}

function columnType(kind: number, type: FlatTable | undefined, dictionary: boolean): ColumnType | undefined {
  if (dictionary) return undefined;
  if (kind === TYPE.utf8) return 'utf8';
  if (kind === TYPE.float) return type?.int16(0) === DOUBLE ? 'f64' : undefined;
  if (kind !== TYPE.int || type === undefined) return undefined;
  const name = `${type.uint8(1) === 1 ? 'i' : 'u'}${type.int32(0)}`;
  return (['u8', 'u16', 'u32', 'u64', 'i64'] as const).find((one) => one === name);
}

function byteWidth(type: ColumnType | undefined): number {
  switch (type) {
    case 'u8':
      return 1;
    case 'u16':
      return 2;
    case 'u32':
    case 'utf8':
      return 4;
    case 'u64':
    case 'i64':
    case 'f64':
      return 8;
    case undefined:
      return 0;
  }
}
