import type { Trace } from '../trace/trace.js';
import type { Interval } from './busy.js';
import { CAUSES } from './causes.js';
import type { GapSplitter } from './gap-split.js';
import { chargeIdle } from './idle-charges.js';
import { chargeOps } from './op-charges.js';
import { OP_CLASSES, type OpClass, type OpClassifier } from './op-class.js';

/**
 * What a switch's latency is made of, in the order in which tables show it. Each is the switch block's time less the
 * same of the block before, so a part may be negative; they sum to the latency exactly.
 *
 * - `reset`: zeroing the caches
 * - `recacheAttention`, `recacheLinear`, `recacheKv`, `recacheRope`, `recacheElementwise` (norms too), `recacheOther`:
 *   the recache's ops by class, less resets and the prompt's K and V
 * - `crossAttention`: the prompt's K and V, projected anew in the recache and again in the first forward after it
 * - `recacheIdle`: gaps that end with an op of the recache
 * - `restBusy`, `restIdle`: everything else in the block
 */
export const SWITCH_PARTS = [
  'reset',
  'recacheAttention',
  'recacheLinear',
  'recacheKv',
  'recacheRope',
  'recacheElementwise',
  'recacheOther',
  'crossAttention',
  'recacheIdle',
  'restBusy',
  'restIdle',
] as const;

export type SwitchPart = (typeof SWITCH_PARTS)[number];

/** A block's time by part: every nanosecond in one, so they sum to its length. */
export interface BlockParts {
  readonly ns: Record<SwitchPart, number>;
  /** `recacheIdle` and `restIdle` by `CAUSES`. */
  readonly recacheIdle: Float64Array;
  readonly restIdle: Float64Array;
}

export interface PartsContext {
  readonly trace: Trace;
  readonly device: number;
  readonly splitter: GapSplitter;
  readonly classes: OpClassifier;
  readonly launch: Int32Array;
  readonly recacheOfCall: Int32Array;
}

export function partsOf(context: PartsContext, window: Interval): BlockParts {
  const { trace, device, splitter, classes, launch, recacheOfCall } = context;
  const ns = Object.fromEntries(SWITCH_PARTS.map((part) => [part, 0])) as Record<SwitchPart, number>;
  const recacheIdle = new Float64Array(CAUSES.length);
  const restIdle = new Float64Array(CAUSES.length);
  const inRecache = (op: number): boolean => {
    const call = op < 0 ? -1 : launch[op]!;
    return call >= 0 && recacheOfCall[call]! >= 0;
  };
  chargeOps(trace, device, [window], (op, _started, _gpuNs, busyNs) => {
    ns[busyPart(OP_CLASSES[classes.of(op)]!, inRecache(op))] += busyNs;
  });
  chargeIdle(trace, splitter, device, [window], (after, idle, parts) => {
    const recache = inRecache(after);
    ns[recache ? 'recacheIdle' : 'restIdle'] += idle;
    const sums = recache ? recacheIdle : restIdle;
    for (let c = 0; c < parts.length; c++) sums[c]! += parts[c]!;
  });
  return { ns, recacheIdle, restIdle };
}

/** The prompt's K and V are projected after the recache too: wherever it is, that is the switch's. */
function busyPart(opClass: OpClass, inRecache: boolean): SwitchPart {
  if (opClass === 'cross-kv') return 'crossAttention';
  if (opClass === 'kv.reset') return 'reset';
  if (!inRecache) return 'restBusy';
  if (opClass.startsWith('kv.')) return 'recacheKv';
  switch (opClass) {
    case 'attention':
      return 'recacheAttention';
    case 'matmul':
      return 'recacheLinear';
    case 'rope':
      return 'recacheRope';
    case 'norm':
    case 'elementwise':
      return 'recacheElementwise';
    default:
      return 'recacheOther';
  }
}
