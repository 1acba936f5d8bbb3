import { OPERATION } from '../../analysis/kv-ops.js';
import { PHASE } from '../../analysis/kv-phase.js';
import type { WhatIfContext } from '../context.js';

/**
 * Ops that the deferred update of one layer takes after a roll (shifts first, inserts last), and how many of them are
 * inserts: as many as an update takes after a direct insert. Undefined where the trace shows too little to tell.
 */
export function updateShapes(
  { timeline, layerOfOp }: WhatIfContext,
  phase: Uint8Array,
): { all: number; inserts: number } | undefined {
  const { kv } = timeline;
  const sizes = new Map<number, { phase: number; count: number }>();
  for (let n = 0; n < kv.length; n++) {
    if (kv.operation[n] !== OPERATION.update) continue;
    const size = sizes.get(kv.instance[n]!);
    if (size === undefined) sizes.set(kv.instance[n]!, { phase: phase[n]!, count: 1 });
    else size.count++;
  }
  const layers = new Set(layerOfOp).size - (layerOfOp.includes(-1) ? 1 : 0);
  const sizeOf = (wanted: number): number | undefined =>
    [...sizes.values()].find((one) => one.phase === wanted)?.count;
  const all = (sizeOf(PHASE.rolling) ?? 0) / layers;
  const inserts = (sizeOf(PHASE.direct) ?? 0) / layers;
  return Number.isInteger(all) && Number.isInteger(inserts) && all > inserts ? { all, inserts } : undefined;
}
