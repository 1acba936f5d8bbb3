import { rebaseInto, type Words } from './rebase.js';
import type { ColumnType } from './schema.js';

export type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;
export type ColumnArray = NumberArray | string[];

const ARRAYS = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i64: Float64Array,
  u64: Float64Array,
  f64: Float64Array,
} as const;

/** An array for `length` values of a column of this type. */
export function allocate(type: ColumnType, length: number): ColumnArray {
  return type === 'utf8' ? [] : new ARRAYS[type](length);
}

/** What one record batch holds of a column: `length` values, or for utf8 bytes and `length + 1` offsets. */
export interface Chunk {
  readonly values: ArrayLike<number> | BigInt64Array | BigUint64Array;
  readonly offsets?: Int32Array;
  readonly length: number;
}

/** A column being read: record batches are copied one after the other into one array. */
export interface ColumnBuilder {
  append(chunk: Chunk, at: number): void;
  finish(length: number): ColumnArray;
}

export function columnBuilder(type: ColumnType, capacity: number, base: Words): ColumnBuilder {
  return type === 'utf8' ? new TextBuilder() : new NumberBuilder(type, capacity, base);
}

class NumberBuilder implements ColumnBuilder {
  readonly #type: Exclude<ColumnType, 'utf8'>;
  readonly #base: Words;
  #values: NumberArray;

  constructor(type: Exclude<ColumnType, 'utf8'>, capacity: number, base: Words) {
    this.#type = type;
    this.#base = base;
    this.#values = new ARRAYS[type](capacity);
  }

  append({ values, length }: Chunk, at: number): void {
    this.#reserve(at + length);
    if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
      rebaseInto(this.#values as Float64Array, at, values, this.#base);
    } else {
      this.#values.set(values, at);
    }
  }

  finish(length: number): NumberArray {
    return this.#values.subarray(0, length);
  }

  #reserve(length: number): void {
    if (length <= this.#values.length) return;
    const larger = new ARRAYS[this.#type](Math.max(length, Math.ceil(this.#values.length * 1.5)));
    larger.set(this.#values);
    this.#values = larger;
  }
}

class TextBuilder implements ColumnBuilder {
  readonly #decoder = new TextDecoder();
  readonly #texts: string[] = [];

  append({ values, offsets, length }: Chunk): void {
    if (offsets === undefined) throw new Error('a utf8 column came without offsets');
    const bytes = values as Uint8Array;
    for (let i = 0; i < length; i++) {
      this.#texts.push(this.#decoder.decode(bytes.subarray(offsets[i], offsets[i + 1])));
    }
  }

  finish(): string[] {
    return this.#texts;
  }
}
