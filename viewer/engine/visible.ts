import { CALL_CLASSES } from '../../src/analysis/call-class.js';
import { CAUSES } from '../../src/analysis/causes.js';
import { OP_CLASSES } from '../../src/analysis/op-class.js';
import { endOf, type EventTrack } from './event-track.js';
import type { Area, VisibleRow, VisibleRows } from './protocol.js';
import { refOf } from './refs.js';
import type { Session } from './session.js';

const MAX_ROWS = 10_000;

/** The events that reach into an area, in order of start: the first `limit` of them, and how many there are. */
export function visibleRows(session: Session, area: Area, limit: number): VisibleRows {
  const opened = session.get(area.slot);
  const most = Math.min(MAX_ROWS, Math.max(0, Math.floor(limit)));
  const found: { track: EventTrack; event: number; startNs: number }[] = [];
  let total = 0;
  for (const id of area.tracks) {
    const track = session.eventTrack(area.slot, id);
    if (track === undefined) continue;
    const offsetNs = track.process.offsetNs + opened.shiftNs;
    for (const lane of track.lanes) {
      const from = lane.slotEndingAfter(area.startNs - offsetNs);
      const to = lane.slotAt(area.endNs - offsetNs);
      total += Math.max(0, to - from);
      for (let slot = from; slot < Math.min(to, from + most); slot++) {
        found.push({ track, event: lane.event(slot), startNs: lane.startNs(slot) + offsetNs });
      }
    }
  }
  found.sort((a, b) => a.startNs - b.startNs);
  const rows = found.slice(0, most).map(({ track, event }) => rowOfEvent(track, event, opened.shiftNs));
  return { rows, total };
}

/** An event as a line of text. */
export function rowOfEvent(track: EventTrack, event: number, shiftNs: number): VisibleRow {
  const offsetNs = track.process.offsetNs + shiftNs;
  return {
    ref: refOf(track, event),
    track: track.info.label,
    name: track.process.names.table.short(track.nameOf(event)),
    category: categoryText(track, event),
    startNs: track.columns.startNs[event]! + offsetNs,
    durationNs: endOf(track, event) - track.columns.startNs[event]!,
  };
}

export function categoryText(track: EventTrack, event: number): string {
  const category = track.categoryOf(event);
  switch (track.kind) {
    case 'ops':
      return OP_CLASSES[category] ?? 'other';
    case 'gaps':
      return CAUSES[category] ?? 'unknown';
    case 'calls':
      return CALL_CLASSES[category] ?? 'api';
    case 'ranges':
    case 'projection':
      return 'range';
  }
}
