import { createHash } from 'node:crypto';
import type { Run, Trace } from '../trace/trace.js';

/** A hash takes less than 2 GiB at once. */
const CHUNK = 2 ** 28;

/**
 * Tells one recording from another: a SHA-256 over when each op, call and range of each process ran. The same for a
 * trace that was moved, packed or unpacked; a run file beside it, or notes, do not count.
 */
export function fingerprint({ traces }: Run): string {
  const hash = createHash('sha256');
  for (const trace of traces.toSorted((a, b) => a.pid - b.pid)) {
    hash.update(`${trace.pid} ${trace.baseNs} ${lengths(trace)}\n`);
    const { ops, calls, ranges } = trace;
    for (const column of [ops.startNs, ops.durationNs, calls.startNs, ranges.startNs]) {
      for (let at = 0; at < column.byteLength; at += CHUNK) {
        const length = Math.min(CHUNK, column.byteLength - at);
        hash.update(new Uint8Array(column.buffer, column.byteOffset + at, length));
      }
    }
  }
  return hash.digest('hex');
}

function lengths({ ops, calls, ranges }: Trace): string {
  return [ops.length, calls.length, ranges.length].join(' ');
}
