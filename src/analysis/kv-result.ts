import type { BlockRole } from './block-roles.js';
import type { Cause } from './causes.js';

/** What is done to the KV cache. `kv.index`: reading where the cache ends back to the host. */
export const KV_OPERATIONS = [
  'kv.index',
  'kv.clone',
  'kv.roll',
  'kv.insert',
  'kv.concat',
  'kv.update',
  'kv.reset',
] as const;
export type KvOperation = (typeof KV_OPERATIONS)[number];

/**
 * - `filling`: inserts while the window is not full yet
 * - `rolling`: the window moves on: a forward that rolls, and the deferred update after it
 * - `direct`: inserts into a full window, over what the forward before wrote
 * - `recache`: inside a prompt switch
 * - `outside`: in no temporal block (allocation, initial zeroing)
 */
export const KV_PHASES = ['filling', 'rolling', 'direct', 'recache', 'outside'] as const;
export type KvPhase = (typeof KV_PHASES)[number];

/** How `bytes` are known: from copy and set records, from a rule in part or whole, or not at all. */
export type BytesSource = 'recorded' | 'estimated' | 'none';

/** Time and traffic of some KV ops. */
export interface KvCost {
  /** Range instances in which they ran. */
  readonly instances: number;
  readonly ops: number;
  /** Device time, every busy nanosecond charged to one op. */
  readonly gpuNs: number;
  /** Gaps that end with one of these ops. */
  readonly idleNs: number;
  /** Device memory read + written; absent where no op's bytes are known. */
  readonly bytes?: number;
  readonly bytesFrom: BytesSource;
  /** Ops whose bytes are not known: neither `bytes` nor `bytesPerSecond` counts them. */
  readonly opsWithoutBytes: number;
  /** `bytes` over the duration of the ops that moved them. */
  readonly bytesPerSecond?: number;
}

/** One row of the table: an operation in a phase. */
export interface KvRow extends KvCost {
  readonly operation: KvOperation;
  readonly phase: KvPhase;
  /** Every cause, 0 where none; they sum to `idleNs`. */
  readonly idleByCause: Readonly<Record<Cause, number>>;
  /** `bytesPerSecond` over `peak`. */
  readonly shareOfPeak?: number;
}

/** `R` roll, `D` direct insert, `C` recache; one letter a forward, in order. */
export interface KvActions {
  readonly actions: string;
  /** How many layers did exactly this. */
  readonly layers: number;
}

export interface KvBlock extends KvCost {
  readonly name: string;
  readonly role: BlockRole;
  readonly startNs: number;
  readonly durationNs: number;
  /** `(gpuNs + idleNs) / durationNs`. */
  readonly share: number;
  /** GPU and idle time by operation. */
  readonly operations: Readonly<Record<KvOperation, { readonly gpuNs: number; readonly idleNs: number }>>;
  /** Most frequent first; one entry where all layers agree. */
  readonly actions: readonly KvActions[];
}

/** One transformer layer, summed over `KvResult.basis.blocks`. Work that is not in a layer's range is in none. */
export interface KvLayer extends KvCost {
  readonly layer: number;
  readonly operations: Readonly<Record<KvOperation, KvCost>>;
}

/** What an edit could save at most. */
export interface KvSaving {
  readonly edit: 'ring-buffer' | 'fused-insert' | 'ring-buffer+fused-insert' | 'host-indices';
  /** What goes. */
  readonly removes: readonly string[];
  /** Mean over the basis blocks, rounded to the nanosecond: `gpuNs + idleNs`. */
  readonly perBlockNs: number;
  readonly gpuNs: number;
  readonly idleNs: number;
  /** Of the basis blocks' mean latency. */
  readonly share: number;
  readonly assumption: string;
}

export interface KvResult {
  readonly schema: 'gapscope.kv/1';
  readonly pid: number;
  readonly window: {
    readonly device: number;
    readonly startNs: number;
    readonly endNs: number;
    /** The sum over all windows. */
    readonly spanNs: number;
  };
  /** What `shareOfPeak` is a share of: the device's rated bandwidth, or the one given. */
  readonly peak?: { readonly bytesPerSecond: number; readonly from: 'rated' | 'given' };
  /** All KV work in the window. */
  readonly total: KvCost & { readonly share: number };
  /** By operation, then phase; without those that did not occur. */
  readonly rows: readonly KvRow[];
  /** Of the blocks that lie in the window; empty where the trace has none. */
  readonly blocks: readonly KvBlock[];
  /** What `layers` and `savings` were taken over: the steady blocks, or all if none is steady. */
  readonly basis: { readonly role: 'steady' | 'all'; readonly blocks: number; readonly durationNs: number };
  /** KV time of the basis blocks over their latency. */
  readonly shareOfBlock?: number;
  readonly layers: readonly KvLayer[];
  /** Largest first. Upper bounds; they overlap and do not add up. */
  readonly savings: readonly KvSaving[];
  /** How bytes marked `estimated` were estimated. */
  readonly estimates: readonly string[];
  readonly notices: readonly string[];
}
