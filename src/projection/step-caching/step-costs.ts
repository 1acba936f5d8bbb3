import { launchOfOps } from '../../analysis/launch.js';
import { instancesOfOps, projectInstances } from '../../analysis/instances.js';
import { pathOfOps } from '../../analysis/paths.js';
import { percentile } from '../../analysis/percentile.js';
import { nestRanges } from '../../analysis/ranges.js';
import { DEFAULT_RULES } from '../../analysis/rules.js';
import { templateOf } from '../../analysis/template.js';
import type { Trace } from '../../trace/trace.js';
import type { BlockSpan } from './feature-cache.js';
import type { RecordedSteps } from './recorded-steps.js';

/** One forward's time, all blocks computed, and with a cache hit. Milliseconds. */
export interface StepCosts {
  readonly fullMs: number;
  readonly cachedMs: number;
  /** Outside forwards, in the whole run. */
  readonly restMs: number;
  /** Where the two are from, in words. */
  readonly source: { readonly full: string; readonly cached: string };
}

/** Full and cached forwards as a run's own record timed them; what it does not have is absent. */
export function recordedCosts({ forwards }: RecordedSteps): {
  readonly fullMs?: number;
  readonly cachedMs?: number;
} {
  const computed = forwards.filter(({ reused }) => !reused).map(({ durationMs }) => durationMs);
  const cached = forwards.filter(({ reused }) => reused).map(({ durationMs }) => durationMs);
  return {
    ...(computed.length === 0 ? {} : { fullMs: median(computed) }),
    ...(cached.length === 0 ? {} : { cachedMs: median(cached) }),
  };
}

/** What a trace says of a forward and of the blocks in it; in nanoseconds, the median of all complete forwards. */
export interface TracedForward {
  readonly fullNs: number;
  /** First op to last op of the blocks that would be left out. */
  readonly skippedNs: number;
  readonly forwards: number;
}

/**
 * Times forwards by the ranges of their layers (`transformer_block_12`): a forward is the range around them. `undefined`
 * where the trace has no such ranges, or no forward in which all of `blocks` ran.
 *
 * What a hit itself costs (comparing, and adding the residual) is in no trace without a cache, and is not counted.
 */
export function tracedForward(
  trace: Trace,
  blocks: (layers: number) => BlockSpan,
): TracedForward | undefined {
  const device = busiestDevice(trace);
  if (device === undefined) return undefined;
  const launch = launchOfOps(trace);
  const nesting = nestRanges(trace);
  const instances = instancesOfOps(trace, launch, nesting, pathOfOps(trace, launch, nesting));
  const { startNs, endNs } = projectInstances(trace, instances, device);
  const layersOf = new Map<number, Map<number, number>>();
  for (let n = 0; n < instances.length; n++) {
    const parent = instances.parent[n]!;
    if (parent < 0 || startNs[n] === Infinity) continue;
    const index = layerNumber(trace.strings[instances.name[n]!] ?? '');
    if (index === undefined) continue;
    const layers = layersOf.get(parent) ?? new Map<number, number>();
    layers.set(index, n);
    layersOf.set(parent, layers);
  }
  let layerCount = 0;
  for (const layers of layersOf.values()) {
    for (const layer of layers.keys()) layerCount = Math.max(layerCount, layer + 1);
  }
  const { first, last } = blocks(layerCount);
  const full: number[] = [];
  const skipped: number[] = [];
  for (const [parent, layers] of layersOf) {
    const [begin, end] = [layers.get(first), layers.get(last)];
    if (layers.size < layerCount || begin === undefined || end === undefined) continue;
    full.push(endNs[parent]! - startNs[parent]!);
    skipped.push(Math.max(0, endNs[end]! - startNs[begin]!));
  }
  if (full.length === 0) return undefined;
  return { fullNs: median(full), skippedNs: median(skipped), forwards: full.length };
}

function layerNumber(name: string): number | undefined {
  const template = templateOf(name);
  if (!DEFAULT_RULES.layer.some((pattern) => pattern.test(template))) return undefined;
  return Number(name.match(/\d+/g)?.at(-1));
}

function busiestDevice({ ops }: Trace): number | undefined {
  const counts = new Uint32Array(256);
  for (let i = 0; i < ops.length; i++) counts[ops.device[i]!]! += 1;
  const most = Math.max(...counts);
  return most === 0 ? undefined : counts.indexOf(most);
}

function median(values: readonly number[]): number {
  return percentile(Float64Array.from(values), 0.5);
}
