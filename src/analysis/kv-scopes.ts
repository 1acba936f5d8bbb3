import { OP_KIND } from '../trace/schema.js';
import type { IndexIntoOps, Trace } from '../trace/trace.js';
import { GraphCaptures } from './graph-capture.js';
import { KV_OPERATIONS } from './kv-result.js';
import type { RangeNesting } from './ranges.js';
import { DEFAULT_RULES, type Rules } from './rules.js';
import type { Sliced } from './slices.js';
import { templateOf } from './template.js';

const NO_OPERATION = -1;
/** A range that says what its ops are, and that it is not KV work. */
const OTHER_WORK = -2;

/** What a range, or a range open at a graph's capture, says of the ops under it; inherited from those around it. */
interface Scope {
  readonly layer: number;
  /** The layer's range: a row or a stack id; -1 if none. */
  readonly layerAt: number;
  /** Index into `KV_OPERATIONS`, or one of the negative values above. */
  readonly operation: number;
  readonly operationAt: number;
}

const NOTHING: Scope = { layer: -1, layerAt: -1, operation: NO_OPERATION, operationAt: -1 };

/** An op's place among layers and KV ranges. Instance ids are unique within a trace and otherwise arbitrary. */
export interface OpScope {
  /** Index into `KV_OPERATIONS`, -1 if the op is not KV work. */
  operation: number;
  /** The instance of the KV range. */
  instance: number;
  layer: number;
  /** The instance of the layer's range: one layer in one forward; -1 outside. */
  unit: number;
}

/** A few milliseconds of work. */
const RANGES_A_SLICE = 16_384;

/** Reads what all ranges say. */
export function* kvScopes(
  trace: Trace,
  launch: Int32Array,
  nesting: RangeNesting,
  rules?: Rules,
): Sliced<KvScopes> {
  const scopes = new KvScopes(trace, launch, nesting, rules, 0);
  while (scopes.readRanges(RANGES_A_SLICE)) yield;
  return scopes;
}

/**
 * Finds KV ranges and layers around ops: from the ranges open at the launch, and for an op of a graph replay from those
 * at its capture first. A replay's instances are told apart by launch call.
 */
export class KvScopes {
  readonly #trace: Trace;
  readonly #launch: Int32Array;
  readonly #ofCall: Int32Array;
  readonly #rules: Rules;
  readonly #parentOfRange: Int32Array;
  readonly #ofRange: Scope[] = [];
  readonly #ofStack = new Map<number, Scope>();
  readonly #stackRow = new Map<number, number>();
  readonly #captures: GraphCaptures;
  readonly #ofName = new Map<number, NameMeaning>();

  /** With less than all ranges `atOnce`, `readRanges` must be called for the rest before any op is read. */
  constructor(
    trace: Trace,
    launch: Int32Array,
    nesting: RangeNesting,
    rules: Rules = DEFAULT_RULES,
    atOnce = Infinity,
  ) {
    this.#trace = trace;
    this.#launch = launch;
    this.#ofCall = nesting.ofCall;
    this.#rules = rules;
    this.#captures = new GraphCaptures(trace);
    this.#parentOfRange = nesting.parent;
    const { rangeStacks } = trace;
    for (let i = 0; i < rangeStacks.length; i++) this.#stackRow.set(rangeStacks.id[i]!, i);
    this.readRanges(atOnce);
  }

  /** Reads the next ranges, at most so many; whether there are more. */
  readRanges(most: number): boolean {
    const { name, length } = this.#trace.ranges;
    const of = this.#ofRange;
    const end = Math.min(length, of.length + most);
    // Parents come before children.
    for (let r = of.length; r < end; r++) {
      const parent = this.#parentOfRange[r]!;
      of.push(this.#within(parent < 0 ? NOTHING : of[parent]!, name[r]!, r));
    }
    return end < length;
  }

  read(op: IndexIntoOps, into: OpScope): void {
    const { ops, ranges } = this.#trace;
    const call = this.#launch[op]!;
    const row = call < 0 ? -1 : this.#ofCall[call]!;
    const outer = row < 0 ? NOTHING : this.#ofRange[row]!;
    let inner = NOTHING;
    if (ops.graph[op] !== 0 && ops.kind[op] !== OP_KIND.graph) {
      const stack = this.#captures.stackOf(ops.graphNode[op]!);
      if (stack > 0) inner = this.#scopeOfStack(stack);
    }
    const replay = ranges.length + call * (this.#trace.rangeStacks.length + 1);
    const captured = inner.operation !== NO_OPERATION;
    into.operation = captured ? inner.operation : outer.operation;
    into.instance = captured ? replay + inner.operationAt : outer.operationAt;
    if (into.operation === OTHER_WORK) into.operation = NO_OPERATION;
    into.layer = inner.layerAt >= 0 ? inner.layer : outer.layer;
    into.unit = inner.layerAt >= 0 ? replay + inner.layerAt : outer.layerAt;
  }

  #scopeOfStack(stack: number): Scope {
    const known = this.#ofStack.get(stack);
    if (known !== undefined) return known;
    const row = this.#stackRow.get(stack);
    if (row === undefined) return NOTHING;
    // Damaged data could name itself as its parent.
    this.#ofStack.set(stack, NOTHING);
    const { parent, name } = this.#trace.rangeStacks;
    const around = parent[row] === 0 ? NOTHING : this.#scopeOfStack(parent[row]!);
    const scope = this.#within(around, name[row]!, row);
    this.#ofStack.set(stack, scope);
    return scope;
  }

  #within(around: Scope, nameId: number, at: number): Scope {
    let meaning = this.#ofName.get(nameId);
    if (meaning === undefined) {
      this.#ofName.set(nameId, (meaning = meaningOf(this.#trace.strings[nameId] ?? '', this.#rules)));
    }
    const { layer, operation } = meaning;
    if (layer === undefined && operation === NO_OPERATION) return around;
    return {
      layer: layer ?? around.layer,
      layerAt: layer === undefined ? around.layerAt : at,
      operation: operation === NO_OPERATION ? around.operation : operation,
      operationAt: operation === NO_OPERATION ? around.operationAt : at,
    };
  }
}

/** What a name says by itself. */
interface NameMeaning {
  /** The layer's number. */
  readonly layer: number | undefined;
  readonly operation: number;
}

function meaningOf(name: string, rules: Rules): NameMeaning {
  const template = templateOf(name);
  const isLayer = rules.layer.some((pattern) => pattern.test(template));
  const layer = isLayer ? /(\d+)\D*$/.exec(name)?.[1] : undefined;
  return { layer: layer === undefined ? undefined : Number(layer), operation: operationOf(template, rules) };
}

/** Reading the cache's indices is no op class, because it moves no cache: the layer table's rules know it. */
function operationOf(template: string, rules: Rules): number {
  const text =
    find(rules.classes.ranges, template) ??
    (find(rules.parts, template) === 'kv.index' ? 'kv.index' : undefined);
  if (text === undefined) return NO_OPERATION;
  const index = (KV_OPERATIONS as readonly string[]).indexOf(text);
  return index < 0 ? OTHER_WORK : index;
}

function find<T>(rules: readonly (readonly [RegExp, T])[], template: string): T | undefined {
  return rules.find(([pattern]) => pattern.test(template))?.[1];
}
