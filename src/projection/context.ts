import { blockTimeline, type BlockTimeline } from '../analysis/block-timeline.js';
import type { BlocksOptions } from '../analysis/blocks-options.js';
import { instancesOfOps, type Instances } from '../analysis/instances.js';
import { KvScopes, type OpScope } from '../analysis/kv-scopes.js';
import { callsByCorrelation } from '../analysis/launch.js';
import { OP_CLASSES, OpClassifier, type OpClass } from '../analysis/op-class.js';
import { pathOfOps, type OpPaths } from '../analysis/paths.js';
import { DEFAULT_RULES, type Rules } from '../analysis/rules.js';
import type { Trace } from '../trace/trace.js';
import { buildLaunchGraph, type BuiltGraph } from './replay/build-graph.js';
import { chooseTarget, type Target } from './target.js';
import type { Rates } from './rates.js';
import { builtInRates } from './rates-h200.js';
import { runShape, type RunShape } from './run-shape.js';

export interface ContextOptions extends BlocksOptions {
  /** Whose latency: a range name, pattern or template. */
  readonly target?: string;
  /** Measured rates of matmuls in other formats, and of other kernels; without them those built in for the device. */
  readonly rates?: Rates;
}

/** What edits look things up in: the recording, read once. Nothing in it changes. */
export interface WhatIfContext {
  readonly trace: Trace;
  readonly timeline: BlockTimeline;
  readonly paths: OpPaths;
  readonly instances: Instances;
  readonly built: BuiltGraph;
  readonly target: Target;
  readonly rules: Rules;
  readonly shape: RunShape;
  readonly rates: Rates | undefined;
  /** Op → number of its layer, or -1. */
  readonly layerOfOp: Int32Array;
  /** Op → the pass through its layer that it is in, an arbitrary number; -1 outside of layers. */
  readonly unitOfOp: Float64Array;
  /** Op → KV operation (`OPERATION`), or -1. */
  readonly kvOperationOfOp: Int8Array;
  /** Op → 1 in a prompt switch's recache. */
  readonly recacheOp: Uint8Array;
  /** Whether a recorded op is attention that is not attention to the prompt. */
  readonly isSelfAttention: (op: number) => boolean;
}

/** @throws UserError if the trace holds no GPU work, or the target does not exist */
export function whatIfContext(trace: Trace, options: ContextOptions = {}): WhatIfContext {
  const rules = options.rules ?? DEFAULT_RULES;
  const timeline = blockTimeline(trace, options, false);
  const { launch, nesting, kv, recacheOfCall } = timeline;
  const paths = pathOfOps(trace, launch, nesting);
  const instances = instancesOfOps(trace, launch, nesting, paths);
  const classes = new OpClassifier(trace, paths, rules.classes);
  const { length } = trace.ops;
  const opClass = new Uint8Array(length);
  const layerOfOp = new Int32Array(length);
  const unitOfOp = new Float64Array(length);
  const recacheOp = new Uint8Array(length);
  const scopes = new KvScopes(trace, launch, nesting, rules);
  const scope: OpScope = { operation: -1, instance: -1, layer: -1, unit: -1 };
  for (let i = 0; i < length; i++) {
    opClass[i] = classes.of(i);
    scopes.read(i, scope);
    layerOfOp[i] = scope.layer;
    unitOfOp[i] = scope.unit;
    const call = launch[i]!;
    if (call >= 0 && recacheOfCall[call]! >= 0) recacheOp[i] = 1;
  }
  const cross = crossPaths(paths, rules);
  const target = chooseTarget(trace, timeline, instances, options.target);
  const deviceName = trace.devices.find(({ id }) => id === target.device)?.name ?? '';
  const kvOperationOfOp = new Int8Array(length).fill(-1);
  for (let n = 0; n < kv.length; n++) kvOperationOfOp[kv.op[n]!] = kv.operation[n]!;
  return {
    trace,
    timeline,
    paths,
    instances,
    built: buildLaunchGraph(trace, launch, callsByCorrelation(trace), opClass),
    target,
    rules,
    shape: runShape(trace.run),
    rates: options.rates ?? builtInRates(deviceName),
    layerOfOp,
    unitOfOp,
    kvOperationOfOp,
    recacheOp,
    isSelfAttention: (op) => opClass[op] === ATTENTION && cross[paths.pathId[op]!] === 0,
  };
}

const ATTENTION = OP_CLASSES.indexOf('attention');

/** Path → 1 inside the half of a layer that attends to the prompt. */
function crossPaths({ template, parent }: OpPaths, rules: Rules): Uint8Array {
  const cross = new Uint8Array(template.length);
  for (let path = 1; path < cross.length; path++) {
    const region = rules.regions.find(([pattern]) => pattern.test(template[path]!))?.[1];
    cross[path] = region === undefined ? cross[parent[path]!]! : region === 'cross' ? 1 : 0;
  }
  return cross;
}

export function classIndex(name: OpClass): number {
  return OP_CLASSES.indexOf(name);
}
