import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { joined, likelyAround, likelyEvent, readPart, type Part, type PartPlace } from './part.js';
import type { Gathered } from './read-pytorch.js';
import type { Around } from './trace-document.js';

/** What a thread is to read. */
export interface PartOrder extends PartPlace {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly chunkBytes: number;
}

/** What it says: now and then how far it is, in the end what it read. */
export type PartAnswer = { readonly bytes: number } | { readonly part: Part };

export interface PartsOptions {
  readonly chunkBytes: number;
  /** Parts are no smaller; a thread takes 50 ms to start, in which 15 MB are read. */
  readonly leastBytes?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (bytes: number) => void;
}

const LEAST_BYTES = 32 << 20;
/** Beyond this many the rest, which is done by one thread, takes longer than the reading. */
const MOST_PARTS = 4;
/** Looked through for the beginning of an event: many events long. */
const SEARCHED = 256 << 10;

/**
 * Reads a document of `size` bytes in parts, one a core, or leaves it (undefined) to who asks: it is small, there is but
 * one core, or it cannot be read in parts.
 * @throws the signal's reason if it was aborted
 */
export async function readInParts(
  path: string,
  size: number,
  options: PartsOptions,
): Promise<Gathered | undefined> {
  // Where TypeScript is run as it is, there is no file to start a thread with.
  if (import.meta.url.endsWith('.ts')) return undefined;
  const { leastBytes = LEAST_BYTES } = options;
  const count = Math.min(MOST_PARTS, availableParallelism(), Math.floor(size / leastBytes));
  if (count < 2) return undefined;
  const places = await placesOf(path, size, count);
  if (places === undefined) return undefined;
  const ended = new AbortController();
  const signals = [ended.signal, ...(options.signal === undefined ? [] : [options.signal])];
  const signal = AbortSignal.any(signals);
  const read = places.map(() => 0);
  const tell = (part: number) => (bytes: number) => {
    read[part] = bytes;
    options.onBytes?.(read.reduce((sum, each) => sum + each, 0));
  };
  try {
    const others = places.slice(1).map(({ from, to, within }, i) => {
      const isLast = i === places.length - 2;
      const order = { path, from, to, within, isLast, chunkBytes: options.chunkBytes };
      return inThread(order, signal, tell(i + 1));
    });
    const own = untilAborted(path, places[0]!.to, options.chunkBytes, signal);
    const first = readPart(own, { within: undefined, isLast: false }, tell(0));
    return joined(await Promise.all([first, ...others]));
  } catch (error) {
    options.signal?.throwIfAborted();
    // Reading from the beginning meets the same trouble, and says what was readable before it.
    if (error instanceof Error) return undefined;
    throw error;
  } finally {
    ended.abort();
  }
}

interface Place {
  readonly from: number;
  readonly to: number;
  readonly within: Around | undefined;
}

/** Where the parts begin and end; undefined if no event seems to begin where one should. */
async function placesOf(path: string, size: number, count: number): Promise<Place[] | undefined> {
  const file = await open(path);
  try {
    const around = likelyAround(await bytesAt(file, 0, 4096));
    if (around === undefined) return undefined;
    const starts = [0];
    for (let part = 1; part < count; part++) {
      const near = Math.floor((size / count) * part);
      const event = likelyEvent(await bytesAt(file, near, SEARCHED));
      if (event < 0) return undefined;
      starts.push(near + event);
    }
    return starts.map((from, i) => ({
      from,
      to: starts[i + 1] ?? size,
      within: i === 0 ? undefined : around,
    }));
  } finally {
    await file.close();
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function* untilAborted(
  path: string,
  end: number,
  chunkBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { end: end - 1, highWaterMark: chunkBytes })) {
    signal.throwIfAborted();
    yield chunk as Uint8Array;
  }
}

function inThread(order: PartOrder, signal: AbortSignal, onBytes: (bytes: number) => void): Promise<Part> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./part-thread.js', import.meta.url), { workerData: order });
    const stop = (): void => {
      reject(signal.reason as Error);
      void worker.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (answer: PartAnswer) => {
      if ('bytes' in answer) onBytes(answer.bytes);
      else resolve(answer.part);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      reject(new Error(`the thread that read ${order.path} ended with ${code}`));
    });
  });
}
