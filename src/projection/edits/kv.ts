import { OPERATION } from '../../analysis/kv-ops.js';
import { PHASE, phaseOfOps } from '../../analysis/kv-phase.js';
import type { WhatIfContext } from '../context.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import { keyedParameters, PHASES, wrongParameters, type Edit, type EditKind } from './edit.js';
import { withoutOps } from './removal.js';
import { updateShapes } from './update-shapes.js';

const USAGE = 'kv=ring[,update=keep]';

/** The cache as a ring: nothing is cloned, shifted or joined, and what is new is written once, into its place. */
export const kvRing: EditKind = {
  name: 'kv',
  usage: USAGE,
  about: 'the KV cache as a ring buffer: clone, roll, join and deferred update go, the insert stays',
  parse(parameters): Edit {
    const given = keyedParameters('kv', parameters ?? '', ['update'], USAGE);
    if (given.get('') !== 'ring') throw wrongParameters('kv', USAGE, `'${parameters ?? ''}' is no cache`);
    const update = given.get('update');
    if (update !== undefined && update !== 'keep') {
      throw wrongParameters('kv', USAGE, `update can only be kept, not '${update}'`);
    }
    const keepsUpdate = update === 'keep';
    return {
      text: keepsUpdate ? 'kv=ring,update=keep' : 'kv=ring',
      effort: 'medium',
      output: 'same',
      phase: PHASES.kv,
      applies(context) {
        const { kvOperationOfOp } = context;
        const drops = [OPERATION.clone, OPERATION.roll, OPERATION.concat] as readonly number[];
        return kvOperationOfOp.some((operation) => drops.includes(operation))
          ? undefined
          : 'the trace shows no clone, roll or join of a KV cache (they are found by their ranges)';
      },
      apply(context, graph): LaunchGraph {
        const drops = droppedOps(context, keepsUpdate);
        return withoutOps(context, graph, (i) => drops[graph.ops.source[i]!] === 1);
      },
      assumptions: () => [
        'attention reads sinks and window where they lie in the ring, at the same speed: with positions put in ' +
          'before the cache (RoPE), their order does not matter',
        keepsUpdate
          ? 'the deferred update stays, without its rolls'
          : 'what is new is written into the ring at once: nothing is left for a deferred update but the indices',
        'the host time of the operations that go, goes with them',
      ],
    };
  },
  suggest: () => ['kv=ring'],
};

/** Op → 1 if a ring does without it. */
function droppedOps(context: WhatIfContext, keepsUpdate: boolean): Uint8Array {
  const { kv, blocks } = context.timeline;
  const phase = phaseOfOps(kv, blocks);
  const drops = new Uint8Array(context.trace.ops.length);
  const rolling = keepsUpdate ? updateShapes(context, phase) : undefined;
  for (let n = 0; n < kv.length; n++) {
    switch (kv.operation[n]) {
      case OPERATION.clone:
      case OPERATION.roll:
      case OPERATION.concat:
        drops[kv.op[n]!] = 1;
        break;
      case OPERATION.update:
        if (isScalar(context, kv.op[n]!)) break;
        if (!keepsUpdate) drops[kv.op[n]!] = 1;
        // In an update after a roll, each layer shifts first and inserts last.
        else if (rolling !== undefined && phase[n] === PHASE.rolling) {
          if (kv.position[n]! % rolling.all < rolling.all - rolling.inserts) drops[kv.op[n]!] = 1;
        }
        break;
      default:
    }
  }
  return drops;
}

/** A kernel of one block moves no cache: it sets an index. */
function isScalar({ trace: { ops, shapes, shapeRow } }: WhatIfContext, op: number): boolean {
  const row = shapeRow[ops.shape[op]!] ?? -1;
  return row >= 0 && shapes.gridX[row]! * shapes.gridY[row]! * shapes.gridZ[row]! === 1;
}
