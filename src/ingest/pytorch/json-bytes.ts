/**
 * Reading JSON where it lies, as bytes. Every function takes the position it starts at and returns the position
 * after what it read, or one of two negative numbers. All of them rely on the sentinels of `ByteWindow`: they
 * need no bounds check in their loops, because 0xff ends every token and a quote after it every string.
 */

/** The bytes end before the token does: try again with more of them. */
export const INCOMPLETE = -1;
/** No JSON, however leniently read. */
export const MALFORMED = -2;

export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const MINUS = 0x2d;
export const DOT = 0x2e;

/** The first byte that is no space. Control characters count as space: some writers leave them between tokens. */
export function skipSpace(bytes: Uint8Array, pos: number): number {
  while (bytes[pos]! <= 0x20) pos++;
  return pos;
}

/** The quote or backslash at or after `pos`, by four bytes at a time. */
export function findQuoteOrBackslash(view: DataView, pos: number): number {
  for (;;) {
    const found = quoteOrBackslashIn(view.getInt32(pos, true));
    if (found !== 0) return pos + ((31 - Math.clz32(found & -found)) >> 3);
    pos += 4;
  }
}

/**
 * Bit 7 of each byte of a little-endian word that is `"` or `\`; the lowest set bit is exact. (A byte of x is
 * zero where `(x - 0x01010101) & ~x & 0x80808080` is set; borrows disturb only the bytes above.)
 */
export function quoteOrBackslashIn(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
}

/** After the closing quote of the string whose content starts at `pos`; any byte may stand inside it. */
export function skipString(bytes: Uint8Array, view: DataView, pos: number, end: number): number {
  for (;;) {
    pos = findQuoteOrBackslash(view, pos);
    if (pos >= end) return INCOMPLETE;
    if (bytes[pos] === QUOTE) return pos + 1;
    pos += 2;
  }
}

/** Bytes that `skipValue` must look at inside an object or array. */
const OPENS = 1;
const CLOSES = 2;
const STARTS_STRING = 3;
const SENTINEL = 4;
const CLASS = new Uint8Array(256);
CLASS[OPEN_BRACE] = CLASS[OPEN_BRACKET] = OPENS;
CLASS[CLOSE_BRACE] = CLASS[CLOSE_BRACKET] = CLOSES;
CLASS[QUOTE] = STARTS_STRING;
CLASS[0xff] = SENTINEL;

/** After the value at `pos`, whatever it is. Nesting is counted, not recursed into, and kinds of brackets are one. */
export function skipValue(bytes: Uint8Array, view: DataView, pos: number, end: number): number {
  const first = bytes[pos]!;
  if (first === QUOTE) return skipString(bytes, view, pos + 1, end);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return skipToken(bytes, pos, end);
  let depth = 1;
  pos++;
  for (;;) {
    let kind = CLASS[bytes[pos]!]!;
    while (kind === 0) kind = CLASS[bytes[++pos]!]!;
    if (kind === STARTS_STRING) {
      pos = skipString(bytes, view, pos + 1, end);
      if (pos < 0) return pos;
    } else if (kind === OPENS) {
      depth++;
      pos++;
    } else if (kind === CLOSES) {
      pos++;
      if (--depth === 0) return pos;
    } else {
      if (pos >= end) return INCOMPLETE;
      pos++;
    }
  }
}

/** After a number or a word (`true`, `NaN`, …), which ends before a comma, a bracket, a space or a quote. */
export function skipToken(bytes: Uint8Array, pos: number, end: number): number {
  const start = pos;
  for (;;) {
    const byte = bytes[pos]!;
    if (byte <= 0x20 || byte === COMMA || byte === COLON || (CLASS[byte] !== 0 && byte !== 0xff)) break;
    if (byte === 0xff) {
      if (pos >= end) return INCOMPLETE;
      return MALFORMED;
    }
    pos++;
  }
  return pos === start ? MALFORMED : pos;
}
