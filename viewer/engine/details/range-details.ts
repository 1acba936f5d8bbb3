import { templateOf } from '../../../src/analysis/template.js';
import { RANGE_KIND } from '../../../src/trace/schema.js';
import { endOf } from '../event-track.js';
import type { Fact } from '../protocol.js';
import { gapTrackOf, peerOf, projectionTracksOf, refOf, trackOfRow, type Peer } from '../refs.js';
import type { Located } from '../session.js';
import type { ProjectionTrack } from '../tracks/projection-track.js';
import type { OwnDetails } from './details.js';
import { namesOfInstance } from './range-path.js';

const KINDS: Readonly<Record<number, string>> = {
  [RANGE_KIND.pushPop]: 'push/pop range',
  [RANGE_KIND.startEnd]: 'start/end range',
  [RANGE_KIND.mark]: 'mark',
};

export function rangeDetails({ opened, track, event: range }: Located): OwnDetails {
  const view = track.process;
  const { ranges, strings, openRanges } = view.trace;
  const name = strings[ranges.name[range]!] ?? '?';
  const domain = strings[ranges.domain[range]!] ?? '';
  const facts: Fact[] = [
    { label: 'Template', value: templateOf(name), unit: 'text' },
    { label: 'Thread', value: String(ranges.thread[range]), unit: 'text' },
    ...(domain === '' ? [] : [{ label: 'Domain', value: domain, unit: 'text' } as const]),
  ];
  if (openRanges.includes(range)) {
    facts.push({ label: 'End', value: "never closed: drawn to the trace's end", unit: 'text' });
  }
  const peers: Peer[] = [];
  for (const projection of projectionTracksOf(opened.trace, view)) {
    const event = projection.eventOf[range] ?? -1;
    if (event < 0) continue;
    peers.push(peerOf(projection, event, opened.shiftNs));
    facts.push({
      label: `On GPU ${projection.device ?? 0}`,
      value: projection.columns.durationNs[event]!,
      unit: 'ns',
      note: 'first op to last',
      goTo: refOf(projection, event),
    });
  }
  const instances = view.analyzed?.instances;
  return {
    title: name,
    subtitle: KINDS[ranges.kind[range]!] ?? 'range',
    path: instances === undefined ? [name] : namesOfInstance(view, instances, range),
    facts,
    peers,
  };
}

export function projectionDetails({ opened, track, event }: Located): OwnDetails {
  const projection = track as ProjectionTrack;
  const view = projection.process;
  const instances = view.analyzed?.instances;
  const instance = projection.instanceOf[event]!;
  const name = view.names.table.text(projection.nameOf(event));
  const idle = idleWithin(opened, projection, event);
  const spanNs = projection.columns.durationNs[event]!;
  const facts: Fact[] = [
    { label: 'Template', value: templateOf(name), unit: 'text' },
    ...(idle === undefined
      ? []
      : ([
          { label: 'Device busy', value: spanNs - idle, unit: 'ns' },
          { label: 'Device idle', value: idle, unit: 'ns' },
          { label: 'Idle share', value: spanNs > 0 ? idle / spanNs : 0, unit: 'share' },
        ] as const)),
  ];
  const host = trackOfRow(opened.trace, view, 'ranges', instance < view.trace.ranges.length ? instance : -1);
  if (host !== undefined) {
    const value = Math.max(0, view.trace.ranges.durationNs[instance]!);
    facts.push({ label: 'On the host', value, unit: 'ns', goTo: refOf(host, instance) });
  } else {
    facts.push({
      label: 'Opened',
      value: 'while the graph was captured; this is one replay of it',
      unit: 'text',
    });
  }
  return {
    title: name,
    subtitle: 'range on the device: its first op to its last',
    path: instances === undefined ? [name] : namesOfInstance(view, instances, instance),
    facts,
    peers: host === undefined ? [] : [peerOf(host, instance, opened.shiftNs)],
  };
}

/** The device's idle time inside a projection. */
function idleWithin(opened: Located['opened'], track: ProjectionTrack, event: number): number | undefined {
  const gaps = gapTrackOf(opened.trace, track.process, track.device ?? -1);
  const lane = gaps?.lanes[0];
  if (gaps === undefined || lane === undefined) return undefined;
  const from = track.columns.startNs[event]!;
  const to = endOf(track, event);
  let idle = 0;
  for (let slot = lane.slotEndingAfter(from); slot < lane.length && lane.startNs(slot) < to; slot++) {
    const piece = lane.event(slot);
    idle += Math.min(endOf(gaps, piece), to) - Math.max(gaps.pieces.startNs[piece]!, from);
  }
  return idle;
}
