import type { AnyTrack, CounterTrack, EventTrack } from './event-track.js';
import type { MatchSet } from './match-set.js';
import type { CounterFrame, Frame, FrameRequest, TrackFrame } from './protocol.js';
import { Growing } from '../layout/growing.js';
import { CAUSE_COUNT } from '../lod/cause-sums.js';
import type { GapTrack } from './tracks/gap-track.js';

/** Rectangles of a track, while they are collected; kept from frame to frame. */
const startNs = new Growing((n) => new Float64Array(n), 1 << 14);
const endNs = new Growing((n) => new Float64Array(n), 1 << 14);
const row = new Growing((n) => new Uint16Array(n), 1 << 14);
const event = new Growing((n) => new Uint32Array(n), 1 << 14);
const merged = new Growing((n) => new Uint32Array(n), 1 << 14);
const matches = new Growing((n) => new Uint8Array(n), 1 << 14);
const firstSlot = new Growing((n) => new Uint32Array(n), 1 << 14);

/** Buckets a row of a frame may have: a request for more is answered in coarser ones. */
const MAX_BUCKETS = 1 << 16;

/** What to draw of the tracks of a request. Times of the request and the frame are the session's. */
export function frameOf(
  tracks: ReadonlyMap<string, AnyTrack>,
  request: FrameRequest,
  shiftNs: number,
  filter: MatchSet | undefined,
): Frame {
  const events: TrackFrame[] = [];
  const counters: CounterFrame[] = [];
  const stepNs = usableStep(request);
  for (const id of request.tracks) {
    const track = tracks.get(id);
    if (track === undefined) continue;
    const offsetNs = track.process.offsetNs + shiftNs;
    if (track.kind === 'counter') counters.push(counterFrame(track, request, stepNs, offsetNs));
    else events.push(trackFrame(track, request, stepNs, offsetNs, filter));
  }
  return { request, tracks: events, counters };
}

function usableStep({ startNs: from, endNs: to, stepNs }: FrameRequest): number {
  const least = (to - from) / MAX_BUCKETS;
  let step = stepNs > 0 && Number.isFinite(stepNs) ? stepNs : 1;
  while (step < least) step *= 2;
  return step;
}

function trackFrame(
  track: EventTrack,
  request: FrameRequest,
  stepNs: number,
  offsetNs: number,
  filter: MatchSet | undefined,
): TrackFrame {
  const { columns, lanes } = track;
  let count = 0;
  lanes.forEach((lane, laneRow) => {
    lane.visit(request.startNs - offsetNs, request.endNs - offsetNs, stepNs, (one, from, to) => {
      const start = columns.startNs[one]!;
      startNs.set(count, start + offsetNs);
      endNs.set(count, start + Math.max(0, columns.durationNs[one]!) + offsetNs);
      row.set(count, laneRow);
      event.set(count, one);
      merged.set(count, to - from);
      firstSlot.set(count, from);
      matches.set(count, filter === undefined || filter.any(track.info.id, laneRow, from, to) ? 1 : 0);
      count++;
    });
  });
  const events = event.values.slice(0, count);
  const name = new Uint32Array(count);
  const category = new Uint8Array(count);
  const shade = new Uint8Array(count);
  const { table } = track.process.names;
  for (let i = 0; i < count; i++) {
    const id = track.nameOf(events[i]!);
    name[i] = id;
    category[i] = track.categoryOf(events[i]!);
    shade[i] = table.shade(id);
  }
  return {
    track: track.info.id,
    count,
    startNs: startNs.values.slice(0, count),
    endNs: endNs.values.slice(0, count),
    row: row.values.slice(0, count),
    event: events,
    merged: merged.values.slice(0, count),
    name,
    category,
    shade,
    matches: matches.values.slice(0, count),
    ...(isGapTrack(track) ? { idleNs: idleOf(track, count) } : {}),
  };
}

function isGapTrack(track: EventTrack): track is GapTrack {
  return track.kind === 'gaps';
}

/** Slots of a gap track's only lane are its pieces. */
function idleOf({ sums }: GapTrack, count: number): Float32Array {
  const idleNs = new Float32Array(count * CAUSE_COUNT);
  for (let i = 0; i < count; i++) {
    const from = firstSlot.values[i]!;
    const many = merged.values[i]!;
    if (many > 1) sums.add(from, from + many, idleNs, i * CAUSE_COUNT);
  }
  return idleNs;
}

function counterFrame(
  track: CounterTrack,
  request: FrameRequest,
  stepNs: number,
  offsetNs: number,
): CounterFrame {
  const start: number[] = [];
  const min: number[] = [];
  const max: number[] = [];
  const last: number[] = [];
  track.line.visit(
    request.startNs - offsetNs,
    request.endNs - offsetNs,
    stepNs,
    (at, least, largest, final) => {
      start.push(at + offsetNs);
      min.push(least);
      max.push(largest);
      last.push(final);
    },
  );
  return {
    track: track.info.id,
    count: start.length,
    startNs: Float64Array.from(start),
    min: Float64Array.from(min),
    max: Float64Array.from(max),
    last: Float64Array.from(last),
  };
}

/** The memory of a frame, to be handed over instead of copied. */
export function buffersOf({ tracks, counters }: Frame): ArrayBuffer[] {
  const columns = [
    ...tracks.flatMap((one) => [
      one.startNs,
      one.endNs,
      one.row,
      one.event,
      one.merged,
      one.name,
      one.category,
      one.shade,
      one.matches,
      ...(one.idleNs === undefined ? [] : [one.idleNs]),
    ]),
    ...counters.flatMap((one) => [one.startNs, one.min, one.max, one.last]),
  ];
  return columns.map(({ buffer }) => buffer as ArrayBuffer);
}
