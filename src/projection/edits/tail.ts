import { fitOf, launchShape } from '../../analysis/launch-shape.js';
import { smLimits } from '../../analysis/sm-limits.js';
import { OP_KIND } from '../../trace/schema.js';
import type { WhatIfContext } from '../context.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import { PHASES, wrongParameters, type Edit, type EditKind } from './edit.js';
import { listOf, opsInRanges, scaled } from './op-selection.js';

const USAGE = 'tail[=RANGE,…]';

/** Kernels whose last wave is partly empty, launched so that it is not: persistent, or with the work split finer. */
export const tail: EditKind = {
  name: 'tail',
  usage: USAGE,
  about: 'kernels that run in waves lose their half-empty last wave (persistent or split launches)',
  parse(parameters): Edit {
    const names = listOf(parameters);
    if (parameters !== undefined && names.length === 0) {
      throw wrongParameters('tail', USAGE, 'no range is named');
    }
    return {
      text: names.length === 0 ? 'tail' : `tail=${names.join(',')}`,
      effort: 'high',
      output: 'same',
      phase: PHASES.tail,
      applies(context) {
        const { waste, problem } = tailShares(context);
        const inside = opsInRanges(context, names);
        if (waste.some((share, i) => share > 0 && inside[i] === 1)) return undefined;
        return problem ?? 'no kernel there runs in waves with a partly empty last one';
      },
      apply(context, graph): LaunchGraph {
        const { waste } = tailShares(context);
        const inside = opsInRanges(context, names);
        return scaled(graph, (source) => (inside[source] === 1 ? 1 - waste[source]! : 1));
      },
      assumptions: () => [
        'an upper bound: all blocks of a kernel take equally long, and none starts before its wave',
        'kernels that are persistent, fit in one wave, or whose launch shape is not known stay as they are',
      ],
    };
  },
  suggest: () => ['tail'],
};

/** Op → share of its time that its last wave wastes at most; and why nothing is known, where that is so. */
function tailShares({ trace, target }: WhatIfContext): { waste: Float64Array; problem: string | undefined } {
  const { ops, shapes, shapeRow, strings, devices } = trace;
  const waste = new Float64Array(ops.length);
  const limits = smLimits(devices.find(({ id }) => id === target.device));
  if (typeof limits === 'string') return { waste, problem: limits };
  const known = new Map<string, number>();
  for (let i = 0; i < ops.length; i++) {
    if (ops.kind[i] !== OP_KIND.kernel || ops.device[i] !== target.device) continue;
    const row = shapeRow[ops.shape[i]!] ?? -1;
    const key = `${ops.name[i]!} ${row}`;
    let share = known.get(key);
    if (share === undefined) {
      const { waves } = fitOf(strings[ops.name[i]!] ?? '', launchShape(shapes, row), limits);
      share = waves?.tailShare ?? 0;
      known.set(key, share);
    }
    waste[i] = share;
  }
  return { waste, problem: undefined };
}
