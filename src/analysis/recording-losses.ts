import type { Trace } from '../trace/trace.js';

/** What recorders say they lost, summed over processes; absent where none of them says. */
export interface RecordingLosses {
  readonly droppedOps?: number;
  readonly zeroTimestamps?: number;
  readonly unknownRecords?: number;
}

const KEYS = {
  droppedOps: ['dropped', 'droppedUnwritten'],
  zeroTimestamps: ['zeroTimestamps'],
  unknownRecords: ['unknownRecords'],
} as const satisfies Record<keyof RecordingLosses, readonly string[]>;

/** From the `status` tables (docs/trace-format.md). */
export function recordingLosses(traces: readonly Trace[]): RecordingLosses {
  const losses: { -readonly [K in keyof RecordingLosses]: number } = {};
  for (const [loss, keys] of Object.entries(KEYS) as [keyof RecordingLosses, readonly string[]][]) {
    const told = traces.flatMap(({ status }) => keys.flatMap((key) => countOf(status.get(key))));
    if (told.length > 0) losses[loss] = told.reduce((a, b) => a + b);
  }
  return losses;
}

function countOf(text: string | undefined): number[] {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? [value] : [];
}
