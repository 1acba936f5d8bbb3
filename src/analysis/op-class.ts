import { OP_KIND } from '../trace/schema.js';
import type { IndexIntoOps, Trace } from '../trace/trace.js';
import type { OpPaths } from './paths.js';

/** What an op does for the model. */
export const OP_CLASSES = [
  'attention',
  'matmul',
  'norm',
  'elementwise',
  'rope',
  'kv.clone',
  'kv.roll',
  'kv.insert',
  'kv.concat',
  'kv.update',
  'kv.reset',
  'cross-kv',
  'memcpy',
  'comm',
  'other',
] as const;

export type OpClass = (typeof OP_CLASSES)[number];

/** First match wins. Range rules see one range's template, kernel rules the demangled name. */
export interface OpClassRules {
  readonly ranges: readonly (readonly [RegExp, OpClass])[];
  readonly kernels: readonly (readonly [RegExp, OpClass])[];
}

/**
 * Range names: LongLive's (NVTX names of its profiling fork) and this repository's pipelines'. An op takes the class of
 * the innermost range that has one, so that all ops of a KV range count as KV work, whatever kernel does it.
 * Ranges that mix kinds of work (`self_attn`, `ffn`, `recache_after_switch`) have none.
 *
 * Kernel names: generated pointwise kernels come first because Inductor spells the ops that it fused into
 * their names, and attention before matmul because attention kernels are built with CUTLASS.
 */
export const DEFAULT_OP_CLASS_RULES: OpClassRules = {
  ranges: [
    [/^kv_(?:temp_)?clone/i, 'kv.clone'],
    [/^kv_roll/i, 'kv.roll'],
    [/^kv_(?:direct_)?insert/i, 'kv.insert'],
    [/^kv_(?:sink_)?concat/i, 'kv.concat'],
    [/^_?(?:apply_cache_updates?|kv_(?:cache_)?update)/i, 'kv.update'],
    [/^(?:kv|cross_?attn)_cache_reset|^initialize_(?:kv|cross_?attn)_cache|^kv_reset/i, 'kv.reset'],
    [/^cross_?attn_(?:kv|cache)|^cross_?kv/i, 'cross-kv'],
    [/^(?:causal_)?(?:rope|rotary)/i, 'rope'],
  ],
  kernels: [
    [/triton_poi_|vectorized_elementwise|unrolled_elementwise|[^a-z]elementwise_kernel/i, 'elementwise'],
    [/nccl|nvshmem|cross_device_reduce|all_?reduce|all_?gather|reduce_?scatter/i, 'comm'],
    [/flash|fmha|attention|attn|sdpa|\bmha|natten|\bfna/i, 'attention'],
    [/rotary|rope(?![a-z])/i, 'rope'],
    [/gemm|gemv|nvjet|cublas|cutlass|wgmma|matmul|triton_tem_fused_\w*mm|^Cijk_/i, 'matmul'],
    [/(?:layer|rms|group|batch|instance)_?norm|norm_(?:fwd|forward|kernel)|fused_norm/i, 'norm'],
    [
      /elementwise|pointwise|unrolled|reduce_kernel|triton_(?:red|per)_|CatArray|copy_kernel|fill|gelu|silu|softmax|index|gather|scatter|distribution/i,
      'elementwise',
    ],
  ],
};

/** The class of every op, from one class a path and one a kernel name. */
export class OpClassifier {
  readonly #ops: Trace['ops'];
  readonly #pathId: Int32Array;
  /** 0: the path says nothing; otherwise 1 + index into `OP_CLASSES`. */
  readonly #ofPath: Uint8Array;
  readonly #ofName: Uint8Array;

  constructor(
    trace: Trace,
    paths: Pick<OpPaths, 'pathId' | 'template' | 'parent'>,
    rules: OpClassRules = DEFAULT_OP_CLASS_RULES,
  ) {
    this.#ops = trace.ops;
    this.#pathId = paths.pathId;
    this.#ofPath = new Uint8Array(paths.template.length);
    for (let p = 1; p < this.#ofPath.length; p++) {
      const own = firstMatch(rules.ranges, paths.template[p]!);
      this.#ofPath[p] = own === undefined ? this.#ofPath[paths.parent[p]!]! : own + 1;
    }
    this.#ofName = new Uint8Array(trace.strings.length);
    const { kind, name, length } = trace.ops;
    for (let i = 0; i < length; i++) {
      const n = name[i]!;
      if (kind[i] !== OP_KIND.kernel || this.#ofName[n] !== 0) continue;
      const found = firstMatch(rules.kernels, trace.strings[n] ?? '');
      this.#ofName[n] = (found ?? OTHER) + 1;
    }
  }

  /** Index into `OP_CLASSES`. A memset is memory traffic like a copy, and counts as `memcpy`. */
  of(op: IndexIntoOps): number {
    const path = this.#ofPath[this.#pathId[op]!]!;
    if (path !== 0) return path - 1;
    const kind = this.#ops.kind[op];
    if (kind === OP_KIND.kernel) return (this.#ofName[this.#ops.name[op]!] ?? OTHER + 1) - 1;
    return kind === OP_KIND.memcpy || kind === OP_KIND.memset ? MEMCPY : OTHER;
  }
}

const OTHER = OP_CLASSES.indexOf('other');
const MEMCPY = OP_CLASSES.indexOf('memcpy');

function firstMatch(rules: OpClassRules['ranges'], text: string): number | undefined {
  const rule = rules.find(([pattern]) => pattern.test(text));
  return rule === undefined ? undefined : OP_CLASSES.indexOf(rule[1]);
}
