import type { EventPlace } from '../../src/report/timeline-address.js';
import { endOf, eventCount, rowOf, type EventTrack } from './event-track.js';
import type { OpenedTrace } from './opened-trace.js';
import type { ProcessView } from './process-view.js';
import type { EventDetails, EventRef } from './protocol.js';
import type { GapTrack } from './tracks/gap-track.js';
import type { ProjectionTrack } from './tracks/projection-track.js';

export function refOf(track: EventTrack, event: number): EventRef {
  return { slot: track.info.slot, track: track.info.id, event };
}

export type Peer = EventDetails['peers'][number];

/** An event as the end of an arrow. */
export function peerOf(track: EventTrack, event: number, shiftNs: number): Peer {
  const offsetNs = track.process.offsetNs + shiftNs;
  return {
    ref: refOf(track, event),
    startNs: track.columns.startNs[event]! + offsetNs,
    endNs: endOf(track, event) + offsetNs,
    label: track.process.names.table.short(track.nameOf(event)),
  };
}

/** The track on which a row of one of a process's tables is drawn. */
export function trackOfRow(
  opened: OpenedTrace,
  view: ProcessView,
  kind: 'ops' | 'calls' | 'ranges',
  row: number,
): EventTrack | undefined {
  if (row < 0) return undefined;
  const { ops, calls, ranges } = view.trace;
  const belongs = (track: EventTrack): boolean =>
    kind === 'ops'
      ? track.device === ops.device[row]
      : track.thread === undefined || track.thread === (kind === 'calls' ? calls : ranges).thread[row];
  for (const track of opened.tracks.values()) {
    if (track.kind === kind && track.process === view && belongs(track) && rowOf(track, row) >= 0) {
      return track;
    }
  }
  return undefined;
}

export function rowRef(
  opened: OpenedTrace,
  view: ProcessView,
  kind: 'ops' | 'calls' | 'ranges',
  row: number,
): EventRef | undefined {
  const track = trackOfRow(opened, view, kind, row);
  return track === undefined ? undefined : refOf(track, row);
}

export function gapTrackOf(opened: OpenedTrace, view: ProcessView, device: number): GapTrack | undefined {
  const track = opened.tracks.get(`${view.key}/d${device}/gaps`);
  return track?.kind === 'gaps' ? (track as GapTrack) : undefined;
}

export function projectionTracksOf(opened: OpenedTrace, view: ProcessView): ProjectionTrack[] {
  return [...opened.tracks.values()].filter(
    (track): track is ProjectionTrack => track.kind === 'projection' && track.process === view,
  );
}

/** The event before or after another on its track, in order of start; undefined at the end. */
export function neighbourOf(track: EventTrack, event: number, step: 1 | -1): number | undefined {
  const { startNs } = track.columns;
  const time = startNs[event]!;
  let best: number | undefined;
  for (const lane of track.lanes) {
    // Ties go by row of the table, as everywhere.
    let slot = lane.slotAt(time);
    while (slot < lane.length && lane.startNs(slot) === time && lane.event(slot) <= event) slot++;
    if (step < 0) {
      slot--;
      while (slot >= 0 && lane.startNs(slot) === time && lane.event(slot) >= event) slot--;
    }
    if (slot < 0 || slot >= lane.length) continue;
    const found = lane.event(slot);
    const isNearer =
      best === undefined ||
      step * (startNs[found]! - startNs[best]!) < 0 ||
      (startNs[found] === startNs[best] && step * (found - best) < 0);
    if (isNearer) best = found;
  }
  return best;
}

/** The event that is running at a time (of the process), or else the nearest to it; undefined on an empty track. */
export function nearestOf(track: EventTrack, timeNs: number): number | undefined {
  if (eventCount(track) === 0) return undefined;
  let best: number | undefined;
  let bestNs = Infinity;
  for (const lane of track.lanes) {
    const slot = lane.slotEndingAfter(timeNs);
    for (const near of [slot - 1, slot]) {
      if (near < 0 || near >= lane.length) continue;
      const event = lane.event(near);
      const start = track.columns.startNs[event]!;
      const away = Math.max(0, start - timeNs, timeNs - endOf(track, event));
      if (away < bestNs) {
        best = event;
        bestNs = away;
      }
    }
  }
  return best;
}

const MOST_AWAY_NS = 1000;

/**
 * The event that starts next to a time, and of several the one whose length is next to the one given: times in a link
 * are those of the trace, to the nanosecond, so that both are met where the link is to this trace.
 */
export function findPlace(opened: OpenedTrace, place: EventPlace, shiftNs: number): EventRef | undefined {
  let best: EventRef | undefined;
  let bestAway = Infinity;
  let bestOff = Infinity;
  for (const track of opened.tracks.values()) {
    if (track.kind !== place.kind || !track.info.id.startsWith(`${place.within}/`)) continue;
    const timeNs = place.startNs - track.process.offsetNs - shiftNs;
    for (const lane of track.lanes) {
      const after = lane.slotAt(timeNs);
      for (let slot = Math.max(0, after - 1); slot < lane.length; slot++) {
        const event = lane.event(slot);
        const away = Math.abs(lane.startNs(slot) - timeNs);
        // Several can begin at once on a lane if they have no length.
        if (slot > after && away > bestAway) break;
        const off = Math.abs(endOf(track, event) - track.columns.startNs[event]! - place.durationNs);
        if (away > bestAway || (away === bestAway && off >= bestOff)) continue;
        best = refOf(track, event);
        bestAway = away;
        bestOff = off;
      }
    }
  }
  // A link to another trace leads nowhere near.
  return bestAway <= Math.max(MOST_AWAY_NS, place.durationNs) ? best : undefined;
}
