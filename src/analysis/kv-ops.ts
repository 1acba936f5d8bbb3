import type { Trace } from '../trace/trace.js';
import type { KvScopes, OpScope } from './kv-scopes.js';
import type { Sliced } from './slices.js';

export const OPERATION = {
  index: 0,
  clone: 1,
  roll: 2,
  insert: 3,
  concat: 4,
  update: 5,
  reset: 6,
} as const;

/** The KV ops of one device, a column each, in order of their starts. */
export interface KvOps {
  readonly length: number;
  /** Index into `ops`. */
  readonly op: Int32Array;
  /** Index into `KV_OPERATIONS`. The inserts of a range that rolls and inserts are told apart from its rolls. */
  readonly operation: Uint8Array;
  /** Range instance, dense from 0. */
  readonly instance: Int32Array;
  readonly instances: number;
  /** Place of the op in its instance, from 0. */
  readonly position: Int32Array;
  /** -1 outside the layers. */
  readonly layer: Int32Array;
  /** One layer in one forward, dense from 0; -1 outside the layers. */
  readonly unit: Int32Array;
  readonly units: number;
  /** Index into the blocks, -1 outside them. */
  readonly block: Int32Array;
  readonly recache: Uint8Array;
}

/** Which block, and whether a recache, each call was made in. */
export interface CallPlaces {
  readonly blockOfCall: Int32Array;
  readonly recacheOfCall: Int32Array;
}

/** A few milliseconds of work. */
const OPS_A_SLICE = 16_384;

export function* findKvOps(
  trace: Trace,
  launch: Int32Array,
  device: number,
  scopes: KvScopes,
  { blockOfCall, recacheOfCall }: CallPlaces,
): Sliced<KvOps> {
  const { ops } = trace;
  const scope: OpScope = { operation: -1, instance: -1, layer: -1, unit: -1 };
  const operations = new Int8Array(ops.length).fill(-1);
  let length = 0;
  for (let i = 0; i < ops.length; i += OPS_A_SLICE) {
    length += readOperations(ops, device, scopes, i, Math.min(ops.length, i + OPS_A_SLICE), operations);
    yield;
  }
  const op = new Int32Array(length);
  const operation = new Uint8Array(length);
  const instance = new Int32Array(length);
  const layer = new Int32Array(length);
  const unit = new Int32Array(length);
  const block = new Int32Array(length);
  const recache = new Uint8Array(length);
  const instanceIds = new Map<number, number>();
  const unitIds = new Map<number, number>();
  let n = 0;
  for (let i = 0; n < length; i++) {
    if (operations[i]! < 0) continue;
    scopes.read(i, scope);
    const call = launch[i]!;
    op[n] = i;
    operation[n] = scope.operation;
    instance[n] = denseId(instanceIds, scope.instance);
    layer[n] = scope.layer;
    unit[n] = scope.unit < 0 ? -1 : denseId(unitIds, scope.unit);
    block[n] = call < 0 ? -1 : blockOfCall[call]!;
    recache[n] = call >= 0 && recacheOfCall[call]! >= 0 ? 1 : 0;
    n++;
    if (n % OPS_A_SLICE === 0) yield;
  }
  const instances = instanceIds.size;
  const { position, sizes } = positions(instance, instances);
  splitInserts(operation, instance, position, sizes);
  const units = unitIds.size;
  return { length, op, operation, instance, instances, position, layer, unit, units, block, recache };
}

/** Fills `operations` from one op to before another; returns how many of them are KV work. */
function readOperations(
  { device: devices }: Trace['ops'],
  device: number,
  scopes: KvScopes,
  from: number,
  to: number,
  operations: Int8Array,
): number {
  const scope: OpScope = { operation: -1, instance: -1, layer: -1, unit: -1 };
  let found = 0;
  for (let i = from; i < to; i++) {
    if (devices[i] !== device) continue;
    scopes.read(i, scope);
    operations[i] = scope.operation;
    if (scope.operation >= 0) found++;
  }
  return found;
}

function denseId(ids: Map<number, number>, key: number): number {
  let id = ids.get(key);
  if (id === undefined) {
    id = ids.size;
    ids.set(key, id);
  }
  return id;
}

function positions(instance: Int32Array, count: number): { position: Int32Array; sizes: Int32Array } {
  const position = new Int32Array(instance.length);
  const sizes = new Int32Array(count);
  for (let n = 0; n < instance.length; n++) position[n] = sizes[instance[n]!]!++;
  return { position, sizes };
}

/**
 * `kv_roll_and_insert` does two things. A direct insert of the same trace shows how many ops an insert takes; it
 * comes after the roll, so that many ops at the end are the insert. Without a direct insert to go by, or where the
 * range has no more ops than that, all of it stays a roll.
 */
function splitInserts(
  operation: Uint8Array,
  instance: Int32Array,
  position: Int32Array,
  sizes: Int32Array,
): void {
  let perInsert = 0;
  for (let n = 0; n < operation.length && perInsert === 0; n++) {
    if (operation[n] === OPERATION.insert) perInsert = sizes[instance[n]!]!;
  }
  if (perInsert === 0) return;
  for (let n = 0; n < operation.length; n++) {
    if (operation[n] !== OPERATION.roll) continue;
    const size = sizes[instance[n]!]!;
    if (size > perInsert && position[n]! >= size - perInsert) operation[n] = OPERATION.insert;
  }
}

/** Unit → whether it rolled. */
export function rollingUnits(kv: KvOps): Uint8Array {
  const rolls = new Uint8Array(kv.units);
  for (let n = 0; n < kv.length; n++) {
    if (kv.operation[n] === OPERATION.roll && kv.unit[n]! >= 0) rolls[kv.unit[n]!] = 1;
  }
  return rolls;
}

/** Block → whether a layer rolled in it, a recache apart. */
export function rollingBlocks(kv: KvOps, blocks: number): Uint8Array {
  const rolls = new Uint8Array(blocks);
  for (let n = 0; n < kv.length; n++) {
    const block = kv.block[n]!;
    if (kv.operation[n] === OPERATION.roll && block >= 0 && kv.recache[n] === 0) rolls[block] = 1;
  }
  return rolls;
}
