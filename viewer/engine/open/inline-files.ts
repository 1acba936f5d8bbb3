import { bytesFile } from '../../../src/trace/web-files.js';
import type { TraceSource } from '../protocol.js';
import { countArrivals } from './arrival.js';
import { readFolders } from './folders.js';
import type { Read, Reading } from './read-source.js';

/** Reads a trace that came with the page. */
export async function readInline(
  { name, files }: Extract<TraceSource, { from: 'inline' }>,
  reading: Reading,
): Promise<Read> {
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const arrival = countArrivals(reading, 'reading', total);
  const placed = files.map(({ path, bytes }) => ({ path, file: bytesFile(path, bytes, arrival) }));
  return { name, run: await readFolders(name, placed) };
}
