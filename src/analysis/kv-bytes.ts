import { OP_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import type { TimedBlock } from './block-timeline.js';
import { kernelBytes, recordedBytes } from './copy-bytes.js';
import { MostFrequent } from './most-frequent.js';
import { OPERATION, type KvOps } from './kv-ops.js';
import { PHASE } from './kv-phase.js';

export interface KvBytes {
  /** Device memory read + written by each KV op; NaN where it is not known. */
  readonly bytes: Float64Array;
  /** 1 where a rule, not a record, says so. */
  readonly estimated: Uint8Array;
  /** The rules that were used, in words. */
  readonly rules: readonly string[];
}

/**
 * What each KV op moves: from its record, or from a rule. Three rules: a copy in a graph replay has the size most
 * frequent among its siblings, a copy or fill kernel what its launch shape says, a concatenation what the window holds.
 */
export function bytesOfKvOps(
  trace: Trace,
  kv: KvOps,
  phase: Uint8Array,
  blocks: readonly TimedBlock[],
): KvBytes {
  const bytes = new Float64Array(kv.length).fill(NaN);
  const estimated = new Uint8Array(kv.length);
  const rules: string[] = [];
  for (let n = 0; n < kv.length; n++) bytes[n] = recordedBytes(trace, kv.op[n]!);
  mendGraphCopies(trace, kv, phase, bytes, estimated, rules);
  let kernels = 0;
  for (let n = 0; n < kv.length; n++) {
    if (kv.operation[n] === OPERATION.concat || !Number.isNaN(bytes[n]!)) continue;
    bytes[n] = kernelBytes(trace, kv.op[n]!);
    if (Number.isNaN(bytes[n]!)) continue;
    estimated[n] = 1;
    kernels++;
  }
  if (kernels > 0) {
    rules.push(`${kernels} copy and fill kernels: blocks × threads × elements a thread, from the launch`);
  }
  estimateConcats(trace, kv, phase, blocks, bytes, estimated, rules);
  return { bytes, estimated, rules };
}

/**
 * CUPTI gives some copies of a graph replay the size of another copy (seen with 13.0: the duration is right, the size
 * is constant for a node and wrong). Siblings, the ops at the same place of the same operation and phase in all layers
 * and forwards, move the same: the size that more than half of them have is taken for all that ran in a graph.
 */
function mendGraphCopies(
  trace: Trace,
  kv: KvOps,
  phase: Uint8Array,
  bytes: Float64Array,
  estimated: Uint8Array,
  rules: string[],
): void {
  const { graph, kind } = trace.ops;
  const inGraph = (n: number): boolean => graph[kv.op[n]!] !== 0 && kind[kv.op[n]!] === OP_KIND.memcpy;
  const place = siblingPlaces(kv);
  const key = (n: number): number => (place[n]! * 8 + kv.operation[n]!) * 8 + phase[n]!;
  const sizes = new MostFrequent();
  let copies = 0;
  for (let n = 0; n < kv.length; n++) {
    if (Number.isNaN(bytes[n]!)) continue;
    sizes.add(key(n), bytes[n]!);
    if (inGraph(n)) copies++;
  }
  if (copies === 0) return;
  let wrong = 0;
  for (let n = 0; n < kv.length; n++) {
    if (!inGraph(n) || Number.isNaN(bytes[n]!)) continue;
    const usual = sizes.majority(key(n));
    if (usual !== bytes[n]) wrong++;
    bytes[n] = usual ?? NaN;
    estimated[n] = 1;
  }
  rules.push(
    `${copies} copies in graph replays: the size of most of their siblings, because CUPTI records wrong sizes there ` +
      `(${wrong} differed)`,
  );
}

/**
 * Where an op stands among its siblings: its place in the instance; in one outside the layers, which goes through all of
 * them, its place within one layer's turn.
 */
function siblingPlaces(kv: KvOps): Int32Array {
  const place = kv.position.slice();
  const sizes = new Int32Array(kv.instances);
  const layers = new Set<number>();
  for (let n = 0; n < kv.length; n++) {
    sizes[kv.instance[n]!]!++;
    if (kv.layer[n]! >= 0) layers.add(kv.layer[n]!);
  }
  for (let n = 0; n < kv.length; n++) {
    const turn = sizes[kv.instance[n]!]! / layers.size;
    if (kv.unit[n]! < 0 && Number.isInteger(turn)) place[n] = kv.position[n]! % turn;
  }
  return place;
}

/**
 * A concatenation reads and writes the K or V attended to: the whole cache once the window is full, what the blocks so
 * far inserted while it fills. The cache's size is what a clone copies; it takes as many concatenations as clones.
 */
function estimateConcats(
  trace: Trace,
  kv: KvOps,
  phase: Uint8Array,
  blocks: readonly TimedBlock[],
  bytes: Float64Array,
  estimated: Uint8Array,
  rules: string[],
): void {
  const count = new Int32Array(kv.instances);
  const sizes = new MostFrequent();
  for (let n = 0; n < kv.length; n++) {
    count[kv.instance[n]!]!++;
    const direct = phase[n] === PHASE.direct || phase[n] === PHASE.filling;
    const operation = kv.operation[n]!;
    if (Number.isNaN(bytes[n]!)) continue;
    if (operation === OPERATION.clone || (operation === OPERATION.insert && direct)) {
      sizes.add(operation, bytes[n]!);
    }
  }
  const cache = sizes.majority(OPERATION.clone);
  const insert = sizes.majority(OPERATION.insert);
  const perClone = firstCount(kv, count, OPERATION.clone);
  if (cache === undefined) return;
  let estimates = 0;
  for (let n = 0; n < kv.length; n++) {
    const isConcat = kv.operation[n] === OPERATION.concat && trace.ops.kind[kv.op[n]!] === OP_KIND.kernel;
    if (!isConcat || count[kv.instance[n]!] !== perClone) continue;
    const state = kv.block[n]! < 0 ? undefined : blocks[kv.block[n]!]!.state;
    let held: number | undefined = cache;
    if (state === undefined) held = phase[n] === PHASE.rolling ? cache : undefined;
    else if (state.filling) {
      // A recache comes before its block's own frames.
      const inserted = state.ordinal + (phase[n] === PHASE.recache ? 0 : 1);
      held = insert === undefined ? undefined : Math.min(cache, inserted * insert);
    }
    if (held === undefined) continue;
    bytes[n] = held;
    estimated[n] = 1;
    estimates++;
  }
  if (estimates > 0) {
    rules.push(
      `${estimates} concatenations: they read and write the cache as the clone does once the window is full, ` +
        'and while it fills what the blocks so far inserted',
    );
  }
}

function firstCount(kv: KvOps, count: Int32Array, operation: number): number {
  for (let n = 0; n < kv.length; n++) if (kv.operation[n] === operation) return count[kv.instance[n]!]!;
  return 0;
}
