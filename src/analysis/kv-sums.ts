import type { Trace } from '../trace/trace.js';
import type { BlockTimeline } from './block-timeline.js';
import type { Interval } from './busy.js';
import { CAUSES, type Cause } from './causes.js';
import type { GapSplitter } from './gap-split.js';
import { byCause, chargeIdleInSlices } from './idle-charges.js';
import type { KvBytes } from './kv-bytes.js';
import { KvCosts } from './kv-costs.js';
import { OPERATION } from './kv-ops.js';
import { KV_OPERATIONS, KV_PHASES } from './kv-result.js';
import { chargeOpsInSlices } from './op-charges.js';
import type { Sliced } from './slices.js';

export const OPERATIONS = KV_OPERATIONS.length;
export const PHASES = KV_PHASES.length;

/** All sums of the KV analysis, filled in one pass over ops and gaps. Groups are numbered as their names say. */
export class KvSums {
  readonly total = new KvCosts(1);
  /** operation × phase */
  readonly rows = new KvCosts(OPERATIONS * PHASES);
  /** operation × phase, of the basis blocks */
  readonly basis = new KvCosts(OPERATIONS * PHASES);
  /** block; block × operation */
  readonly blocks: KvCosts;
  readonly blockOperations: KvCosts;
  /** Layer numbers in ascending order; the layers' groups are places in it. */
  readonly layers: readonly number[];
  /** layer; layer × operation: of the basis blocks */
  readonly layerTotals: KvCosts;
  readonly layerOperations: KvCosts;
  idleAfterReadsNs = 0;

  readonly #trace: Trace;
  readonly #timeline: BlockTimeline;
  readonly #phase: Uint8Array;
  readonly #bytes: KvBytes;
  readonly #isBasis: Uint8Array;
  readonly #placeOfLayer: ReadonlyMap<number, number>;
  readonly #causes = new Float64Array(OPERATIONS * PHASES * CAUSES.length);

  /** `basis`: the blocks that layers and savings are taken over. */
  constructor(
    trace: Trace,
    timeline: BlockTimeline,
    phase: Uint8Array,
    bytes: KvBytes,
    basis: readonly number[],
  ) {
    const { kv, blocks } = timeline;
    this.#trace = trace;
    this.#timeline = timeline;
    this.#phase = phase;
    this.#bytes = bytes;
    this.#isBasis = new Uint8Array(blocks.length);
    for (const b of basis) this.#isBasis[b] = 1;
    const layers = new Set<number>();
    for (let n = 0; n < kv.length; n++) if (kv.layer[n]! >= 0) layers.add(kv.layer[n]!);
    this.layers = [...layers].sort((a, b) => a - b);
    this.#placeOfLayer = new Map(this.layers.map((layer, l) => [layer, l]));
    this.blocks = new KvCosts(blocks.length);
    this.blockOperations = new KvCosts(blocks.length * OPERATIONS);
    this.layerTotals = new KvCosts(this.layers.length);
    this.layerOperations = new KvCosts(this.layers.length * OPERATIONS);
  }

  /** Ops count where they started; their time and the gaps are cut to the windows (sorted, disjoint). */
  *run(splitter: GapSplitter, windows: readonly Interval[]): Sliced<void> {
    const trace = this.#trace;
    const { device, kv, blocks } = this.#timeline;
    const { startNs, durationNs } = trace.ops;
    const rowOfOp = new Int32Array(trace.ops.length).fill(-1);
    for (let n = 0; n < kv.length; n++) rowOfOp[kv.op[n]!] = n;
    const seen = new Uint8Array(kv.instances * OPERATIONS);
    yield* chargeOpsInSlices(trace, device, windows, (op, started, _gpuNs, busyNs) => {
      const n = rowOfOp[op]!;
      if (n < 0) return;
      const key = kv.instance[n]! * OPERATIONS + kv.operation[n]!;
      const first = started === 1 && seen[key] === 0;
      if (first) seen[key] = 1;
      const bytes = this.#bytes.bytes[n]!;
      const estimated = this.#bytes.estimated[n] === 1;
      this.#eachGroup(n, (costs, group) => {
        costs.addGpu(group, busyNs);
        if (started === 1) costs.addOp(group, Math.max(0, durationNs[op]!), bytes, estimated);
        if (first) costs.addInstance(group);
      });
    });
    yield* chargeIdleInSlices(trace, splitter, device, windows, (after, ns, parts, before) => {
      const n = after < 0 ? -1 : rowOfOp[after]!;
      const read = before < 0 ? -1 : rowOfOp[before]!;
      // A gap between an index read and another read is the other's already.
      if (read >= 0 && kv.operation[read] === OPERATION.index && this.#inBasis(read)) {
        if (n < 0 || kv.operation[n] !== OPERATION.index) this.idleAfterReadsNs += ns;
      }
      if (n < 0) return;
      // The gap before a block's first op lies outside its projection.
      const block = kv.block[n]!;
      const atStart = block >= 0 && startNs[after] === blocks[block]!.startNs;
      this.#eachGroup(n, (costs, group) => costs.addIdle(group, ns), atStart);
      const row = (kv.operation[n]! * PHASES + this.#phase[n]!) * CAUSES.length;
      for (let c = 0; c < parts.length; c++) this.#causes[row + c]! += parts[c]!;
    });
  }

  /** Idle time of a row by cause. */
  causesOf(row: number): Record<Cause, number> {
    return byCause(this.#causes.subarray(row * CAUSES.length, (row + 1) * CAUSES.length));
  }

  #inBasis(n: number): boolean {
    const block = this.#timeline.kv.block[n]!;
    return block >= 0 && this.#isBasis[block] === 1;
  }

  #eachGroup(n: number, add: (costs: KvCosts, group: number) => void, outsideBlock = false): void {
    const { kv } = this.#timeline;
    const operation = kv.operation[n]!;
    const row = operation * PHASES + this.#phase[n]!;
    add(this.total, 0);
    add(this.rows, row);
    const block = kv.block[n]!;
    if (block < 0 || outsideBlock) return;
    add(this.blocks, block);
    add(this.blockOperations, block * OPERATIONS + operation);
    if (this.#isBasis[block] === 0) return;
    add(this.basis, row);
    if (kv.layer[n]! < 0) return;
    const layer = this.#placeOfLayer.get(kv.layer[n]!)!;
    add(this.layerTotals, layer);
    add(this.layerOperations, layer * OPERATIONS + operation);
  }
}
