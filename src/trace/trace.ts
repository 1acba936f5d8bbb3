import type { Table } from './schema.js';

/** Index into `ops`, which is sorted by `startNs`. */
export type IndexIntoOps = number;
/** Index into `calls`, which is sorted by `startNs`. */
export type IndexIntoCalls = number;
/** Index into `ranges`, which is sorted by `startNs`, parents before children. */
export type IndexIntoRanges = number;

/** Something that was lost, cut or not understood while reading; shown to the user, never swallowed. */
export interface TraceNotice {
  readonly table: string;
  readonly message: string;
  /** Rows or records concerned, where it can be counted. */
  readonly count?: number;
}

/**
 * One process's trace in memory. All `startNs` are float64 nanoseconds since `baseNs`; tables with a
 * `startNs` are sorted by it. A range that was never closed ends at the trace's end and is listed in
 * `openRanges`.
 */
export interface Trace {
  readonly name: string;
  readonly path: string;
  readonly pid: number;
  /** CLOCK_REALTIME nanoseconds of the trace's first record. */
  readonly baseNs: bigint;
  /** Latest end of any record, ns since `baseNs`. */
  readonly endNs: number;
  /** Size of the table files that were read. */
  readonly bytesOnDisk: number;
  readonly ops: Table<'ops'>;
  readonly shapes: Table<'shapes'>;
  readonly calls: Table<'calls'>;
  readonly ranges: Table<'ranges'>;
  readonly syncs: Table<'syncs'>;
  readonly events: Table<'events'>;
  readonly overheads: Table<'overheads'>;
  readonly graphNodes: Table<'graphNodes'>;
  readonly graphExecs: Table<'graphExecs'>;
  readonly rangeStacks: Table<'rangeStacks'>;
  readonly threads: Table<'threads'>;
  readonly clock: Table<'clock'>;
  /** String id → text; an id without a row reads as `?<id>`. */
  readonly strings: readonly string[];
  /** `shapes` row of a shape id. */
  readonly shapeRow: Int32Array;
  /** Indices into `ranges` of those never closed. */
  readonly openRanges: readonly IndexIntoRanges[];
  readonly devices: readonly Device[];
  /** Last value of every `status` key. */
  readonly status: ReadonlyMap<string, string>;
  readonly notices: readonly TraceNotice[];
  /** `run.json` beside the tables, if there is one. */
  readonly run?: unknown;
}

/** A GPU with its limits and rates (`docs/trace-format.md`, `devices`); a limit that was not recorded is absent. */
export interface Device {
  readonly id: number;
  readonly name: string;
  readonly limits: ReadonlyMap<string, number>;
}

/** How the clocks of a run's traces relate to each other. */
export interface RunClocks {
  /**
   * `same`: recorded on one clock. `matched`: told from the ends of collectives, to `residualNs`. `apart`: not known;
   * every trace begins at its own first record, and times of two traces say nothing about each other.
   */
  readonly relation: 'same' | 'matched' | 'apart';
  /** Trace → what to add to its times for the run's common time, which begins with the earliest record. */
  readonly offsetsNs: readonly number[];
  /** `matched`: nine in ten collectives end within this of each other after the shift. */
  readonly residualNs?: number;
}

/** A run: one trace a process; no two have the same `pid`. */
export interface Run {
  readonly path: string;
  readonly traces: readonly Trace[];
  /** Where there are several traces and the reader knows. */
  readonly clocks?: RunClocks;
  /** Processes that were left out, and why. */
  readonly notices: readonly TraceNotice[];
}
