import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { buffersOf } from './event-batch.js';
import { readPart } from './part.js';
import type { PartAnswer, PartOrder } from './read-in-parts.js';

// Runs as a thread (`read-in-parts.ts`): reads one part of a file, and hands its columns over without copying them.

const { path, from, to, chunkBytes, within, isLast } = workerData as PartOrder;
const say = (answer: PartAnswer, transfer: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(answer, transfer);
const chunks = createReadStream(path, { start: from, end: to - 1, highWaterMark: chunkBytes });
const part = await readPart(chunks as AsyncIterable<Uint8Array>, { within, isLast }, (bytes) =>
  say({ bytes }),
);
say({ part }, part.batch === undefined ? [] : buffersOf(part.batch));
