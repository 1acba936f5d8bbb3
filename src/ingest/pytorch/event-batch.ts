import type { PackedTexts } from './byte-strings.js';
import type { EventColumns } from './event-columns.js';
import type { ThreadName } from './event-tables.js';
import type { Reason } from './left-out.js';

type TableNames = 'ops' | 'calls' | 'ranges' | 'syncs' | 'events' | 'overheads';

/**
 * What the events of a part of a file came to, to be handed from thread to thread. Strings, shapes and threads have the
 * ids of the part.
 */
export interface EventBatch {
  readonly tables: {
    readonly [T in TableNames]: {
      readonly length: number;
      readonly columns: ReturnType<EventColumns[T]['finish']>;
    };
  };
  readonly texts: PackedTexts;
  /** What tells a thread apart, and its id, in the order in which they turned up. */
  readonly threads: readonly (readonly [key: string, id: number])[];
  readonly shapes: Float64Array;
  readonly threadNames: readonly ThreadName[];
  readonly shapeOfCall: readonly (readonly [correlation: number, shape: number])[];
  readonly complete: readonly (readonly [category: number, count: number])[];
  readonly left: readonly (readonly [category: number, count: number])[];
  readonly leftOut: readonly (readonly [Reason, number])[];
}

/** The memory that can be handed over instead of copied. */
export function buffersOf({ tables, texts, shapes }: EventBatch): ArrayBuffer[] {
  const columns = Object.values(tables).flatMap((table) => Object.values(table.columns));
  return [...columns, texts.bytes, texts.ends, shapes].map(({ buffer }) => buffer as ArrayBuffer);
}
