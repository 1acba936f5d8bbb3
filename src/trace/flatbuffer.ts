/**
 * Reads flatbuffers, bounds checked: an offset or a length that leads outside the bytes throws a RangeError,
 * so that a damaged file costs neither memory nor time. (The reader that comes with apache-arrow trusts them:
 * one flipped bit in a length can make it run out of memory.)
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  private constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
    this.#vtableBytes = view.getUint16(this.#vtable, true);
  }

  /** The root table of a buffer. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** Where a field's value is, or undefined if the field has its default. */
  #field(slot: number): number | undefined {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#vtableBytes) return undefined;
    const offset = this.#view.getUint16(this.#vtable + entry, true);
    return offset === 0 ? undefined : this.#at + offset;
  }

  uint8(slot: number): number {
    const at = this.#field(slot);
    return at === undefined ? 0 : this.#view.getUint8(at);
  }

  int16(slot: number): number {
    const at = this.#field(slot);
    return at === undefined ? 0 : this.#view.getInt16(at, true);
  }

  int32(slot: number): number {
    const at = this.#field(slot);
    return at === undefined ? 0 : this.#view.getInt32(at, true);
  }

  /** An int64 that counts something. */
  size(slot: number): number {
    const at = this.#field(slot);
    return at === undefined ? 0 : sizeAt(this.#view, at);
  }

  has(slot: number): boolean {
    return this.#field(slot) !== undefined;
  }

  table(slot: number): FlatTable | undefined {
    const at = this.#field(slot);
    return at === undefined ? undefined : this.#tableAt(at);
  }

  text(slot: number): string {
    const at = this.#field(slot);
    if (at === undefined) return '';
    const { start, length } = this.#vector(at, 1);
    return new TextDecoder().decode(new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length));
  }

  tables(slot: number): FlatTable[] {
    const at = this.#field(slot);
    if (at === undefined) return [];
    const { start, length } = this.#vector(at, 4);
    return Array.from({ length }, (_, i) => this.#tableAt(start + 4 * i));
  }

  /** A vector of structs of two int64. */
  sizePairs(slot: number): (readonly [number, number])[] {
    const at = this.#field(slot);
    if (at === undefined) return [];
    const { start, length } = this.#vector(at, 16);
    return Array.from({ length }, (_, i) => [
      sizeAt(this.#view, start + 16 * i),
      sizeAt(this.#view, start + 16 * i + 8),
    ]);
  }

  #tableAt(at: number): FlatTable {
    return new FlatTable(this.#view, at + this.#view.getUint32(at, true));
  }

  #vector(at: number, elementBytes: number): { start: number; length: number } {
    const start = at + this.#view.getUint32(at, true) + 4;
    const length = this.#view.getUint32(start - 4, true);
    if (start + length * elementBytes > this.#view.byteLength) throw new RangeError('a vector is too long');
    return { start, length };
  }
}

function sizeAt(view: DataView, at: number): number {
  const value = Number(view.getBigInt64(at, true));
  if (value < 0 || value > Number.MAX_SAFE_INTEGER) throw new RangeError('a length is out of range');
  return value;
}
