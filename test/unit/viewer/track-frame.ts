import type { TrackFrame } from '../../../viewer/engine/protocol.js';

export interface Slice {
  readonly start: number;
  readonly end: number;
  readonly row?: number;
  readonly merged?: number;
  readonly category?: number;
  readonly matches?: number;
}

/** A frame as the engine makes it: grouped by row, each row in the order of its starts. */
export function frameOf(slices: readonly Slice[]): TrackFrame {
  return {
    track: 't',
    count: slices.length,
    startNs: Float64Array.from(slices, ({ start }) => start),
    endNs: Float64Array.from(slices, ({ end }) => end),
    row: Uint16Array.from(slices, ({ row = 0 }) => row),
    event: Uint32Array.from(slices, (_, k) => k),
    merged: Uint32Array.from(slices, ({ merged = 1 }) => merged),
    name: new Uint32Array(slices.length),
    category: Uint8Array.from(slices, ({ category = 0 }) => category),
    shade: new Uint8Array(slices.length),
    matches: Uint8Array.from(slices, ({ matches = 1 }) => matches),
  };
}
