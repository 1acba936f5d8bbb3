import { UserError } from '../../trace/errors.js';
import type { WhatIfContext } from '../context.js';
import { attentionSpeedup, parseSparseSpec, type SparseSpec } from '../gna/sparse-spec.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import { fieldOf } from '../run-shape.js';
import { PHASES, wrongParameters, type Edit, type EditKind } from './edit.js';
import { scaled } from './op-selection.js';

const USAGE = 'sparse=MAP or sparse=window:24x12x24,stride:1x4x8[,layers:2-27,shape:24x44x80,…]';

/** Neighbourhood attention instead of dense self-attention. */
export const sparse: EditKind = {
  name: 'sparse',
  usage: USAGE,
  about: 'self-attention over a neighbourhood of each token, by the tiles that a kernel then visits',
  parse(parameters): Edit {
    if (parameters === undefined || parameters === '')
      {throw wrongParameters('sparse', USAGE, 'nothing is given');}
    const spec = parseSparseSpec(parameters);
    return {
      text: `sparse=${parameters}`,
      effort: 'high',
      output: 'retrained',
      phase: PHASES.sparse,
      applies(context) {
        const found = speedups(context, spec);
        if (typeof found === 'string') return found;
        return found.size > 0 ? undefined : 'the trace shows no self-attention inside layers';
      },
      apply(context, graph): LaunchGraph {
        const found = speedups(context, spec);
        if (typeof found === 'string') throw new Error(found);
        return scaled(graph, (source) => {
          const speedup = context.isSelfAttention(source) ? found.get(context.layerOfOp[source]!) : undefined;
          return speedup === undefined ? 1 : 1 / speedup;
        });
      },
      assumptions(context) {
        const found = speedups(context, spec);
        const all = typeof found === 'string' ? [] : [...found.values()];
        const range = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`;
        return [
          `attention kernels get faster as their worst query tile does (${range} times by layer): docs/sparse-attention.md`,
          'the tokens lie in the order that the kernel wants; every query sees a grid of keys of the shape given',
        ];
      },
    };
  },
  suggest: () => [],
};

/** Layer → how much faster its attention is; or why that is not known. */
function speedups(context: WhatIfContext, spec: SparseSpec): Map<number, number> | string {
  const { layerOfOp, recacheOp, trace } = context;
  const layers = new Set<number>();
  for (let i = 0; i < layerOfOp.length; i++) {
    if (layerOfOp[i]! >= 0 && recacheOp[i] === 0 && context.isSelfAttention(i)) layers.add(layerOfOp[i]!);
  }
  const found = new Map<number, number>();
  try {
    for (const layer of layers) found.set(layer, attentionSpeedup(spec, tokenGrid(trace.run), layer));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  }
  return found;
}

/** `shapes.patchGrid` of run.json where it has all three axes: frames, rows, columns. */
function tokenGrid(run: unknown): readonly number[] | undefined {
  const grid = fieldOf(fieldOf(run, 'shapes'), 'patchGrid');
  const isGrid = Array.isArray(grid) && grid.length === 3;
  return isGrid && grid.every((n) => typeof n === 'number' && Number.isInteger(n) && n > 0)
    ? (grid as number[])
    : undefined;
}
