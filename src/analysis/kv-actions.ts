import { OPERATION, type KvOps } from './kv-ops.js';
import { PHASE } from './kv-phase.js';
import type { KvActions } from './kv-result.js';

/**
 * What the cache of each layer went through in each block: a letter a forward, in order of time. `R` rolled, `D` direct
 * insert, `C` recache; a forward of a layer that wrote nothing has none.
 */
export function actionsOfBlocks(kv: KvOps, phase: Uint8Array, blocks: number): KvActions[][] {
  const seen = new Uint8Array(kv.units);
  const letters = Array.from({ length: blocks }, () => new Map<number, string>());
  for (let n = 0; n < kv.length; n++) {
    const unit = kv.unit[n]!;
    const block = kv.block[n]!;
    const isWrite = kv.operation[n] === OPERATION.roll || kv.operation[n] === OPERATION.insert;
    if (unit < 0 || block < 0 || !isWrite || seen[unit] === 1) continue;
    seen[unit] = 1;
    const ofBlock = letters[block]!;
    ofBlock.set(kv.layer[n]!, (ofBlock.get(kv.layer[n]!) ?? '') + letterOf(phase[n]!));
  }
  return letters.map((ofBlock) => {
    const counts = new Map<string, number>();
    for (const actions of ofBlock.values()) counts.set(actions, (counts.get(actions) ?? 0) + 1);
    return [...counts]
      .map(([actions, layers]) => ({ actions, layers }))
      .sort((a, b) => b.layers - a.layers || (a.actions < b.actions ? -1 : 1));
  });
}

function letterOf(phase: number): string {
  if (phase === PHASE.recache) return 'C';
  return phase === PHASE.rolling ? 'R' : 'D';
}
