/** Room behind the last byte for the sentinels, and for reads by four bytes of the longest key that start before them. */
const PADDING = 64;
const FIRST_CAPACITY = 1 << 16;

/**
 * The part of a file that is being read: chunks go in at the end, what has been read goes out at the front.
 * Behind the last byte stand 0xff and a quote, so that loops over tokens and strings end by themselves.
 */
export class ByteWindow {
  bytes = new Uint8Array(FIRST_CAPACITY + PADDING);
  view = new DataView(this.bytes.buffer);
  /** The first byte not yet read, and the one after the last. */
  start = 0;
  end = 0;

  constructor() {
    this.#seal();
  }

  get length(): number {
    return this.end - this.start;
  }

  append(chunk: Uint8Array): void {
    const length = this.length + chunk.length;
    const needed = length + PADDING;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(this.start, this.end));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    } else if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end);
    }
    this.bytes.set(chunk, length - chunk.length);
    this.start = 0;
    this.end = length;
    this.#seal();
  }

  #seal(): void {
    this.bytes[this.end] = 0xff;
    this.bytes[this.end + 1] = 0x22;
  }
}
