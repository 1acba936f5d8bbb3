import { finishHash, hashBytes, mixHash } from './byte-strings.js';
import type { ByteWindow } from './byte-window.js';
import { decimalToNs } from './decimal-time.js';
import {
  ARG_KEYS,
  ARGS,
  CORRELATION,
  EITHER,
  EVENT_KEYS,
  KIND,
  NUMBER,
  NUMBERS,
  PHASE,
  SKIP,
  TEXT,
  TEXT_OF,
  TEXTS,
  TIME,
  TRIPLE,
} from './event-fields.js';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DOT,
  INCOMPLETE,
  MALFORMED,
  MINUS,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  quoteOrBackslashIn,
  skipSpace,
  skipString,
  skipToken,
  skipValue,
} from './json-bytes.js';
import { KeyTable } from './key-table.js';

const ZERO = 0x30;
const POWER_OF_TEN = Float64Array.from({ length: 10 }, (_, power) => 10 ** power);
/** Phases of which an event is counted and nothing else: flows (s, t, f) and counters (C). Many files are half of these. */
const COUNTED_ONLY = new Uint8Array(256);
for (const phase of [0x73, 0x74, 0x66, 0x43]) COUNTED_ONLY[phase] = 1;
/** A number token longer than this is not one. */
const MAX_TOKEN = 400;

/**
 * Reads one event of a Chrome trace where its bytes lie. What it found is in `phase`, `numbers` and `texts` until
 * the next; nothing is allocated. Of a key that occurs twice the last one counts, as with `JSON.parse`; but a phase of
 * which an event is only counted ends the reading of it.
 */
export class EventScanner {
  /** The first byte of `ph`, 0 without one. */
  phase = 0;
  readonly numbers = new Float64Array(NUMBERS);
  readonly texts = new Int32Array(TEXTS);
  readonly #seed: number;
  readonly #eventKeys: KeyTable;
  readonly #argKeys: KeyTable;
  /** Of the window that the last event lies in; `texts` points into it. */
  bytes = new Uint8Array(0);
  /** How far the last event that was malformed had been read. */
  reached = 0;
  #view = new DataView(new ArrayBuffer(0));
  #end = 0;
  /** Of the string read last. */
  #to = 0;
  #hash = 0;
  #escaped = false;
  #hasArgs = false;

  /** `seed` is that of the table which the texts' hashes are for. */
  constructor(seed: number) {
    this.#seed = seed;
    this.#eventKeys = new KeyTable(EVENT_KEYS, seed);
    this.#argKeys = new KeyTable(ARG_KEYS, seed);
  }

  /** After the event whose brace is at `pos`, or INCOMPLETE or MALFORMED. */
  scan(window: ByteWindow, pos: number): number {
    this.bytes = window.bytes;
    this.#view = window.view;
    this.#end = window.end;
    this.phase = 0;
    this.#hasArgs = false;
    this.reached = pos;
    this.#clear(0, 0);
    return this.#object(pos, this.#eventKeys);
  }

  #clear(numbers: number, texts: number): void {
    this.numbers.fill(NaN, numbers);
    for (let slot = texts + 1; slot < TEXTS; slot += 4) this.texts[slot] = -1;
  }

  #object(pos: number, keys: KeyTable): number {
    const bytes = this.bytes;
    let previous = keys.start;
    pos++;
    for (;;) {
      pos = skipSpace(bytes, pos);
      const first = bytes[pos]!;
      if (first === CLOSE_BRACE) return pos + 1;
      if (first !== QUOTE || pos >= this.#end) return this.#broken(pos);
      const from = pos + 1;
      let key = keys.guess(previous, this.#view, from);
      if (key >= 0) pos = from + keys.length(key) + 1;
      // Behind the last byte stands what was there before.
      if (key < 0 || pos > this.#end) {
        pos = this.#string(from);
        if (pos < 0) return pos;
        key = this.#escaped
          ? keys.findEscaped(bytes, from, this.#to)
          : keys.find(bytes, from, this.#to, this.#hash);
        keys.learn(previous, key);
      }
      previous = key;
      pos = skipSpace(bytes, pos);
      if (bytes[pos] !== COLON) return this.#broken(pos);
      const kind = keys.kind[key]!;
      pos = this.#value(skipSpace(bytes, pos + 1), kind, keys.slot[key]!);
      if (pos < 0) return pos;
      if (kind === PHASE && COUNTED_ONLY[this.phase] === 1) return this.#restOfObject(pos);
      pos = skipSpace(bytes, pos);
      const next = bytes[pos]!;
      if (next === COMMA) pos++;
      else if (next !== CLOSE_BRACE) return this.#broken(pos);
    }
  }

  /** On from behind a value to the end of an object of which nothing more is wanted; what is no JSON is told as ever. */
  #restOfObject(pos: number): number {
    const bytes = this.bytes;
    for (;;) {
      pos = skipSpace(bytes, pos);
      const next = bytes[pos]!;
      if (next === CLOSE_BRACE) return pos + 1;
      if (next !== COMMA) return this.#broken(pos);
      pos = skipSpace(bytes, pos + 1);
      if (bytes[pos] === CLOSE_BRACE) return pos + 1;
      if (bytes[pos] !== QUOTE || pos >= this.#end) return this.#broken(pos);
      pos = skipString(bytes, this.#view, pos + 1, this.#end);
      if (pos < 0) return pos;
      pos = skipSpace(bytes, pos);
      if (bytes[pos] !== COLON) return this.#broken(pos);
      pos = this.#skip(skipSpace(bytes, pos + 1));
      if (pos < 0) return pos;
    }
  }

  #broken(pos: number): number {
    if (pos >= this.#end) return INCOMPLETE;
    this.reached = pos;
    return MALFORMED;
  }

  #value(pos: number, kind: number, slot: number): number {
    const first = this.bytes[pos]!;
    switch (kind) {
      case NUMBER:
        return this.#number(pos, slot);
      case TIME:
        return this.#time(pos, slot);
      case TEXT:
        if (first === QUOTE) return this.#text(pos, slot);
        this.texts[slot + 1] = -1;
        return this.#skip(pos);
      case EITHER:
        if (first === QUOTE) {
          this.numbers[slot] = NaN;
          return this.#text(pos, TEXT_OF[slot]!);
        }
        this.texts[TEXT_OF[slot]! + 1] = -1;
        return this.#number(pos, slot);
      case TRIPLE:
        if (first === OPEN_BRACKET) return this.#triple(pos, slot);
        this.numbers.fill(NaN, slot, slot + 3);
        return this.#skip(pos);
      case PHASE:
        if (first === QUOTE) this.phase = this.bytes[pos + 1]!;
        return this.#skip(pos);
      case ARGS:
        if (this.#hasArgs) this.#clear(CORRELATION, KIND);
        this.#hasArgs = true;
        return first === OPEN_BRACE ? this.#object(pos, this.#argKeys) : this.#skip(pos);
      case SKIP:
      default:
        return this.#skip(pos);
    }
  }

  #skip(pos: number): number {
    return skipValue(this.bytes, this.#view, pos, this.#end);
  }

  #text(pos: number, slot: number): number {
    const after = this.#string(pos + 1);
    if (after < 0) return after;
    const texts = this.texts;
    texts[slot] = pos + 1;
    texts[slot + 1] = this.#to;
    texts[slot + 2] = this.#hash;
    texts[slot + 3] = this.#escaped ? 1 : 0;
    return after;
  }

  /** Hashes a string while looking for its end; `pos` is its first byte. */
  #string(pos: number): number {
    const view = this.#view;
    let hash = this.#seed;
    let at = pos;
    let word = view.getInt32(at, true);
    let found = quoteOrBackslashIn(word);
    while (found === 0) {
      hash = mixHash(hash, word);
      at += 4;
      word = view.getInt32(at, true);
      found = quoteOrBackslashIn(word);
    }
    const last = (31 - Math.clz32(found & -found)) >> 3;
    const to = at + last;
    if (to >= this.#end) return INCOMPLETE;
    if (this.bytes[to] === BACKSLASH) {
      const after = skipString(this.bytes, view, to, this.#end);
      if (after < 0) return after;
      this.#to = after - 1;
      this.#hash = hashBytes(this.bytes, pos, this.#to, this.#seed);
      this.#escaped = true;
      return after;
    }
    if (last > 0) hash = mixHash(hash, word & ((1 << (8 * last)) - 1));
    this.#to = to;
    this.#hash = finishHash(hash, to - pos);
    this.#escaped = false;
    return to + 1;
  }

  /** A number, also one in quotes (ROCm's); anything else is NaN. */
  #number(pos: number, slot: number): number {
    const bytes = this.bytes;
    const start = pos;
    let byte = bytes[pos]!;
    const quoted = byte === QUOTE;
    if (quoted) byte = bytes[++pos]!;
    const negative = byte === MINUS;
    if (negative) byte = bytes[++pos]!;
    let value = 0;
    const digits = pos;
    while (byte >= ZERO && byte < ZERO + 10) {
      value = value * 10 + (byte - ZERO);
      byte = bytes[++pos]!;
    }
    if (pos > digits && pos - digits <= 15 && (quoted ? byte === QUOTE : endsToken(byte))) {
      if (pos >= this.#end) return INCOMPLETE;
      this.numbers[slot] = negative ? -value : value;
      return quoted ? pos + 1 : pos;
    }
    this.numbers[slot] = NaN;
    return this.#otherNumber(start, quoted, (text) => {
      const number = Number(text);
      if (text !== '' && Number.isFinite(number)) this.numbers[slot] = number;
    });
  }

  /** Decimal microseconds, to whole microseconds and nanoseconds; both NaN if it is no number. */
  #time(pos: number, slot: number): number {
    const bytes = this.bytes;
    const numbers = this.numbers;
    const start = pos;
    let byte = bytes[pos]!;
    const quoted = byte === QUOTE;
    if (quoted) byte = bytes[++pos]!;
    const negative = byte === MINUS;
    if (negative) byte = bytes[++pos]!;
    const from = pos;
    let high = 0;
    let low = 0;
    while (byte >= ZERO && byte < ZERO + 10 && pos - from < 9) {
      high = high * 10 + (byte - ZERO);
      byte = bytes[++pos]!;
    }
    const middle = pos;
    while (byte >= ZERO && byte < ZERO + 10 && pos - middle < 9) {
      low = low * 10 + (byte - ZERO);
      byte = bytes[++pos]!;
    }
    const digits = pos - from;
    let ns = 0;
    if (byte === DOT) {
      byte = bytes[++pos]!;
      let unit = 100;
      while (byte >= ZERO && byte < ZERO + 10 && unit > 0) {
        ns += (byte - ZERO) * unit;
        unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
        byte = bytes[++pos]!;
      }
      if (byte >= ZERO && byte < ZERO + 10) {
        // The fourth digit decides: half a nanosecond and more goes up.
        if (byte >= ZERO + 5) ns++;
        while (byte >= ZERO && byte < ZERO + 10) byte = bytes[++pos]!;
      }
    }
    if (digits > 0 && digits <= 16 && (quoted ? byte === QUOTE : endsToken(byte))) {
      if (pos >= this.#end) return INCOMPLETE;
      const us = high * POWER_OF_TEN[digits - (middle - from)]! + low;
      if (us > Number.MAX_SAFE_INTEGER) numbers[slot] = numbers[slot + 1] = NaN;
      else {
        numbers[slot] = negative ? -us : us;
        numbers[slot + 1] = negative ? -ns : ns;
      }
      return quoted ? pos + 1 : pos;
    }
    numbers[slot] = numbers[slot + 1] = NaN;
    return this.#otherNumber(start, quoted, (text) => {
      const exact = decimalToNs(text);
      const us = exact === undefined ? NaN : Number(exact / 1000n);
      numbers[slot] = Number.isSafeInteger(us) ? us : NaN;
      numbers[slot + 1] = exact === undefined ? NaN : Number(exact % 1000n);
    });
  }

  /** Hands the text of a number in another form, or of no number at all, to `take`. */
  #otherNumber(pos: number, quoted: boolean, take: (text: string) => void): number {
    const bytes = this.bytes;
    const first = bytes[pos]!;
    if (first === OPEN_BRACE || first === OPEN_BRACKET) return this.#skip(pos);
    const after = quoted
      ? skipString(bytes, this.#view, pos + 1, this.#end)
      : skipToken(bytes, pos, this.#end);
    if (after < 0) return after;
    const from = quoted ? pos + 1 : pos;
    const to = Math.min(quoted ? after - 1 : after, from + MAX_TOKEN);
    let text = '';
    for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]!);
    take(text);
    return after;
  }

  /** Three numbers of an array into three slots; of another form, none. */
  #triple(pos: number, slot: number): number {
    const bytes = this.bytes;
    const start = pos;
    pos++;
    for (let i = 0; i < 3; i++) {
      pos = this.#number(skipSpace(bytes, pos), slot + i);
      if (pos < 0) break;
      pos = skipSpace(bytes, pos);
      if (bytes[pos] !== (i < 2 ? COMMA : CLOSE_BRACKET)) {
        pos = MALFORMED;
        break;
      }
      pos++;
    }
    if (pos !== MALFORMED) return pos;
    this.numbers.fill(NaN, slot, slot + 3);
    return this.#skip(start);
  }
}

function endsToken(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= 0x20 || byte === 0xff;
}
