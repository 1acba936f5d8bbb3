import type { Arrival } from '../../../src/trace/web-files.js';
import type { Reading } from './read-source.js';

const PROGRESS_MS = 50;

/** Tells of stored bytes as they arrive, not more than twenty times a second. */
export function countArrivals(
  { progress, signal }: Reading,
  phase: 'fetching' | 'reading',
  total: number,
): Arrival {
  const text = phase === 'fetching' ? 'Fetching the trace' : 'Reading the trace';
  let done = 0;
  let toldMs = -Infinity;
  progress({ phase, done, total, text });
  return {
    signal,
    onBytes(bytes) {
      done += bytes;
      const now = performance.now();
      if (done < total && now - toldMs < PROGRESS_MS) return;
      toldMs = now;
      progress({ phase, done: Math.min(done, total), total, text });
    },
  };
}
