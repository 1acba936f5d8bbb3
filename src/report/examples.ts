import { blockTimeline } from '../analysis/block-timeline.js';
import type { Interval } from '../analysis/busy.js';
import { selectDeviceWindows } from '../analysis/device-windows.js';
import { instancesOfOps, projectInstances } from '../analysis/instances.js';
import { phaseOfOps } from '../analysis/kv-phase.js';
import { KV_OPERATIONS, KV_PHASES } from '../analysis/kv-result.js';
import { LAYER_PARTS } from '../analysis/layer-parts.js';
import { PLACE, placePaths } from '../analysis/layer-places.js';
import { launchOfOps } from '../analysis/launch.js';
import { OP_CLASSES, OpClassifier } from '../analysis/op-class.js';
import { visitOps } from '../analysis/ops-in-windows.js';
import { pathOfOps } from '../analysis/paths.js';
import { nestRanges } from '../analysis/ranges.js';
import { DEFAULT_RULES } from '../analysis/rules.js';
import { OP_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';

/** When something ran: nanoseconds since the start of the process's trace. */
export interface Example {
  readonly startNs: number;
  readonly durationNs: number;
}

/**
 * Of each row that a report lists as a sum, one thing to look at: the longest in the window, the earliest of equals.
 * Results that name their own examples (hotspots, waits, edits) are not here.
 */
export interface Examples {
  /** Full kernel name → a launch. */
  readonly kernels: ReadonlyMap<string, Example>;
  /** Template path → an instance, from its first op to its last. */
  readonly places: ReadonlyMap<string, Example>;
  /** Key of `partKey` → an op. */
  readonly parts: ReadonlyMap<string, Example>;
  /** Key of `kvKey` → an op. */
  readonly kv: ReadonlyMap<string, Example>;
}

export const NO_EXAMPLES: Examples = {
  kernels: new Map(),
  places: new Map(),
  parts: new Map(),
  kv: new Map(),
};

/** A row of the layer table: `layer` or `block`, and the part. */
export function partKey(scope: 'layer' | 'block', part: string): string {
  return `${scope} ${part}`;
}

/** A row of the table of KV operations. */
export function kvKey(operation: string, phase: string): string {
  return `${operation} ${phase}`;
}

/** Looks for examples on one device, within what `--window` chose. */
export function findExamples(
  trace: Trace,
  options: { readonly device: number; readonly window?: string },
): Examples {
  const { device } = options;
  const launch = launchOfOps(trace);
  const [selection] = selectDeviceWindows(trace, launch, options);
  const { windows } = selection!;
  const nesting = nestRanges(trace);
  const paths = pathOfOps(trace, launch, nesting);
  const { kind, name, startNs, durationNs } = trace.ops;

  const layers = placePaths(paths, DEFAULT_RULES);
  const classes = new OpClassifier(trace, paths, DEFAULT_RULES.classes);
  const kernels = new Longest(trace.strings.length);
  const parts = new Longest(2 * LAYER_PARTS.length);
  const began = new Uint8Array(trace.ops.length);
  visitOps(trace, device, windows, (op, _insideNs, isBegun) => {
    if (!isBegun) return;
    began[op] = 1;
    if (kind[op] === OP_KIND.kernel) kernels.offer(name[op]!, op, durationNs[op]!);
    const path = paths.pathId[op]!;
    const inLayer = layers.place[path] === PLACE.layer ? 0 : 1;
    const part = layers.part[path * OP_CLASSES.length + classes.of(op)]!;
    parts.offer(2 * part + inLayer, op, durationNs[op]!);
  });
  const opAt = (op: number): Example => ({ startNs: startNs[op]!, durationNs: Math.max(0, durationNs[op]!) });

  const timeline = blockTimeline(trace, { device }, false);
  const { kv } = timeline;
  const phase = phaseOfOps(kv, timeline.blocks);
  const operations = new Longest(KV_OPERATIONS.length * KV_PHASES.length);
  for (let n = 0; n < kv.length; n++) {
    const op = kv.op[n]!;
    if (began[op] === 0) continue;
    operations.offer(kv.operation[n]! * KV_PHASES.length + phase[n]!, op, durationNs[op]!);
  }

  const instances = instancesOfOps(trace, launch, nesting, paths);
  const projected = projectInstances(trace, instances, device);
  const places = new Longest(paths.template.length);
  for (let i = 0; i < instances.length; i++) {
    const start = projected.startNs[i]!;
    if (start < Infinity && isWithin(start, windows)) {
      places.offer(instances.path[i]!, i, projected.endNs[i]! - start);
    }
  }
  return {
    kernels: kernels.map((id) => trace.strings[id] ?? `?${id}`, opAt),
    parts: parts.map(
      (row) => partKey(row % 2 === 0 ? 'layer' : 'block', LAYER_PARTS[Math.floor(row / 2)]!),
      opAt,
    ),
    kv: operations.map(
      (row) => kvKey(KV_OPERATIONS[Math.floor(row / KV_PHASES.length)]!, KV_PHASES[row % KV_PHASES.length]!),
      opAt,
    ),
    places: places.map(paths.text, (i) => ({
      startNs: projected.startNs[i]!,
      durationNs: projected.endNs[i]! - projected.startNs[i]!,
    })),
  };
}

/** Whether a time is in one of the windows, which are sorted and disjoint. */
function isWithin(timeNs: number, windows: readonly Interval[]): boolean {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (windows[middle]!.endNs <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low < windows.length && windows[low]!.startNs <= timeNs;
}

/** The longest of each group, the first of equals. */
class Longest {
  readonly #item: Int32Array;
  readonly #ns: Float64Array;

  constructor(groups: number) {
    this.#item = new Int32Array(groups).fill(-1);
    this.#ns = new Float64Array(groups).fill(-Infinity);
  }

  offer(group: number, item: number, ns: number): void {
    if (!(ns > this.#ns[group]!)) return;
    this.#item[group] = item;
    this.#ns[group] = ns;
  }

  map(key: (group: number) => string, example: (item: number) => Example): Map<string, Example> {
    const found = new Map<string, Example>();
    this.#item.forEach((item, group) => {
      if (item >= 0) found.set(key(group), example(item));
    });
    return found;
  }
}
