import { CAUSES } from '../../../src/analysis/causes.js';
import { endOf, type EventTrack } from '../event-track.js';
import type { EventRef, Fact } from '../protocol.js';
import { peerOf, refOf, rowRef, trackOfRow } from '../refs.js';
import type { Located, Opened } from '../session.js';
import { gapInterval, type GapTrack } from '../tracks/gap-track.js';
import type { OwnDetails } from './details.js';
import { opFact } from './op-details.js';
import { pathOfOp } from './range-path.js';

/** Calls of the launching thread that are listed, the longest of those in the gap. */
const MAX_DOINGS = 5;

/** A gap: of the whole of it, whichever of its pieces was asked for. */
export function gapDetails({ opened, track, event: piece, offsetNs }: Located): OwnDetails {
  const gapTrack = track as GapTrack;
  const view = gapTrack.process;
  const { pieces } = gapTrack;
  const gap = pieces.gap[piece]!;
  const { startNs, endNs } = gapInterval(gapTrack, gap);
  const [before, after] = [gapTrack.before[gap]!, gapTrack.after[gap]!];
  const sums = new Float64Array(CAUSES.length);
  for (let p = pieces.first[gap]!; p < pieces.first[gap + 1]!; p++) {
    sums[pieces.cause[p]!]! += pieces.durationNs[p]!;
  }
  const parts = CAUSES.map((cause, c) => ({ cause, ns: sums[c]! })).filter(({ ns }) => ns > 0);
  parts.sort((a, b) => b.ns - a.ns);
  const call = after < 0 ? -1 : (view.analyzed?.launch[after] ?? -1);
  const callTrack = trackOfRow(opened.trace, view, 'calls', call);
  const facts: Fact[] = [
    {
      label: 'Here',
      value: CAUSES[pieces.cause[piece]!]!,
      unit: 'text',
      note: 'the cause of the piece chosen',
    },
    opFact('Before', opened, view, before),
    opFact('After', opened, view, after),
  ];
  const held = parts.some(({ cause }) => cause === 'queued')
    ? view.analyzed?.splitter.dependencyOf(after)
    : undefined;
  if (held !== undefined) facts.push(opFact(`Waited for, on stream ${held.stream}`, opened, view, held.op));
  if (callTrack !== undefined) {
    const value = view.names.table.text(callTrack.nameOf(call));
    facts.push({ label: 'Launch of the op after', value, unit: 'text', goTo: refOf(callTrack, call) });
    facts.push(...doings(callTrack, startNs, endNs, offsetNs, opened));
  }
  const beforeRef = rowRef(opened.trace, view, 'ops', before);
  const afterRef = rowRef(opened.trace, view, 'ops', after);
  const hotspot = gapTrack.hotspotOfGap()[gap]!;
  return {
    title: `idle: ${parts[0]?.cause ?? 'unknown'}`,
    subtitle: parts.length > 1 ? `${parts.length} causes` : 'one cause',
    startNs: startNs + offsetNs,
    durationNs: endNs - startNs,
    path: after < 0 ? [] : pathOfOp(view, after),
    facts,
    peers: callTrack === undefined ? [] : [peerOf(callTrack, call, opened.shiftNs)],
    parts,
    ...(hotspot < 0 ? {} : { hotspot }),
    ...optional('before', beforeRef),
    ...optional('after', afterRef),
  };
}

function optional(key: 'before' | 'after', ref: EventRef | undefined): Partial<Record<typeof key, EventRef>> {
  return ref === undefined ? {} : { [key]: ref };
}

/** What the launching thread called during the gap, longest first. */
function doings(track: EventTrack, from: number, to: number, offsetNs: number, opened: Opened): Fact[] {
  const found: { call: number; ns: number }[] = [];
  let count = 0;
  for (const lane of track.lanes) {
    for (let slot = lane.slotEndingAfter(from); slot < lane.length && lane.startNs(slot) < to; slot++) {
      const call = lane.event(slot);
      const ns = Math.min(endOf(track, call), to) - Math.max(lane.startNs(slot), from);
      count++;
      found.push({ call, ns });
      if (found.length > 4 * MAX_DOINGS) keepLongest(found);
    }
  }
  keepLongest(found);
  const facts = found.map(({ call, ns }): Fact => {
    const { label, ref, startNs } = peerOf(track, call, opened.shiftNs);
    const note = startNs < from + offsetNs ? `${label}, from before the gap` : label;
    return { label: 'Host in', value: ns, unit: 'ns', note, goTo: ref };
  });
  if (count > found.length) {
    facts.push({ label: 'Further calls in the gap', value: count - found.length, unit: 'count' });
  }
  return facts;
}

function keepLongest(found: { call: number; ns: number }[]): void {
  found.sort((a, b) => b.ns - a.ns || a.call - b.call);
  found.length = Math.min(found.length, MAX_DOINGS);
}
