import { fileChunks } from './file-chunks.js';
import { readPart, type Part } from './part.js';
import type { Around } from './trace-document.js';

export interface PartPlace {
  readonly from: number;
  readonly to: number;
  /** What the events stand in where it begins; undefined for the first part. */
  readonly within: Around | undefined;
}

/** The parts of a file, for several threads to share out among them. */
export interface PartQueue {
  readonly path: string;
  readonly places: readonly PartPlace[];
  readonly chunkBytes: number;
  /** One Int32: the number of the first part that nobody has taken. */
  readonly next: SharedArrayBuffer;
}

/** Takes one part after the other, while there are any; `onBytes` hears of each how much of it is read. */
export async function* readParts(
  { path, places, chunkBytes, next }: PartQueue,
  onBytes: (number: number, bytes: number) => void,
): AsyncGenerator<{ readonly number: number; readonly part: Part }> {
  const counter = new Int32Array(next);
  for (;;) {
    const number = Atomics.add(counter, 0, 1);
    const place = places[number];
    if (place === undefined) return;
    const { from, to, within } = place;
    const isLast = number === places.length - 1;
    const chunks = fileChunks(path, from, to, chunkBytes);
    yield { number, part: await readPart(chunks, { within, isLast }, (bytes) => onBytes(number, bytes)) };
  }
}
