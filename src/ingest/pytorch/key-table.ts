import { hashBytes } from './byte-strings.js';
import { decodeJsonString } from './decode-string.js';
import { SKIP, type FieldList } from './event-fields.js';

/** Keys of an object by their bytes, without making strings of them. */
export class KeyTable {
  readonly #slots: Int16Array;
  readonly #hash: Int32Array;
  readonly #texts: readonly Uint8Array[];
  readonly #seed: number;
  /** By key number; the last one stands for every key that is not listed. */
  readonly kind: Uint8Array;
  readonly slot: Uint8Array;

  constructor(fields: FieldList, seed: number) {
    const names = Object.keys(fields);
    this.#seed = seed;
    this.#texts = names.map((name) => new TextEncoder().encode(name));
    this.#hash = Int32Array.from(this.#texts, (text) => hashBytes(text, 0, text.length, seed));
    this.kind = Uint8Array.from([...names.map((name) => fields[name]![0]), SKIP]);
    this.slot = Uint8Array.from([...names.map((name) => fields[name]![1]), 0]);
    this.#slots = new Int16Array(1 << (33 - Math.clz32(4 * names.length))).fill(-1);
    const mask = this.#slots.length - 1;
    this.#hash.forEach((hash, key) => {
      let slot = hash & mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & mask;
      this.#slots[slot] = key;
    });
  }

  /** Number of the key in `bytes`, whose `hashBytes` is `hash`. */
  find(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let key = this.#slots[slot]!; key >= 0; key = this.#slots[slot]!) {
      if (this.#hash[key] === hash && isText(this.#texts[key]!, bytes, from, to)) return key;
      slot = (slot + 1) & mask;
    }
    return this.kind.length - 1;
  }

  /** The same of a key with escapes in it. */
  findEscaped(bytes: Uint8Array, from: number, to: number): number {
    const decoded = decodeJsonString(bytes, from, to);
    return this.find(decoded, 0, decoded.length, hashBytes(decoded, 0, decoded.length, this.#seed));
  }
}

function isText(text: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== bytes[from + i]) return false;
  }
  return true;
}
