import type { IndexIntoOps } from '../trace/trace.js';
import { CAUSES } from './causes.js';
import type { IdlePiece } from './idle-pieces.js';
import type { Instances } from './instances.js';
import { LAYER_PARTS } from './layer-parts.js';
import { PLACE, type LayerPlaces } from './layer-places.js';
import { OP_CLASSES, type OpClassifier } from './op-class.js';
import { UnitSums } from './unit-sums.js';

/** Rows of the sums: place × part of busy time, place × cause of idle time. */
export const BUSY_ROWS = LAYER_PARTS.length;
export const IDLE_ROWS = CAUSES.length;
const PLACES = 4;

/** Sums the charges of ops and idle time by part or cause, and by the layer pass, range or block they are in. */
export class LayerSums {
  readonly busy: UnitSums;
  readonly idle: UnitSums;
  readonly #pathId: Int32Array;
  readonly #ofOp: Int32Array;
  /** 1 + unit of its busy time, once it is known: it is asked for again with the wait for the op. */
  readonly #unitOfOp: Int32Array;
  readonly #places: LayerPlaces;
  readonly #classes: OpClassifier;
  /** Instance → the instance that its ops' rows count, or -1. */
  readonly #anchor: Int32Array;
  /** Instance → the temporal block that it is in, or -1. */
  readonly #block: Int32Array;

  constructor(pathId: Int32Array, instances: Instances, places: LayerPlaces, classes: OpClassifier) {
    this.#pathId = pathId;
    this.#ofOp = instances.ofOp;
    this.#unitOfOp = new Int32Array(pathId.length);
    this.#places = places;
    this.#classes = classes;
    this.#anchor = ancestors(instances, places.anchor);
    this.#block = ancestors(instances, places.block);
    this.busy = new UnitSums(PLACES * BUSY_ROWS);
    this.idle = new UnitSums(PLACES * IDLE_ROWS);
  }

  addOp(op: IndexIntoOps, started: number, busyNs: number): void {
    const unit = this.#busyUnit(op);
    this.busy.ns[unit]! += busyNs;
    this.busy.ops[unit]! += started;
  }

  addIdle({ after, durationNs, whole, parts }: IdlePiece): void {
    if (after >= 0) this.busy.idleBeforeNs[this.#busyUnit(after)]! += durationNs;
    let place: number = PLACE.window;
    let instance = -1;
    if (after >= 0 && this.#places.place[this.#pathId[after]!] === PLACE.layer) {
      place = PLACE.layer;
      instance = this.#anchorOf(after);
    } else if (after >= 0 && this.#ofOp[after]! >= 0) {
      instance = this.#block[this.#ofOp[after]!]!;
      if (instance >= 0) place = PLACE.block;
    }
    if (whole >= 0) {
      this.idle.ns[this.idle.unit(place * IDLE_ROWS + whole, instance)]! += durationNs;
      return;
    }
    for (let c = 0; c < parts.length; c++) {
      if (parts[c] !== 0) this.idle.ns[this.idle.unit(place * IDLE_ROWS + c, instance)]! += parts[c]!;
    }
  }

  #busyUnit(op: IndexIntoOps): number {
    const known = this.#unitOfOp[op]!;
    if (known > 0) return known - 1;
    const path = this.#pathId[op]!;
    const part = this.#places.part[path * OP_CLASSES.length + this.#classes.of(op)]!;
    const unit = this.busy.unit(this.#places.place[path]! * BUSY_ROWS + part, this.#anchorOf(op));
    this.#unitOfOp[op] = unit + 1;
    return unit;
  }

  #anchorOf(op: IndexIntoOps): number {
    const instance = this.#ofOp[op]!;
    return instance < 0 ? -1 : this.#anchor[instance]!;
  }
}

/** Instance → the one around it (or itself) whose path is the `wanted` of its own path, or -1. */
function ancestors({ path, parent, length }: Instances, wanted: Int32Array): Int32Array {
  const found = new Int32Array(length).fill(-1);
  for (let i = 0; i < length; i++) {
    const target = wanted[path[i]!]!;
    if (target < 0) continue;
    found[i] = target === path[i] ? i : parent[i]! < 0 ? -1 : found[parent[i]!]!;
  }
  return found;
}
