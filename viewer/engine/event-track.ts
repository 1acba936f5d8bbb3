import type { EventColumns, Lane } from '../lod/lane.js';
import type { CounterLine } from '../lod/counter-line.js';
import type { ProcessView } from './process-view.js';
import type { Track, TrackKind } from './protocol.js';

/** A track of events. An event is a row of the table whose columns these are: of `ops`, `calls`, `ranges`, … */
export interface EventTrack {
  readonly info: Track;
  readonly kind: Exclude<TrackKind, 'group' | 'counter'>;
  readonly process: ProcessView;
  /** Of the process's own time: without `ProcessView.offsetNs`. */
  readonly columns: EventColumns;
  readonly lanes: readonly Lane[];
  /** Where it is one device's: its number. */
  readonly device?: number;
  /** Where it is one thread's: its id. */
  readonly thread?: number;
  readonly nameOf: (event: number) => number;
  readonly categoryOf: (event: number) => number;
}

export interface CounterTrack {
  readonly info: Track;
  readonly kind: 'counter';
  readonly process: ProcessView;
  readonly line: CounterLine;
}

export type AnyTrack = EventTrack | CounterTrack;

/** End of an event; one of negative length ends where it starts. */
export function endOf({ columns }: EventTrack, event: number): number {
  return columns.startNs[event]! + Math.max(0, columns.durationNs[event]!);
}

export function eventCount({ lanes }: EventTrack): number {
  return lanes.reduce((sum, lane) => sum + lane.length, 0);
}

/** The sub-row of an event, or -1 if it is on another track. */
export function rowOf({ lanes, columns }: EventTrack, event: number): number {
  if (!(event >= 0 && event < columns.startNs.length)) return -1;
  return lanes.findIndex((lane) => lane.slotOf(event) >= 0);
}
