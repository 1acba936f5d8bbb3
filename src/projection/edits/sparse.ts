import { UserError } from '../../trace/errors.js';
import type { WhatIfContext } from '../context.js';
import { attentionSpeedup, parseSparseSpec, type SparseSpec } from '../gna/sparse-spec.js';
import { sparseShare, type SparseRate } from '../rates.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import { fieldOf } from '../run-shape.js';
import { PHASES, wrongParameters, type Edit, type EditKind } from './edit.js';
import { scaled } from './op-selection.js';

const USAGE = 'sparse=MAP or sparse=window:24x12x24,stride:1x4x8[,layers:2-27,shape:24x44x80,kernel:ideal,…]';
/** Asks for a kernel that is as fast for each tile as the dense one, whatever was measured. */
const IDEAL = 'kernel:ideal';

/** Neighbourhood attention instead of dense self-attention. */
export const sparse: EditKind = {
  name: 'sparse',
  usage: USAGE,
  about: 'self-attention over a neighbourhood of each token, by the tiles that a kernel then visits',
  parse(parameters): Edit {
    if (parameters === undefined || parameters === '') {
      throw wrongParameters('sparse', USAGE, 'nothing is given');
    }
    const parts = parameters.split(',');
    const spec = parseSparseSpec(parts.filter((part) => part.trim() !== IDEAL).join(','));
    const ideal = parts.some((part) => part.trim() === IDEAL);
    return {
      text: `sparse=${parameters}`,
      effort: 'high',
      output: 'retrained',
      phase: PHASES.sparse,
      applies(context) {
        const found = sharesLeft(context, spec, ideal);
        if (typeof found === 'string') return found;
        return found.size > 0 ? undefined : 'the trace shows no self-attention inside layers';
      },
      apply(context, graph): LaunchGraph {
        const found = sharesLeft(context, spec, ideal);
        if (typeof found === 'string') throw new Error(found);
        return scaled(graph, (source) =>
          context.isSelfAttention(source) ? (found.get(context.layerOfOp[source]!) ?? 1) : 1,
        );
      },
      assumptions(context) {
        const found = sharesLeft(context, spec, ideal);
        const all = typeof found === 'string' ? [] : [...found.values()].map((share) => 1 / share);
        const range = `${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)}`;
        return [
          `attention gets ${range} times as fast by layer, by the tiles of the worst query tile (docs/sparse-attention.md)`,
          measuredRates(context, ideal) === undefined
            ? 'a kernel over some tiles is as fast for each as the dense kernel: the best that can be'
            : `a tile takes longer than in the dense kernel, as measured: ${context.rates!.source}`,
          'the tokens lie in the order that the kernel wants, which makes no other op slower; every query sees a grid of ' +
            'keys of the shape given',
        ];
      },
    };
  },
  suggest: () => [],
};

/** Layer → share of its attention's time that is left; or why that is not known. */
function sharesLeft(context: WhatIfContext, spec: SparseSpec, ideal: boolean): Map<number, number> | string {
  const { layerOfOp, recacheOp, trace } = context;
  const layers = new Set<number>();
  for (let i = 0; i < layerOfOp.length; i++) {
    if (layerOfOp[i]! >= 0 && recacheOp[i] === 0 && context.isSelfAttention(i)) layers.add(layerOfOp[i]!);
  }
  const grid = spec.shape ?? tokenGrid(trace.run);
  const rates = measuredRates(context, ideal);
  const tokens = grid?.reduce((product, axis) => product * axis, 1);
  const found = new Map<number, number>();
  try {
    for (const layer of layers) {
      const kept = 1 / attentionSpeedup(spec, grid, layer);
      // A layer that keeps everything stays with the dense kernel.
      found.set(layer, rates === undefined || kept === 1 ? kept : sparseShare(rates, kept, tokens));
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  }
  return found;
}

function measuredRates({ rates }: WhatIfContext, ideal: boolean): readonly SparseRate[] | undefined {
  return ideal ? undefined : rates?.sparse;
}

/** `shapes.patchGrid` of run.json where it has all three axes: frames, rows, columns. */
function tokenGrid(run: unknown): readonly number[] | undefined {
  const grid = fieldOf(fieldOf(run, 'shapes'), 'patchGrid');
  const isGrid = Array.isArray(grid) && grid.length === 3;
  return isGrid && grid.every((n) => typeof n === 'number' && Number.isInteger(n) && n > 0)
    ? (grid as number[])
    : undefined;
}
