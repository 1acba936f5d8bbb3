import { findGaps } from '../../../src/analysis/busy.js';
import { CAUSES, mainCause } from '../../../src/analysis/causes.js';
import { NO_OP } from '../../../src/analysis/hotspots.js';
import { NO_PATH } from '../../../src/analysis/path-trie.js';
import type { OpPaths } from '../../../src/analysis/paths.js';
import { deviceSpan } from '../../../src/analysis/window.js';
import { gapPieces, type Boundaries, type GapPieces } from '../../layout/gap-pieces.js';
import { subRows } from '../../layout/sub-rows.js';
import { CauseSums } from '../../lod/cause-sums.js';
import { Lane } from '../../lod/lane.js';
import { Slots } from '../../lod/slots.js';
import { inSlices, type Breath } from '../breath.js';
import type { EventTrack } from '../event-track.js';
import type { Analyzed, ProcessView } from '../process-view.js';

/** A device's idle time; an event is a piece of a gap. */
export interface GapTrack extends EventTrack {
  readonly kind: 'gaps';
  readonly device: number;
  readonly pieces: GapPieces;
  readonly sums: CauseSums;
  /** Gap → the op that ended at its start, and the one that started at its end; -1 for none. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Gap → its hotspot (-1: not drawn) in the order in which `analyzeGaps` lists them; worked out when first asked for. */
  readonly hotspotOfGap: () => Int32Array;
}

/** The gaps between a device's first op and its last, cut where their cause changes. */
export async function gapTrack(
  view: ProcessView,
  device: number,
  analyzed: Analyzed,
  callTracks: readonly EventTrack[],
  breathe: Breath,
): Promise<GapTrack | undefined> {
  const { trace, names } = view;
  const span = deviceSpan(trace, device);
  if (span === undefined) return undefined;
  const gaps = findGaps(trace, device, span);
  const cutting = gapPieces(trace, analyzed.splitter, gaps, span, boundaries(view, callTracks));
  const pieces = await inSlices(cutting, breathe);
  const causeNames = CAUSES.map((cause) => names.table.add(cause, false));
  const { before, after } = gaps;
  let hotspots: Int32Array | undefined;
  return {
    info: {
      id: `${view.key}/d${device}/gaps`,
      slot: view.slot,
      kind: 'gaps',
      parent: `${view.key}/d${device}`,
      label: 'idle, by cause',
      detail: '',
      rows: 1,
      events: pieces.length,
    },
    kind: 'gaps',
    process: view,
    columns: pieces,
    lanes: [new Lane(pieces, Slots.all(pieces.length))],
    device,
    nameOf: (piece) => causeNames[pieces.cause[piece]!]!,
    categoryOf: (piece) => pieces.cause[piece]!,
    pieces,
    sums: new CauseSums(pieces),
    before,
    after,
    hotspotOfGap: () => (hotspots ??= hotspotsOf(view, analyzed.paths, pieces, before, after)),
  };
}

function boundaries(
  { trace }: ProcessView,
  callTracks: readonly EventTrack[],
): (thread: number) => readonly Boundaries[] {
  const { overheads } = trace;
  const rows = Uint32Array.from(overheads.kind, (_, i) => i);
  const stalls: Boundaries = {
    columns: overheads,
    lanes: subRows(overheads, rows).rows.map((row) => new Lane(overheads, Slots.of(row))),
  };
  const byThread = new Map(callTracks.map((track) => [track.thread, track]));
  return (thread) => {
    const track = byThread.get(thread) ?? byThread.get(undefined);
    return track === undefined ? [stalls] : [track, stalls];
  };
}

/** With one for the edge of the window. */
const CLASSES = NO_OP + 1;
const KEYS_A_PATH = CLASSES * CLASSES * CAUSES.length;
const MAX_DENSE_KEYS = 2 ** 22;

/** The hotspot of every gap, grouped and ranked as `analyzeGaps` does for the whole device. */
function hotspotsOf(
  { classes }: ProcessView,
  { pathId, template }: OpPaths,
  pieces: GapPieces,
  before: Int32Array,
  after: Int32Array,
): Int32Array {
  const keys = template.length * KEYS_A_PATH;
  // Dense where it can be: a map of millions of look-ups takes a second.
  const dense = new Int32Array(Math.min(keys, MAX_DENSE_KEYS));
  const sparse = new Map<number, number>();
  const totals: number[] = [];
  const groupOf = new Int32Array(before.length);
  const parts = new Float64Array(CAUSES.length);
  for (let gap = 0; gap < before.length; gap++) {
    const first = pieces.first[gap]!;
    const last = pieces.first[gap + 1]! - 1;
    groupOf[gap] = -1;
    if (last < first) continue;
    let cause = pieces.cause[first]!;
    if (last > first) {
      parts.fill(0);
      for (let piece = first; piece <= last; piece++) {
        parts[pieces.cause[piece]!]! += pieces.durationNs[piece]!;
      }
      cause = mainCause(parts);
    }
    const classBefore = before[gap]! < 0 ? NO_OP : classes.of(before[gap]!);
    const classAfter = after[gap]! < 0 ? NO_OP : classes.of(after[gap]!);
    const path = after[gap]! < 0 ? NO_PATH : pathId[after[gap]!]!;
    const key = ((path * CLASSES + classBefore) * CLASSES + classAfter) * CAUSES.length + cause;
    let group = (key < dense.length ? dense[key]! : (sparse.get(key) ?? 0)) - 1;
    if (group < 0) {
      group = totals.push(0) - 1;
      if (key < dense.length) dense[key] = group + 1;
      else sparse.set(key, group + 1);
    }
    totals[group]! += endOfPiece(pieces, last) - pieces.startNs[first]!;
    groupOf[gap] = group;
  }
  // Stable: of equal totals the first seen is first.
  const ranked = [...totals.keys()].sort((a, b) => totals[b]! - totals[a]!);
  const rank = new Int32Array(totals.length);
  ranked.forEach((group, index) => (rank[group] = index));
  return groupOf.map((group) => (group < 0 ? -1 : rank[group]!));
}

/** Where a gap, as far as it is drawn, begins and ends; not of one that is not drawn at all. */
export function gapInterval({ pieces }: GapTrack, gap: number): { startNs: number; endNs: number } {
  const last = pieces.first[gap + 1]! - 1;
  return { startNs: pieces.startNs[pieces.first[gap]!]!, endNs: endOfPiece(pieces, last) };
}

function endOfPiece({ startNs, durationNs }: GapPieces, piece: number): number {
  return startNs[piece]! + durationNs[piece]!;
}
