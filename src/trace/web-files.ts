import {
  chunkSource,
  inflatedSizeHint,
  piecesOf,
  seekableSource,
  type ByteSource,
  type Inflate,
} from './byte-source.js';
import { messageOf } from './errors.js';
import type { TableFile } from './files.js';

/** Told of every piece of stored bytes that arrives, and asked whether to go on. */
export interface Arrival {
  /** Bytes that came, as stored. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** A file that a browser has: one dropped on a page, or a part of one. Gzipped or not, by its first bytes. */
export function blobFile(name: string, blob: Blob, arrival: Arrival = {}): TableFile {
  return { name, bytes: blob.size, open: () => openBlob(blob, arrival) };
}

async function openBlob(blob: Blob, arrival: Arrival): Promise<ByteSource> {
  const raw = seekableSource(blob.size, async (position, want) => {
    arrival.signal?.throwIfAborted();
    const bytes = new Uint8Array(await blob.slice(position, position + want).arrayBuffer());
    arrival.onBytes?.(bytes.length);
    return bytes;
  });
  if (!isGzip(new Uint8Array(await blob.slice(0, 2).arrayBuffer()))) return raw;
  const trailer = new Uint8Array(await blob.slice(-4).arrayBuffer());
  return chunkSource(inflate(piecesOf(raw)), inflatedSizeHint(blob.size, trailer));
}

/** Bytes that are in memory already, gzipped or not. */
export function bytesFile(name: string, bytes: Uint8Array, arrival: Arrival = {}): TableFile {
  return { name, bytes: bytes.length, open: () => Promise.resolve(openBytes(bytes, arrival)) };
}

function openBytes(bytes: Uint8Array, arrival: Arrival): ByteSource {
  const raw = seekableSource(bytes.length, (position, want) => {
    arrival.signal?.throwIfAborted();
    arrival.onBytes?.(want);
    // A copy: Arrow needs bodies that start at a multiple of 8.
    return Promise.resolve(bytes.slice(position, position + want));
  });
  if (!isGzip(bytes)) return raw;
  return chunkSource(inflate(piecesOf(raw)), inflatedSizeHint(bytes.length, bytes.slice(-4)));
}

/** A file of `bytes` bytes on a server, gzipped or not; `request` asks for it, and throws if it is refused. */
export function fetchedFile(
  name: string,
  bytes: number,
  request: () => Promise<ReadableStream<Uint8Array>>,
  arrival: Arrival = {},
): TableFile {
  return { name, bytes, open: async () => openStream(await request(), bytes, arrival) };
}

async function openStream(
  stream: ReadableStream<Uint8Array>,
  bytes: number,
  arrival: Arrival,
): Promise<ByteSource> {
  const pieces = arrivals(stream, arrival);
  const first = await pieces.next();
  const chunks = startingWith(first.done === true ? new Uint8Array(0) : first.value, pieces);
  // How large it is inflated stands at its end, which is not here yet: tables shrink to about a fifth.
  if (first.done !== true && isGzip(first.value)) return chunkSource(inflate(chunks), bytes * 5);
  return chunkSource(chunks, bytes);
}

async function* arrivals(stream: ReadableStream<Uint8Array>, arrival: Arrival): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      arrival.signal?.throwIfAborted();
      const { value, done } = await reader.read();
      if (done) return;
      arrival.onBytes?.(value.length);
      if (value.length > 0) yield value;
    }
  } finally {
    // Whoever stops early wants no more of it.
    await reader.cancel().catch(() => undefined);
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* rest;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** `Inflate` with the decompressor that browsers have. */
export const inflate: Inflate = async function* (chunks) {
  const { readable, writable } = new DecompressionStream('gzip');
  // Bytes shared between threads, which `Uint8Array` alone does not rule out, do not come here.
  const writer = writable.getWriter() as { write(chunk: Uint8Array): Promise<void> } & Pick<
    WritableStreamDefaultWriter,
    'close' | 'abort'
  >;
  const reader = readable.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  /** A read that has found nothing yet. */
  let isWaiting = false;
  let stopped = false;
  let failure: unknown;
  /** All that there is has been inflated: what is still missing was cut off, and is missed by who reads it. */
  let isEnd = false;
  const write = async (): Promise<void> => {
    try {
      for await (const chunk of chunks) {
        if (stopped) return;
        await writer.write(chunk);
      }
      // Closing a truncated gzip is an error, and drops what was inflated but not yet read: let that be read first.
      while (!isWaiting && !stopped) await turn();
      isEnd = true;
      if (!stopped) await writer.close();
    } catch (error) {
      failure = error;
      await writer.abort(error).catch(() => undefined);
    }
  };
  const writing = write();
  try {
    for (;;) {
      isWaiting = true;
      const { value, done } = await reader.read();
      isWaiting = false;
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (isEnd) return;
    // What stopped the writer says more than that the reader was stopped.
    const why = failure ?? error;
    if (why instanceof Error && why.name === 'AbortError') throw why;
    throw new Error(`gzip: ${messageOf(why)}`, { cause: error });
  } finally {
    stopped = true;
    await reader.cancel().catch(() => undefined);
    await writing;
  }
};

/** Lets everything that is ready run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
