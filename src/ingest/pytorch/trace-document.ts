import { ByteWindow } from './byte-window.js';
import type { EventScanner } from './event-scanner.js';
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  INCOMPLETE,
  MALFORMED,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
  skipString,
  skipValue,
} from './json-bytes.js';

/** What a document is made of goes here. */
export interface DocumentSink {
  /** An event was read; it is in the scanner. */
  event(): void;
  /** A value beside the events, as its text. */
  header(key: string, json: string): void;
}

/** An event longer than this is taken for damage: a quote or a brace that was lost. */
const MAX_EVENT = 16 << 20;
/** A header longer than this is skipped, not kept. */
const MAX_HEADER = 8 << 20;
const LITTLE = 64 << 10;
/** An event that turned out to be malformed only after so many bytes. */
const COSTLY = 16 << 10;
/** So often is a costly event, or one without an end, looked into for whole ones; a file made of such costs no more. */
const MOST_RESCUES = 64;

/** Where in the document the next byte stands. */
const TOP = 0;
const OBJECT = 1;
const EVENTS = 2;
/** What an array of events stands in: an object's `traceEvents`, or nothing. */
export type Around = typeof TOP | typeof OBJECT;
export const AROUND_EVENTS = { nothing: TOP, object: OBJECT } as const;
/** In a value that nobody asked for, nested `#depth` deep. */
const SKIPPING = 3;
/** Past something that is no event; looks for the next one. */
const LOST = 4;

/**
 * The outside of a Chrome trace: an object with `traceEvents` somewhere in it, an array of events, or several of
 * either one after the other (Proton writes one a stream). Bytes come in chunks of any size; what is read does not
 * depend on where they are cut. An event must lie in the window as a whole; all else may be of any length.
 */
export class TraceDocument {
  readonly window = new ByteWindow();
  /** Events read; stretches that were no events; whether an event array was seen at all. */
  events = 0;
  damaged = 0;
  sawEvents = false;
  /** What the document began with that is no JSON. */
  foreign = false;
  readonly #scanner: EventScanner;
  readonly #sink: DocumentSink;
  readonly #wanted: ReadonlySet<string>;
  #state: number = TOP;
  /** State after the events. */
  #outside: Around = TOP;
  #depth = 0;
  #inString = false;
  /** What did not end at this many bytes is tried again only with twice as many. */
  #waitFor = 0;
  #rescues = 0;

  constructor(scanner: EventScanner, sink: DocumentSink, wanted: ReadonlySet<string>) {
    this.#scanner = scanner;
    this.#sink = sink;
    this.#wanted = wanted;
  }

  /** Begins in the middle of an array of events, as if all before had been read. */
  beginWithin(around: Around): void {
    this.#enterEvents(around);
  }

  /** What the bytes so far end in, between two events; undefined if they end anywhere else. */
  betweenEvents(): Around | undefined {
    this.#waitFor = 0;
    this.#read();
    return this.#state === EVENTS && this.window.length === 0 ? this.#outside : undefined;
  }

  push(chunk: Uint8Array): void {
    const { window } = this;
    window.append(chunk);
    if (window.length < this.#waitFor) return;
    this.#waitFor = 0;
    this.#read();
    if (window.length > LITTLE) this.#waitFor = 2 * window.length;
  }

  /** The end of the file; what was left, 0 if the document was complete. */
  finish(): { readonly complete: boolean; readonly leftBytes: number } {
    const { window } = this;
    this.#waitFor = 0;
    this.#read();
    let leftBytes = window.length;
    const complete = this.#state === TOP && leftBytes === 0;
    // What looks like a cut event may be one with a quote too many, and whole events behind it.
    while (this.#state === EVENTS && window.length > 0 && this.#rescues++ < MOST_RESCUES) {
      const { events } = this;
      window.start = this.#lose(window.start + 1, EVENTS);
      this.#read();
      if (this.events === events) this.damaged--;
      else leftBytes = window.length;
    }
    return { complete, leftBytes };
  }

  /** Reads as far as the bytes go; `window.start` is then the first that must wait for more. */
  #read(): void {
    const { window } = this;
    for (;;) {
      let pos: number;
      switch (this.#state) {
        case EVENTS:
          pos = this.#readEvents();
          break;
        case OBJECT:
          pos = this.#readMember();
          break;
        case SKIPPING:
          pos = this.#skipOn();
          break;
        case LOST:
          pos = this.#findEvent();
          break;
        default:
          pos = this.#readTop();
      }
      if (pos < 0) return;
      window.start = pos;
    }
  }

  #readTop(): number {
    const { bytes, end, start } = this.window;
    let pos = skipSpace(bytes, start);
    // Between documents: a byte order mark, and commas where somebody joined files.
    while (pos < end && (isMark(bytes[pos]!) || bytes[pos] === COMMA)) pos = skipSpace(bytes, pos + 1);
    this.window.start = Math.min(pos, end);
    if (pos >= end) return INCOMPLETE;
    const first = bytes[pos]!;
    if (first === OPEN_BRACE) this.#state = OBJECT;
    else if (first === OPEN_BRACKET) this.#enterEvents(TOP);
    else {
      if (this.events === 0 && !this.sawEvents) this.foreign = true;
      else this.damaged++;
      this.#outside = TOP;
      this.#state = LOST;
      return pos;
    }
    return pos + 1;
  }

  #enterEvents(outside: Around): void {
    this.sawEvents = true;
    this.#outside = outside;
    this.#state = EVENTS;
  }

  /** One `"key": value` of the outer object. */
  #readMember(): number {
    const { bytes, view, end, start } = this.window;
    let pos = skipSpace(bytes, start);
    while (pos < end && bytes[pos] === COMMA) pos = skipSpace(bytes, pos + 1);
    this.window.start = Math.min(pos, end);
    if (pos >= end) return INCOMPLETE;
    if (bytes[pos] === CLOSE_BRACE) {
      this.#state = TOP;
      return pos + 1;
    }
    if (bytes[pos] !== QUOTE) return this.#lose(pos, OBJECT);
    const from = pos + 1;
    pos = skipString(bytes, view, from, end);
    if (pos < 0) return pos;
    const key = textOf(bytes, from, pos - 1);
    pos = skipSpace(bytes, pos);
    if (pos >= end) return INCOMPLETE;
    if (bytes[pos] !== COLON) return this.#lose(pos, OBJECT);
    pos = skipSpace(bytes, pos + 1);
    if (pos >= end) return INCOMPLETE;
    if (key === 'traceEvents' && bytes[pos] === OPEN_BRACKET) {
      this.#enterEvents(OBJECT);
      return pos + 1;
    }
    if (this.#wanted.has(key)) {
      const after = skipValue(bytes, view, pos, end);
      if (after === MALFORMED) return this.#lose(pos, OBJECT);
      if (after === INCOMPLETE && end - pos <= MAX_HEADER) return INCOMPLETE;
      if (after > 0 && after - pos <= MAX_HEADER) {
        this.#sink.header(key, textOf(bytes, pos, after));
        return after;
      }
      this.damaged++;
    }
    this.#depth = 0;
    this.#inString = false;
    this.#state = SKIPPING;
    return pos;
  }

  #readEvents(): number {
    const scanner = this.#scanner;
    const { window } = this;
    const { bytes, end } = window;
    let pos = window.start;
    for (;;) {
      pos = skipSpace(bytes, pos);
      const byte = bytes[pos]!;
      if (byte === OPEN_BRACE) {
        const after = scanner.scan(window, pos);
        if (after < 0 || after - pos > MAX_EVENT) {
          window.start = pos;
          if (after === INCOMPLETE && end - pos <= MAX_EVENT) return INCOMPLETE;
          const wasted = after === MALFORMED ? scanner.reached - pos : MAX_EVENT;
          const isTooMuch = wasted > COSTLY && this.#rescues++ >= MOST_RESCUES;
          return this.#lose(pos + (isTooMuch ? wasted : 1), EVENTS);
        }
        this.events++;
        this.#sink.event();
        pos = after;
      } else if (byte === COMMA) pos++;
      else if (byte === CLOSE_BRACKET) {
        this.#state = this.#outside;
        return pos + 1;
      } else {
        window.start = Math.min(pos, end);
        return pos >= end ? INCOMPLETE : this.#lose(pos, EVENTS);
      }
    }
  }

  /** Something unreadable at `pos`: counted once, up to where reading can go on. */
  #lose(pos: number, within: number): number {
    this.damaged++;
    if (within === OBJECT) this.#outside = OBJECT;
    this.#state = LOST;
    return pos;
  }

  /** The next `{"`, or the next `}` `,` `{` `"`: inside a damaged event the first may be its own `args`. */
  #findEvent(): number {
    const { bytes, end, start } = this.window;
    for (let brace = start; brace < end; brace++) {
      if (bytes[brace] !== CLOSE_BRACE && bytes[brace] !== OPEN_BRACKET) continue;
      this.window.start = brace;
      let pos = skipSpace(bytes, brace + 1);
      if (bytes[brace] === CLOSE_BRACE) {
        if (pos >= end) return INCOMPLETE;
        if (bytes[pos] !== COMMA) continue;
        pos = skipSpace(bytes, pos + 1);
      }
      const event = pos;
      if (pos >= end) return INCOMPLETE;
      if (bytes[pos] !== OPEN_BRACE) continue;
      pos = skipSpace(bytes, pos + 1);
      if (pos >= end) return INCOMPLETE;
      if (bytes[pos] !== QUOTE) continue;
      this.sawEvents = true;
      this.#state = EVENTS;
      return event;
    }
    this.window.start = end;
    return INCOMPLETE;
  }

  /** On through a value of any length, remembering only how deep in it we are. */
  #skipOn(): number {
    const { bytes, end } = this.window;
    let pos = this.window.start;
    for (; pos < end; pos++) {
      const byte = bytes[pos]!;
      if (this.#inString) {
        if (byte === BACKSLASH) {
          if (pos + 1 >= end) break;
          pos++;
        } else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
      else if (this.#depth === 0 && (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET)) {
        this.#state = OBJECT;
        return pos;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth--;
    }
    this.window.start = pos;
    return INCOMPLETE;
  }
}

/** Of the three bytes of a byte order mark. */
function isMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to));
}
