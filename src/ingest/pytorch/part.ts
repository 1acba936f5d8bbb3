import type { EventBatch } from './event-batch.js';
import { EventReader } from './event-reader.js';
import { EventTables } from './event-tables.js';
import { CLOSE_BRACE, COMMA, OPEN_BRACE, QUOTE, skipSpace } from './json-bytes.js';
import type { Gathered } from './read-pytorch.js';
import { AROUND_EVENTS, type Around } from './trace-document.js';

/**
 * A long document can be read in parts at the same time: each but the first begins where, as far as its own bytes tell,
 * an event begins in an array of events. Whether that was so, the part before knows when it gets there. Where it was not,
 * and where something is damaged or belongs together over the cut, the parts are no answer (`joined` gives undefined), and
 * the document must be read from its beginning.
 */
export interface Part {
  readonly headers: readonly (readonly [string, string])[];
  readonly batch: EventBatch | undefined;
  readonly bytes: number;
  readonly events: number;
  readonly damaged: number;
  readonly sawEvents: boolean;
  readonly foreign: boolean;
  /** What it took the events to stand in at its beginning, and found them to at its end; undefined if at neither. */
  readonly from: Around | undefined;
  readonly to: Around | undefined;
  /** Of the last one. */
  readonly end?: { readonly complete: boolean; readonly leftBytes: number };
}

export interface PartRole {
  /** What the events stand in where it begins; undefined for the first part. */
  readonly within: Around | undefined;
  readonly isLast: boolean;
}

/** Reads one part from its own bytes alone. */
export async function readPart(
  chunks: AsyncIterable<Uint8Array>,
  { within, isLast }: PartRole,
  onBytes?: (bytes: number) => void,
): Promise<Part> {
  const reader = new EventReader();
  const { tables, headers, document } = reader;
  if (within !== undefined) document.beginWithin(within);
  let bytes = 0;
  for await (const chunk of chunks) {
    document.push(chunk);
    bytes += chunk.length;
    onBytes?.(bytes);
  }
  const to = isLast ? undefined : document.betweenEvents();
  const end = isLast ? { end: document.finish() } : {};
  const { events, damaged, sawEvents, foreign } = document;
  return {
    headers: [...headers],
    batch: tables.batch(),
    bytes,
    events,
    damaged,
    sawEvents,
    foreign,
    from: within,
    to,
    ...end,
  };
}

/** The document of its parts, in order; undefined if they cannot stand for it. */
export function joined(parts: readonly Part[]): Gathered | undefined {
  const tables = new EventTables();
  tables.reserve(parts.flatMap(({ batch }) => batch ?? []));
  const headers = new Map<string, string>();
  let bytes = 0;
  let events = 0;
  for (const [i, part] of parts.entries()) {
    if (part.batch === undefined || part.damaged > 0) return undefined;
    const next = parts[i + 1];
    if (next !== undefined && (part.to === undefined || part.to !== next.from)) return undefined;
    tables.absorb(part.batch);
    for (const [key, json] of part.headers) headers.set(key, json);
    bytes += part.bytes;
    events += part.events;
  }
  const end = parts.at(-1)?.end;
  if (end === undefined) return undefined;
  const { foreign } = parts[0]!;
  const sawEvents = parts.some((part) => part.sawEvents);
  return { tables, headers, bytes, events, damaged: 0, sawEvents, foreign, ...end };
}

/** What the events of a document are likely to stand in, by its first byte that is no space. */
export function likelyAround(bytes: Uint8Array): Around | undefined {
  const pos = skipSpace(bytes, 0);
  if (pos >= bytes.length) return undefined;
  if (bytes[pos] === OPEN_BRACE) return AROUND_EVENTS.object;
  return AROUND_EVENTS.nothing;
}

/** Where an event is likely to begin behind another: at the last brace of the first `}` `,` `{` `"`; -1 without any. */
export function likelyEvent(bytes: Uint8Array): number {
  for (let brace = bytes.indexOf(CLOSE_BRACE); brace >= 0; brace = bytes.indexOf(CLOSE_BRACE, brace + 1)) {
    let pos = skipSpace(bytes, brace + 1);
    if (bytes[pos] !== COMMA) continue;
    pos = skipSpace(bytes, pos + 1);
    if (bytes[pos] === OPEN_BRACE && bytes[skipSpace(bytes, pos + 1)] === QUOTE) return pos;
  }
  return -1;
}
