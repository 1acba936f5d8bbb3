import { analyzeBlocks } from '../../src/analysis/blocks.js';
import { analyzeGaps } from '../../src/analysis/gaps.js';
import { analyzeKv } from '../../src/analysis/kv.js';
import { analyzeSwitch } from '../../src/analysis/switch.js';
import { UserError } from '../../src/trace/errors.js';
import { turn } from './breath.js';
import type { EventRef, Findings, Outcome } from './protocol.js';
import { gapTrackOf, refOf } from './refs.js';
import { gapInterval } from './tracks/gap-track.js';
import type { OpenedDevice } from './opened-trace.js';
import type { Opened } from './session.js';

/**
 * What the commands print with `--json`, of one device; all hotspots, so that a gap can name its own by number. Between
 * two of them others get a turn.
 */
export async function findingsOf(opened: Opened, device: string): Promise<Findings> {
  const found = deviceOf(opened, device);
  const offsetNs = found.view.offsetNs + opened.shiftNs;
  let known = opened.findings.get(device);
  if (known === undefined) opened.findings.set(device, (known = workOut(found)));
  return { ...(await known), offsetNs };
}

async function workOut({ view: { trace }, device }: OpenedDevice): Promise<Omit<Findings, 'offsetNs'>> {
  const one = { device };
  const gaps = attempt(() => analyzeGaps(trace, { ...one, top: Infinity }));
  await turn();
  const blocks = attempt(() => analyzeBlocks(trace, one));
  await turn();
  const kv = attempt(() => analyzeKv(trace, one));
  await turn();
  return { gaps, blocks, kv, switches: attempt(() => analyzeSwitch(trace, one)) };
}

function attempt<T>(analyze: () => T): Outcome<T> {
  try {
    return { result: analyze() };
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
