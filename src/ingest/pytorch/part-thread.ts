import { parentPort, workerData } from 'node:worker_threads';
import { buffersOf } from './event-batch.js';
import { readParts, type PartQueue } from './part-queue.js';
import type { PartAnswer } from './read-in-parts.js';

// Runs as a thread (`read-in-parts.ts`): reads parts of a file until none is left, and hands each one's columns over
// without copying them.

const say = (answer: PartAnswer, transfer: ArrayBuffer[] = []): void =>
  parentPort?.postMessage(answer, transfer);

for await (const read of readParts(workerData as PartQueue, (number, bytes) => say({ number, bytes }))) {
  say(read, read.part.batch === undefined ? [] : buffersOf(read.part.batch));
}
