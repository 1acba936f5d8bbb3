import { EventTables } from './event-tables.js';
import { HEADERS } from './file-headers.js';
import { TraceDocument } from './trace-document.js';

/** Bytes of a document go in at one end, and come out as columns at the other. */
export class EventReader {
  readonly tables = new EventTables();
  /** Of a key that occurs twice, the last. */
  readonly headers = new Map<string, string>();
  readonly document = new TraceDocument(
    this.tables.scanner,
    { event: () => this.tables.event(), header: (key, json) => void this.headers.set(key, json) },
    HEADERS,
  );
}
