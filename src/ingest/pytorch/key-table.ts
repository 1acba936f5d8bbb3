import { hashBytes } from './byte-strings.js';
import { decodeJsonString } from './decode-string.js';
import { SKIP, type FieldList } from './event-fields.js';
import { QUOTE } from './json-bytes.js';

/**
 * Keys of an object by their bytes, without making strings of them. Whoever writes events writes the keys of one kind in
 * one order: the key that came after another the last time is tried first, four bytes at a time and without a hash.
 */
export class KeyTable {
  /** Stands for the key before the first. */
  readonly start: number;
  /** Of each key its bytes and the quote behind them, as words and masks of what counts in them; where they begin and end. */
  readonly #words: Int32Array;
  readonly #masks: Int32Array;
  readonly #from: Int32Array;
  /** Key → the one that followed it last, or -1. */
  readonly #next: Int16Array;
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
    const spelled = this.#texts.map((text) => Uint8Array.of(...text, QUOTE));
    this.#from = Int32Array.of(0, ...spelled.map(({ length }) => Math.ceil(length / 4)));
    for (let key = 0; key < names.length; key++) this.#from[key + 1]! += this.#from[key]!;
    this.#words = wordsOf(spelled);
    this.#masks = wordsOf(spelled.map((text) => text.map(() => 0xff)));
    this.start = names.length + 1;
    this.#next = new Int16Array(names.length + 2).fill(-1);
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

  /** The key whose first byte is at `pos`, if it is the one that came after `previous` the last time; else -1. */
  guess(previous: number, view: DataView, pos: number): number {
    const key = this.#next[previous]!;
    if (key < 0) return -1;
    const end = this.#from[key + 1]!;
    for (let word = this.#from[key]!; word < end; word++, pos += 4) {
      if ((view.getInt32(pos, true) & this.#masks[word]!) !== this.#words[word]!) return -1;
    }
    return key;
  }

  /** That `key` came after `previous`. Keys that are not listed cannot be guessed. */
  learn(previous: number, key: number): void {
    this.#next[previous] = key < this.#texts.length ? key : -1;
  }

  /** Bytes of a listed key. */
  length(key: number): number {
    return this.#texts[key]!.length;
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

/** Texts one after the other, each from a word of its own on, the last of its words filled with zeros. */
function wordsOf(texts: readonly Uint8Array[]): Int32Array {
  const length = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  const words = new Int32Array(length);
  const bytes = new DataView(words.buffer);
  let at = 0;
  for (const text of texts) {
    text.forEach((byte, i) => bytes.setUint8(at + i, byte));
    at += 4 * Math.ceil(text.length / 4);
  }
  // As `getInt32(…, true)` reads them, whatever this machine's order of bytes.
  return words.map((_, word) => bytes.getInt32(4 * word, true));
}

function isText(text: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== bytes[from + i]) return false;
  }
  return true;
}
