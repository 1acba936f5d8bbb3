import type { Run } from '../../../src/trace/trace.js';
import type { Progress, TraceSource } from '../protocol.js';
import { readDropped } from './dropped-files.js';
import { readInline } from './inline-files.js';
import { readServed } from './served-trace.js';

export interface Reading {
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

export interface Read {
  readonly name: string;
  readonly run: Run;
}

/**
 * Reads a trace from wherever it is.
 * @throws UserError if it is none, or too large; the signal's reason if it was called off
 */
export function readSource(source: TraceSource, reading: Reading): Promise<Read> {
  switch (source.from) {
    case 'server':
      return readServed(source, reading);
    case 'files':
      return readDropped(source, reading);
    case 'inline':
      return readInline(source, reading);
  }
}
