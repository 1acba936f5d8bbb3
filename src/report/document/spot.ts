import type { PlaceKind } from '../timeline-address.js';

/** One event of the trace that a reader can look at: when it ran, and on which of the timeline's tracks it is. */
export interface Spot {
  /** Nanoseconds since the start of the process's trace. */
  readonly startNs: number;
  readonly durationNs: number;
  readonly on: PlaceKind;
  /** Of a host call: its thread. */
  readonly thread?: number;
}

type Span = Pick<Spot, 'startNs' | 'durationNs'>;

/** A kernel, copy or fill. */
export function opSpot({ startNs, durationNs }: Span): Spot {
  return { startNs, durationNs, on: 'ops' };
}

export function gapSpot({ startNs, durationNs }: Span): Spot {
  return { startNs, durationNs, on: 'gaps' };
}

/** A range as it ran on the device: a block, a layer. */
export function rangeSpot({ startNs, durationNs }: Span): Spot {
  return { startNs, durationNs, on: 'projection' };
}

export function callSpot({ startNs, durationNs }: Span, thread: number): Spot {
  return { startNs, durationNs, on: 'calls', thread };
}
