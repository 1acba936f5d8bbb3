import type { TimedBlock } from './block-timeline.js';
import { rollingUnits, type KvOps } from './kv-ops.js';

export const PHASE = { filling: 0, rolling: 1, direct: 2, recache: 3, outside: 4 } as const;

/**
 * The phase of every KV op (index into `KV_PHASES`). A layer's forward is `rolling` if it rolls; if it only inserts,
 * `filling` while the window has room and `direct` once it is full. What runs outside the layers, the deferred update,
 * is of the phase of the layers before it. In a trace without blocks nothing is `outside`, and nothing is known to be
 * `filling`.
 */
export function phaseOfOps(kv: KvOps, blocks: readonly TimedBlock[]): Uint8Array {
  const rolls = rollingUnits(kv);
  const phase = new Uint8Array(kv.length);
  let rolling = false;
  for (let n = 0; n < kv.length; n++) {
    const unit = kv.unit[n]!;
    const block = kv.block[n]!;
    if (kv.recache[n] === 1) {
      phase[n] = PHASE.recache;
      rolling = false;
      continue;
    }
    if (unit >= 0) rolling = rolls[unit] === 1;
    if (block < 0 && blocks.length > 0) phase[n] = PHASE.outside;
    else if (rolling) phase[n] = PHASE.rolling;
    else phase[n] = block >= 0 && blocks[block]!.state.filling ? PHASE.filling : PHASE.direct;
  }
  return phase;
}
