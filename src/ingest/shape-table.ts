/** The columns of `shapes` in the order in which `ShapeTable` takes them. */
export const SHAPE_COLUMNS = [
  'gridX',
  'gridY',
  'gridZ',
  'blockX',
  'blockY',
  'blockZ',
  'clusterX',
  'clusterY',
  'clusterZ',
  'registers',
  'sharedStatic',
  'sharedDynamic',
  'sharedExecuted',
  'bytes',
  'copyKind',
  'srcKind',
  'dstKind',
] as const;

const WIDTH = SHAPE_COLUMNS.length;

/** Where each column lies in a row; `S_GRID`, `S_BLOCK` and `S_CLUSTER` take three places. */
export const S_GRID = 0;
export const S_BLOCK = 3;
export const S_CLUSTER = 6;
export const S_REGISTERS = 9;
export const S_STATIC = 10;
export const S_DYNAMIC = 11;
export const S_EXECUTED = 12;
export const S_BYTES = 13;
export const S_COPY_KIND = 14;
export const S_SRC_KIND = 15;
export const S_DST_KIND = 16;

/** Launch shapes and copy sizes, each kept once. Shape 0 is the empty one: nothing is known of it. */
export class ShapeTable {
  /** The row to be looked up: fill it, then call `id`. */
  readonly row = new Float64Array(WIDTH);
  length = 0;
  #values = new Float64Array(64 * WIDTH);
  #slots = new Int32Array(256).fill(-1);

  constructor() {
    this.id();
  }

  /** The shape id of `row`. */
  id(): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(this.row, 0) & mask;
    for (let shape = this.#slots[slot]!; shape >= 0; shape = this.#slots[slot]!) {
      if (this.#isRow(shape)) return shape;
      slot = (slot + 1) & mask;
    }
    return this.#add(slot);
  }

  /** Copies a shape into `row`. */
  load(shape: number): void {
    this.row.set(this.#values.subarray(shape * WIDTH, (shape + 1) * WIDTH));
  }

  /** All shapes by id, one row of `row`'s width after the other. */
  rows(): Float64Array {
    return this.#values.slice(0, this.length * WIDTH);
  }

  /** The ids here of another table's `rows`, by their ids there. */
  addAll(rows: Float64Array): Uint32Array {
    const ids = new Uint32Array(rows.length / WIDTH);
    for (let shape = 0; shape < ids.length; shape++) {
      this.row.set(rows.subarray(shape * WIDTH, (shape + 1) * WIDTH));
      ids[shape] = this.id();
    }
    return ids;
  }

  columns(): Record<(typeof SHAPE_COLUMNS)[number], Float64Array> {
    return Object.fromEntries(
      SHAPE_COLUMNS.map((name, column) => [
        name,
        Float64Array.from({ length: this.length }, (_, shape) => this.#values[shape * WIDTH + column]!),
      ]),
    ) as Record<(typeof SHAPE_COLUMNS)[number], Float64Array>;
  }

  #isRow(shape: number): boolean {
    const at = shape * WIDTH;
    for (let i = 0; i < WIDTH; i++) {
      if (this.#values[at + i] !== this.row[i]) return false;
    }
    return true;
  }

  #hash(values: Float64Array, at: number): number {
    let hash = 0;
    for (let i = 0; i < WIDTH; i++) {
      const value = values[at + i]!;
      hash = Math.imul(hash ^ (value | 0) ^ (value / 2 ** 32), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  #add(slot: number): number {
    const shape = this.length++;
    if ((shape + 1) * WIDTH > this.#values.length) {
      const larger = new Float64Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values.set(this.row, shape * WIDTH);
    this.#slots[slot] = shape;
    if (this.length * 2 > this.#slots.length) {
      const mask = 2 * this.#slots.length - 1;
      this.#slots = new Int32Array(mask + 1).fill(-1);
      for (let s = 0; s < this.length; s++) {
        let at = this.#hash(this.#values, s * WIDTH) & mask;
        while (this.#slots[at]! >= 0) at = (at + 1) & mask;
        this.#slots[at] = s;
      }
    }
    return shape;
  }
}
