import { open, type FileHandle } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { joined, likelyAround, likelyEvent, type Part } from './part.js';
import { readParts, type PartPlace, type PartQueue } from './part-queue.js';
import type { Gathered } from './read-pytorch.js';

/** What a thread says: now and then how far it is with a part, and what it read of it in the end. */
export type PartAnswer =
  { readonly number: number; readonly bytes: number } | { readonly number: number; readonly part: Part };

export interface PartsOptions {
  readonly chunkBytes: number;
  /** Parts are no smaller; a thread takes 50 ms to start, in which 15 MB are read. */
  readonly leastBytes?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (bytes: number) => void;
}

const LEAST_BYTES = 32 << 20;
/** Beyond this many threads the rest, which is done by one, takes longer than the reading. */
const MOST_THREADS = 4;
/** Some parts take longer than others of the same length: whoever is done takes another. */
const PARTS_A_THREAD = 4;
/** Looked through for the beginning of an event: many events long. */
const SEARCHED = 256 << 10;

/**
 * Reads a document of `size` bytes in parts, by one thread a core, or leaves it (undefined) to who asks: it is small, there
 * is but one core, or it cannot be read in parts.
 * @throws the signal's reason if it was aborted
 */
export async function readInParts(
  path: string,
  size: number,
  options: PartsOptions,
): Promise<Gathered | undefined> {
  // Where TypeScript is run as it is, there is no file to start a thread with.
  if (import.meta.url.endsWith('.ts')) return undefined;
  const { leastBytes = LEAST_BYTES, chunkBytes } = options;
  const threads = Math.min(MOST_THREADS, availableParallelism(), Math.floor(size / leastBytes));
  if (threads < 2) return undefined;
  const places = await placesOf(
    path,
    size,
    Math.min(threads * PARTS_A_THREAD, Math.floor(size / leastBytes)),
  );
  if (places === undefined) return undefined;
  const queue: PartQueue = { path, places, chunkBytes, next: new SharedArrayBuffer(4) };
  const parts: Part[] = [];
  const read = places.map(() => 0);
  const take = (answer: PartAnswer): void => {
    if ('part' in answer) parts[answer.number] = answer.part;
    else {
      read[answer.number] = answer.bytes;
      options.onBytes?.(read.reduce((sum, each) => sum + each, 0));
    }
  };
  const ended = new AbortController();
  const given = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([ended.signal, ...given]);
  try {
    const others = Array.from({ length: threads - 1 }, () => inThread(queue, signal, take));
    await Promise.all([here(queue, signal, take), ...others]);
    return joined(parts);
  } catch (error) {
    options.signal?.throwIfAborted();
    // The system's own trouble, as with a bad disk: reading from the beginning meets it too, and says what was readable
    // before it. Anything else is a mistake of ours.
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  } finally {
    ended.abort();
  }
}

async function here(
  queue: PartQueue,
  signal: AbortSignal,
  take: (answer: PartAnswer) => void,
): Promise<void> {
  const onBytes = (number: number, bytes: number): void => {
    signal.throwIfAborted();
    take({ number, bytes });
  };
  for await (const answer of readParts(queue, onBytes)) take(answer);
}

function inThread(queue: PartQueue, signal: AbortSignal, take: (answer: PartAnswer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./part-thread.js', import.meta.url), { workerData: queue });
    const stop = (): void => {
      reject(signal.reason as Error);
      void worker.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', take);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      if (code === 0) resolve();
      else reject(new Error(`a thread that read ${queue.path} ended with ${code}`));
    });
  });
}

/** Where the parts begin and end; undefined if no event seems to begin where one should. */
async function placesOf(path: string, size: number, count: number): Promise<PartPlace[] | undefined> {
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
