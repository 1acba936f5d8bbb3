import { namePattern } from '../../src/analysis/window-spec.js';
import { eventCount, type EventTrack } from './event-track.js';
import type { VisibleRow } from './protocol.js';
import type { Opened } from './session.js';
import { rowOfEvent } from './visible.js';

/**
 * Ranges by name or pattern (`temporal_block:3`, `temporal_block:#`, `block*`), in order of time: as they ran on a device
 * where they launched something, else on the host.
 */
export function instancesOf({ trace, shiftNs }: Opened, text: string, limit: number): VisibleRow[] {
  const { test } = namePattern(text.trim());
  const onDevice = matching(trace.tracks.values(), 'projection', test);
  const found = onDevice.length > 0 ? onDevice : matching(trace.tracks.values(), 'ranges', test);
  return found
    .map(({ track, event }) => rowOfEvent(track, event, shiftNs))
    .sort((a, b) => a.startNs - b.startNs)
    .slice(0, Math.max(0, limit));
}

function matching(
  tracks: Iterable<{ readonly kind: string }>,
  kind: 'projection' | 'ranges',
  test: (name: string) => boolean,
): { track: EventTrack; event: number }[] {
  const found: { track: EventTrack; event: number }[] = [];
  for (const one of tracks) {
    if (one.kind !== kind) continue;
    const track = one as EventTrack;
    if (eventCount(track) === 0) continue;
    const verdicts = new Map<number, boolean>();
    for (const lane of track.lanes) {
      for (let slot = 0; slot < lane.length; slot++) {
        const event = lane.event(slot);
        const name = track.nameOf(event);
        let verdict = verdicts.get(name);
        if (verdict === undefined) verdicts.set(name, (verdict = test(track.process.names.table.text(name))));
        if (verdict) found.push({ track, event });
      }
    }
  }
  return found;
}
