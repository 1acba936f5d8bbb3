import { decodeJsonString } from './decode-string.js';

const EMPTY = -1;

/** Texts as bytes, to be handed to another table. */
export interface PackedTexts {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

/**
 * Texts numbered by their bytes: a kernel's name of 600 bytes that occurs 50,000 times is hashed and compared,
 * but decoded once, at the end. Ids count up from 0 in the order in which texts first occur.
 *
 * Texts are kept as they stand in the file. One with escapes is decoded when it is first seen, and shares the id of
 * the same text without. Hashes start from a random seed, so that a file cannot be made to collide.
 */
export class ByteStrings {
  readonly seed = (Math.random() * 2 ** 32) | 0;
  #slots = new Int32Array(1 << 10).fill(EMPTY);
  /** By entry: its hash, where its bytes are, `length * 2 + escaped`, and its id. */
  #hash = new Int32Array(256);
  #offset = new Float64Array(256);
  #size = new Int32Array(256);
  #id = new Int32Array(256);
  #entries = 0;
  /** Id → entry that holds the text without escapes. */
  readonly #entryOfId: number[] = [];
  #arena = new Uint8Array(1 << 14);
  #arenaView = viewOf(this.#arena);
  /** The bytes that were looked into last: a window stays the same for thousands of texts. */
  #bytes: Uint8Array = this.#arena;
  #view = this.#arenaView;
  #used = 0;

  get count(): number {
    return this.#entryOfId.length;
  }

  /** The id of a text in `bytes`, whose hash by `hashBytes` (and this seed) is `hash`. */
  intern(bytes: Uint8Array, from: number, to: number, hash: number, escaped: boolean): number {
    const size = (to - from) * 2 + (escaped ? 1 : 0);
    const mask = this.#slots.length - 1;
    let slot = (hash + size) & mask;
    for (let entry = this.#slots[slot]!; entry !== EMPTY; entry = this.#slots[slot]!) {
      if (this.#hash[entry] === hash && this.#size[entry] === size && this.#same(entry, bytes, from, to)) {
        return this.#id[entry]!;
      }
      slot = (slot + 1) & mask;
    }
    return this.#add(bytes, from, to, hash, size);
  }

  /** All texts by id, as the bytes of their UTF-8 one after the other, and where each ends. */
  bytesOfAll(): PackedTexts {
    const ends = new Uint32Array(this.count);
    let length = 0;
    this.#entryOfId.forEach((entry, id) => (ends[id] = length += this.#size[entry]! >> 1));
    const bytes = new Uint8Array(length);
    this.#entryOfId.forEach((entry, id) => {
      const from = this.#offset[entry]!;
      const size = this.#size[entry]! >> 1;
      bytes.set(this.#arena.subarray(from, from + size), ends[id]! - size);
    });
    return { bytes, ends };
  }

  /** The ids here of texts that another table packed, by their ids there. */
  internAll({ bytes, ends }: PackedTexts): Uint32Array {
    return ends.map((end, id) => this.#internDecoded(bytes.subarray(id === 0 ? 0 : ends[id - 1]!, end)));
  }

  /** The id of a text that is at hand as text. */
  internText(text: string): number {
    return this.#internDecoded(new TextEncoder().encode(text));
  }

  text(id: number): string {
    const entry = this.#entryOfId[id];
    if (entry === undefined) throw new RangeError(`string ${id} of ${this.count}`);
    const from = this.#offset[entry]!;
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      this.#arena.subarray(from, from + (this.#size[entry]! >> 1)),
    );
  }

  #internDecoded(bytes: Uint8Array): number {
    return this.intern(bytes, 0, bytes.length, hashBytes(bytes, 0, bytes.length, this.seed), false);
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, size: number): number {
    let id = this.#entryOfId.length;
    if ((size & 1) === 1) id = this.#internDecoded(decodeJsonString(bytes, from, to));
    if (this.#entries === this.#hash.length) this.#grow();
    const entry = this.#entries++;
    this.#hash[entry] = hash;
    this.#size[entry] = size;
    this.#offset[entry] = this.#store(bytes, from, to);
    this.#id[entry] = id;
    if ((size & 1) === 0) this.#entryOfId.push(entry);
    this.#place(entry);
    return id;
  }

  #store(bytes: Uint8Array, from: number, to: number): number {
    const at = this.#used;
    if (at + to - from > this.#arena.length) {
      const larger = new Uint8Array(Math.max(2 * this.#arena.length, at + to - from));
      larger.set(this.#arena.subarray(0, at));
      this.#arena = larger;
      this.#arenaView = viewOf(larger);
    }
    this.#arena.set(bytes.subarray(from, to), at);
    this.#used += to - from;
    return at;
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1;
    let slot = (this.#hash[entry]! + this.#size[entry]!) & mask;
    while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }

  #grow(): void {
    const capacity = 2 * this.#hash.length;
    const grown = <T extends Int32Array | Float64Array>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    this.#hash = grown(this.#hash, new Int32Array(capacity));
    this.#offset = grown(this.#offset, new Float64Array(capacity));
    this.#size = grown(this.#size, new Int32Array(capacity));
    this.#id = grown(this.#id, new Int32Array(capacity));
    this.#slots = new Int32Array(4 * capacity).fill(EMPTY);
    for (let entry = 0; entry < this.#entries; entry++) this.#place(entry);
  }

  #same(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    const view = this.#view;
    const arena = this.#arenaView;
    let at = this.#offset[entry]!;
    let i = from;
    // Kernels' names are hundreds of bytes long.
    for (; i + 4 <= to; i += 4, at += 4) {
      if (arena.getInt32(at, true) !== view.getInt32(i, true)) return false;
    }
    for (; i < to; i++, at++) {
      if (arena.getUint8(at) !== bytes[i]) return false;
    }
    return true;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** One step of the hash over the four bytes of `word`. */
export function mixHash(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return (mixed << 15) | (mixed >>> 17);
}

/** Spreads the last steps over all bits; the length keeps a text apart from itself with zero bytes behind it. */
export function finishHash(hash: number, length: number): number {
  const mixed = Math.imul(hash ^ length ^ (hash >>> 15), 0x85ebca77);
  return mixed ^ (mixed >>> 13);
}

/** The hash of bytes, the same as the event scanner works out while it looks for the end of a string. */
export function hashBytes(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = mixHash(
      hash,
      bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24),
    );
  }
  if (at < to) {
    let word = 0;
    for (let shift = 0; at < to; at++, shift += 8) word |= bytes[at]! << shift;
    hash = mixHash(hash, word);
  }
  return finishHash(hash, to - from);
}
