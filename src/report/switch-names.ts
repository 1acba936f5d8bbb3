import type { SwitchPart } from '../analysis/switch.js';

/** What the parts of a switch's latency are called. */
export const SWITCH_PART_NAMES: Readonly<Record<SwitchPart, string>> = {
  reset: 'reset',
  recacheAttention: 'recache: attention',
  recacheLinear: 'recache: linear',
  recacheKv: 'recache: KV cache',
  recacheRope: 'recache: RoPE',
  recacheElementwise: 'recache: elementwise, norm',
  recacheOther: 'recache: other',
  crossAttention: 'cross-attention K, V',
  recacheIdle: 'recache: gaps',
  restBusy: 'rest of the block: busy',
  restIdle: 'rest of the block: gaps',
};
