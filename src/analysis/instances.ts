import { OP_KIND } from '../trace/schema.js';
import type { IndexIntoOps, Trace } from '../trace/trace.js';
import type { OpPaths } from './paths.js';
import type { RangeNesting } from './ranges.js';

/**
 * Every time that the program was in a range: what templates are counted by. An instance is a row of `ranges`
 * (they come first, under their row numbers), or, in a graph replay, a range of the capture: each replay is in
 * it once more, although no range is open then. Ranges of one name that were opened several times in the same
 * place of a capture are one instance a replay: a capture stack does not tell them apart.
 */
export interface Instances {
  readonly length: number;
  /** Op → the innermost instance it is in, or -1. */
  readonly ofOp: Int32Array;
  /** Instance → the one around it, or -1. Parents come before their children. */
  readonly parent: Int32Array;
  /** Instance → its template path. */
  readonly path: Int32Array;
  /** Instance → string id of the name it was opened with. */
  readonly name: Int32Array;
}

/** The instances of a trace whose paths are `paths`. */
export function instancesOfOps(
  trace: Trace,
  launch: Int32Array,
  nesting: RangeNesting,
  paths: OpPaths,
): Instances {
  const { ops, ranges } = trace;
  const { pathId, pathOfRange, captures } = paths;
  const captured = new CapturedInstances(trace, paths);
  const ofOp = new Int32Array(ops.length);
  for (let i = 0; i < ops.length; i++) {
    const call = launch[i]!;
    const range = call < 0 ? -1 : nesting.ofCall[call]!;
    let instance = range;
    if (ops.graph[i] !== 0 && ops.kind[i] !== OP_KIND.graph) {
      const outer = range < 0 ? 0 : pathOfRange[range]!;
      if (pathId[i] !== outer) {
        const replay = call < 0 ? trace.calls.length + ops.correlation[i]! : call;
        instance = captured.find(replay, captures.stackOf(ops.graphNode[i]!), pathId[i]!, outer, range);
      }
    }
    ofOp[i] = instance;
  }
  const { length } = ranges;
  return {
    length: length + captured.parent.length,
    ofOp,
    parent: join(nesting.parent, captured.parent),
    path: join(pathOfRange, captured.path),
    name: join(ranges.name, captured.name),
  };
}

/** Instances of capture stacks, numbered on from the rows of `ranges`. */
class CapturedInstances {
  readonly parent: number[] = [];
  readonly path: number[] = [];
  readonly name: number[] = [];
  readonly #first: number;
  readonly #stacks: Trace['rangeStacks'];
  readonly #paths: OpPaths;
  readonly #rowOfStack = new Map<number, number>();
  readonly #instances = new Map<number, number>();
  #lastKey = -1;
  #last = -1;

  constructor(trace: Trace, paths: OpPaths) {
    this.#first = trace.ranges.length;
    this.#stacks = trace.rangeStacks;
    this.#paths = paths;
    for (let i = 0; i < this.#stacks.length; i++) this.#rowOfStack.set(this.#stacks.id[i]!, i);
  }

  /** The instance of `stack` in a replay that was launched in `outer`, and is in `path` below it. */
  find(replay: number, stack: number, path: number, outer: number, launchedIn: number): number {
    const row = this.#rowOfStack.get(stack);
    if (row === undefined || path === outer) return launchedIn;
    const key = replay * this.#stacks.length + row;
    if (key === this.#lastKey) return this.#last;
    let instance = this.#instances.get(key);
    if (instance === undefined) {
      const around = this.#paths.parent[path]!;
      const parent = this.find(replay, this.#stacks.parent[row]!, around, outer, launchedIn);
      instance = this.#first + this.parent.length;
      this.parent.push(parent);
      this.path.push(path);
      this.name.push(this.#stacks.name[row]!);
      this.#instances.set(key, instance);
    }
    this.#lastKey = key;
    this.#last = instance;
    return instance;
  }
}

function join(head: ArrayLike<number>, tail: readonly number[]): Int32Array {
  const joined = new Int32Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}

/** Where the ops of instances ran on one device: first op start to last op end. */
export interface InstanceProjections {
  /** Infinity where an instance launched nothing on the device. */
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
}

/** Projects all instances onto a device, the ones inside them included. */
export function projectInstances(trace: Trace, instances: Instances, device: number): InstanceProjections {
  const { ops } = trace;
  const { ofOp, parent, length } = instances;
  const startNs = new Float64Array(length).fill(Infinity);
  const endNs = new Float64Array(length).fill(-Infinity);
  for (let i: IndexIntoOps = 0; i < ops.length; i++) {
    const instance = ofOp[i]!;
    if (instance < 0 || ops.device[i] !== device) continue;
    const start = ops.startNs[i]!;
    const end = start + Math.max(0, ops.durationNs[i]!);
    if (start < startNs[instance]!) startNs[instance] = start;
    if (end > endNs[instance]!) endNs[instance] = end;
  }
  for (let instance = length - 1; instance >= 0; instance--) {
    const around = parent[instance]!;
    if (around < 0) continue;
    if (startNs[instance]! < startNs[around]!) startNs[around] = startNs[instance]!;
    if (endNs[instance]! > endNs[around]!) endNs[around] = endNs[instance]!;
  }
  return { startNs, endNs };
}
