import { blockTimelineInSlices, type BlockTimeline } from '../../src/analysis/block-timeline.js';
import { blocksOf } from '../../src/analysis/blocks.js';
import { gapsInSlices } from '../../src/analysis/gaps.js';
import type { Groundwork } from '../../src/analysis/groundwork.js';
import { kvInSlices } from '../../src/analysis/kv.js';
import type { Sliced } from '../../src/analysis/slices.js';
import { switchInSlices } from '../../src/analysis/switch.js';
import { UserError } from '../../src/trace/errors.js';
import { inSlices, turn } from './breath.js';
import type { EventRef, Findings, Outcome } from './protocol.js';
import { gapTrackOf, refOf } from './refs.js';
import { gapInterval } from './tracks/gap-track.js';
import type { OpenedDevice } from './opened-trace.js';
import type { Opened } from './session.js';

/**
 * What the commands print with `--json`, of one device; all hotspots, so that a gap can name its own by number. It takes
 * seconds at ten million ops, and nothing else waits for it: it is done in slices, between which others get a turn.
 */
export async function findingsOf(opened: Opened, device: string): Promise<Findings> {
  const found = deviceOf(opened, device);
  const offsetNs = found.view.offsetNs + opened.shiftNs;
  let known = opened.findings.get(device);
  if (known === undefined) opened.findings.set(device, (known = workOut(found)));
  return { ...(await known), offsetNs };
}

async function workOut({ view, device }: OpenedDevice): Promise<Omit<Findings, 'offsetNs'>> {
  const { trace, analyzed, classes } = view;
  if (analyzed === undefined) throw new Error('findings were asked for before the trace was worked out');
  const ground: Groundwork = { ...analyzed, classes };
  const one = { device };
  const gaps = await attempt(() => gapsInSlices(trace, { ...one, top: Infinity }, ground));
  const found = await attempt(() => blockTimelineInSlices(trace, one, false, ground));
  if ('refused' in found) return { gaps, blocks: found, kv: found, switches: found };
  const timeline = found.result;
  /** Without blocks it says what is missing. */
  function* withBlocks(): Sliced<BlockTimeline> {
    return timeline.blocks.length > 0 ? timeline : yield* blockTimelineInSlices(trace, one, true, ground);
  }
  return {
    gaps,
    blocks: await attempt(function* () {
      return blocksOf(trace, yield* withBlocks(), one);
    }),
    kv: await attempt(() => kvInSlices(trace, timeline, one, ground)),
    switches: await attempt(function* () {
      return yield* switchInSlices(trace, yield* withBlocks(), one, ground);
    }),
  };
}

async function attempt<T>(analyze: () => Sliced<T>): Promise<Outcome<T>> {
  try {
    return { result: await inSlices(analyze(), turn) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { refused: error.hint === undefined ? error.message : `${error.message} ${error.hint}` };
  }
}

/** Gaps of a hotspot in order of time, each by its first piece, from number `from` on (-1: from the longest). */
export function examplesOf(
  opened: Opened,
  device: string,
  hotspot: number,
  from: number,
  limit: number,
): { total: number; first: number; refs: EventRef[] } {
  const { view, device: number } = deviceOf(opened, device);
  const track = gapTrackOf(opened.trace, view, number);
  if (track === undefined) return { total: 0, first: 0, refs: [] };
  const hotspotOf = track.hotspotOfGap();
  const own: number[] = [];
  let longest = 0;
  let longestNs = -1;
  for (let gap = 0; gap < hotspotOf.length; gap++) {
    if (hotspotOf[gap] !== hotspot) continue;
    own.push(gap);
    const { startNs, endNs } = gapInterval(track, gap);
    if (endNs - startNs > longestNs) {
      longest = own.length - 1;
      longestNs = endNs - startNs;
    }
  }
  const first = Math.min(own.length, from < 0 ? longest : Math.floor(from));
  const refs = own
    .slice(first, first + Math.max(0, limit))
    .map((gap) => refOf(track, track.pieces.first[gap]!));
  return { total: own.length, first, refs };
}

function deviceOf(opened: Opened, id: string): OpenedDevice {
  const device = opened.trace.devices.find(({ track }) => track === id);
  if (device === undefined) {
    throw new UserError(`The trace has no device ${id}.`, {
      hint: 'The link may have been made from another trace.',
    });
  }
  return device;
}
