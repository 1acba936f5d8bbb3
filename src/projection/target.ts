import type { BlockTimeline } from '../analysis/block-timeline.js';
import type { Instances } from '../analysis/instances.js';
import { percentile } from '../analysis/percentile.js';
import { templateOf } from '../analysis/template.js';
import { namePattern, sameName } from '../analysis/window-spec.js';
import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import type { LaunchGraph } from './replay/launch-graph.js';
import type { Times } from './replay/replay.js';

/** Whose latency is predicted: instances of a range template, or the whole trace. */
export interface Target {
  /** `temporal_block_#`; `(whole trace)`. */
  readonly template: string;
  /** Op → target instance, or -1. */
  readonly instanceOfOp: Int32Array;
  readonly instances: number;
  /** Instances whose median the answer is. */
  readonly chosen: readonly number[];
  /** How they were chosen, in words. */
  readonly basis: string;
  /** Names of the chosen instances. */
  readonly names: readonly string[];
  /** Row of `ranges` of each instance; -1 where it is a range of a graph's capture, or the whole trace. */
  readonly rangeOf: Int32Array;
  readonly device: number;
}

export const WHOLE_TRACE = '(whole trace)';
/** Where there are no temporal blocks: one pass of the sampler. */
export const STEP = /^(?:denois\w*[_ :-]?)?(?:step|timestep)s?[_ :-]?#$/i;

/**
 * The target that was asked for, else the steady temporal blocks, else the denoising steps, else the whole trace.
 * @throws UserError if nothing has the template that was asked for, or nothing of it ran on the device
 */
export function chooseTarget(
  trace: Trace,
  timeline: BlockTimeline,
  instances: Instances,
  wanted: string | undefined,
): Target {
  const { blocks } = timeline;
  if (wanted === 'all') return wholeTrace(trace, timeline, 'first op to last op');
  if (wanted === undefined && blocks.length > 0) return blockTarget(trace, timeline, instances);
  if (wanted !== undefined) {
    const isBlock = blocks.some(
      ({ name }) => templateOf(name) === templateOf(wanted) || sameTemplate(name, wanted),
    );
    return isBlock
      ? blockTarget(trace, timeline, instances)
      : templateTarget(trace, timeline, instances, wanted);
  }
  const step = [...templatesOf(trace, instances)].find((template) => STEP.test(template));
  if (step !== undefined) return templateTarget(trace, timeline, instances, step);
  return wholeTrace(
    trace,
    timeline,
    'first op to last op: the trace has no temporal blocks and no denoising steps',
  );
}

function wholeTrace({ ops }: Trace, { device }: BlockTimeline, basis: string): Target {
  return {
    template: WHOLE_TRACE,
    instanceOfOp: Int32Array.from({ length: ops.length }, (_, i) => (ops.device[i] === device ? 0 : -1)),
    instances: 1,
    chosen: [0],
    basis,
    names: [WHOLE_TRACE],
    rangeOf: Int32Array.of(-1),
    device,
  };
}

function sameTemplate(name: string, wanted: string): boolean {
  return templateOf(sameName(name)) === templateOf(sameName(wanted)) || stem(name) === stem(wanted);
}

/** `temporal_block` stands for `temporal_block_#`. */
function stem(name: string): string {
  return templateOf(sameName(name)).replace(/[_:# -]+$/, '');
}

function blockTarget(trace: Trace, timeline: BlockTimeline, instances: Instances): Target {
  const { blocks, device } = timeline;
  const rows = blocks.map(({ range }) => range);
  const steady = blocks.flatMap(({ state }, b) => (state.role === 'steady' ? [b] : []));
  const chosen = steady.length > 0 ? steady : blocks.map((_, b) => b);
  return {
    template: templateOf(blocks[0]!.name),
    instanceOfOp: owners(trace, instances, device, rows),
    instances: rows.length,
    chosen,
    basis: steady.length > 0 ? 'median of the steady blocks' : 'median of all blocks: none is steady',
    names: chosen.map((b) => blocks[b]!.name),
    rangeOf: Int32Array.from(rows),
    device,
  };
}

function templateTarget(trace: Trace, timeline: BlockTimeline, instances: Instances, wanted: string): Target {
  const { device, blocks } = timeline;
  const { test } = namePattern(wanted);
  const matching: number[] = [];
  for (let n = 0; n < instances.length; n++) {
    const name = trace.strings[instances.name[n]!] ?? '';
    if (test(name) || templateOf(name) === wanted || stem(name) === stem(wanted)) matching.push(n);
  }
  const all = owners(trace, instances, device, matching);
  const used = new Set(all);
  const kept = matching.filter((_, k) => used.has(k));
  if (kept.length === 0) throw noTarget(trace, instances, wanted, matching.length > 0, device);
  const instanceOfOp = owners(trace, instances, device, kept);
  // Those of blocks that are not steady are of another kind; without blocks all count.
  const steadyRows = new Set(blocks.flatMap(({ range, state }) => (state.role === 'steady' ? [range] : [])));
  const inSteady = kept.flatMap((n, k) => (hasAncestor(instances, n, steadyRows) ? [k] : []));
  const chosen = inSteady.length > 0 ? inSteady : kept.map((_, k) => k);
  const nameOf = (k: number): string => trace.strings[instances.name[kept[k]!]!] ?? '';
  return {
    template: templateOf(nameOf(chosen[0]!)),
    instanceOfOp,
    instances: kept.length,
    chosen,
    basis: inSteady.length > 0 ? 'median of those in steady blocks' : 'median of all',
    names: chosen.map(nameOf),
    rangeOf: Int32Array.from(kept, (n) => (n < trace.ranges.length ? n : -1)),
    device,
  };
}

function hasAncestor({ parent }: Instances, instance: number, rows: ReadonlySet<number>): boolean {
  for (let n = instance; n >= 0; n = parent[n]!) if (rows.has(n)) return true;
  return false;
}

/** Op → index into `wanted` of the innermost of those instances that it is in, or -1. */
function owners(
  { ops }: Trace,
  { length, parent, ofOp }: Instances,
  device: number,
  wanted: readonly number[],
): Int32Array {
  const owner = new Int32Array(length).fill(-1);
  wanted.forEach((instance, k) => (owner[instance] = k));
  // Parents come before their children.
  for (let n = 0; n < length; n++) if (owner[n]! < 0 && parent[n]! >= 0) owner[n] = owner[parent[n]!]!;
  const found = new Int32Array(ops.length).fill(-1);
  for (let i = 0; i < ops.length; i++) {
    if (ops.device[i] === device && ofOp[i]! >= 0) found[i] = owner[ofOp[i]!]!;
  }
  return found;
}

function templatesOf(trace: Trace, { length, name }: Instances): Set<string> {
  const names = new Set<number>();
  for (let n = 0; n < length; n++) names.add(name[n]!);
  return new Set([...names].map((id) => templateOf(trace.strings[id] ?? '')));
}

function noTarget(
  trace: Trace,
  instances: Instances,
  wanted: string,
  exists: boolean,
  device: number,
): UserError {
  if (exists) {
    return new UserError(`'${wanted}' launched nothing on device ${device}.`, {
      hint: 'Choose ranges whose thread launches the work.',
    });
  }
  const templates = [...templatesOf(trace, instances)].slice(0, 8).map((name) => `'${name}'`);
  return new UserError(`No range is called '${wanted}'.`, {
    hint:
      templates.length === 0
        ? 'The trace has no NVTX ranges: without --target the whole trace is taken.'
        : `The templates are: ${templates.join(', ')}.`,
  });
}

/** First op start to last op end of each instance, NaN where no op of it is left. */
export function latencies(target: Target, graph: LaunchGraph, times: Times): Float64Array {
  const startNs = new Float64Array(target.instances).fill(Infinity);
  const endNs = new Float64Array(target.instances).fill(-Infinity);
  const { ops } = graph;
  for (let i = 0; i < ops.length; i++) {
    if (ops.removed[i] === 1) continue;
    const n = target.instanceOfOp[ops.source[i]!]!;
    if (n < 0) continue;
    if (times.opStartNs[i]! < startNs[n]!) startNs[n] = times.opStartNs[i]!;
    if (times.opEndNs[i]! > endNs[n]!) endNs[n] = times.opEndNs[i]!;
  }
  return startNs.map((start, n) => (start === Infinity ? NaN : endNs[n]! - start));
}

/** The same of the recording. */
export function recordedLatencies(target: Target, { ops }: Trace): Float64Array {
  const startNs = new Float64Array(target.instances).fill(Infinity);
  const endNs = new Float64Array(target.instances).fill(-Infinity);
  for (let i = 0; i < ops.length; i++) {
    const n = target.instanceOfOp[i]!;
    if (n < 0) continue;
    startNs[n] = Math.min(startNs[n]!, ops.startNs[i]!);
    endNs[n] = Math.max(endNs[n]!, ops.startNs[i]! + Math.max(0, ops.durationNs[i]!));
  }
  return startNs.map((start, n) => endNs[n]! - start);
}

/** The median (nearest rank) over the chosen instances, as block latencies are reported. */
export function medianOf(target: Target, ns: Float64Array): number {
  return percentile(
    Float64Array.from(target.chosen, (n) => ns[n]!).filter((value) => !Number.isNaN(value)),
    0.5,
  );
}
