import type { TrackFrame } from '../engine/protocol.js';

/** Index of the rectangle of a row at a time, or the nearest within `toleranceNs`; -1 if there is none. */
export function hitTest(frame: TrackFrame, row: number, timeNs: number, toleranceNs: number): number {
  const { startNs, endNs, row: rows, count } = frame;
  let best = -1;
  let bestDistance = toleranceNs;
  for (let i = 0; i < count; i++) {
    if (rows[i] !== row) continue;
    const from = startNs[i]!;
    const to = endNs[i]!;
    const distance = timeNs < from ? from - timeNs : timeNs > to ? timeNs - to : 0;
    // Of several that contain it the last one started on top of the others.
    if (distance < bestDistance || (distance === bestDistance && distance <= toleranceNs)) {
      best = i;
      bestDistance = distance;
    }
  }
  return best;
}

/** The edge of an event nearest to a time, if one is within `toleranceNs`; else the time itself. */
export function snap(frames: readonly TrackFrame[], timeNs: number, toleranceNs: number): number {
  let best = timeNs;
  let bestDistance = toleranceNs;
  for (const { startNs, endNs, count } of frames) {
    for (let i = 0; i < count; i++) {
      const from = Math.abs(startNs[i]! - timeNs);
      if (from < bestDistance) {
        best = startNs[i]!;
        bestDistance = from;
      }
      const to = Math.abs(endNs[i]! - timeNs);
      if (to < bestDistance) {
        best = endNs[i]!;
        bestDistance = to;
      }
    }
  }
  return best;
}
