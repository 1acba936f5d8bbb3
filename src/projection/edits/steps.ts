import type { WhatIfContext } from '../context.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import { PHASES, positiveInteger, type Edit, type EditKind } from './edit.js';
import { expected } from './op-selection.js';
import { NO_STEPS, stepsOf } from './passes.js';
import { withoutOps } from './removal.js';

const USAGE = 'steps=NUMBER';

/** More or fewer denoising steps. */
export const steps: EditKind = {
  name: 'steps',
  usage: USAGE,
  about: 'another number of denoising steps',
  parse(parameters): Edit {
    const wanted = positiveInteger('steps', USAGE, parameters ?? '', 'the number of steps');
    return {
      text: `steps=${wanted}`,
      effort: 'low',
      output: wanted === 1 ? 'retrained' : 'approximate',
      phase: PHASES.steps,
      applies(context) {
        const { numbers } = stepsOf(context);
        if (numbers.length === 0) return NO_STEPS;
        if (numbers.length === 1 && wanted > 1) {
          return 'the trace has one step: there is no second one to repeat';
        }
        return undefined;
      },
      apply: (context, graph) => withSteps(context, graph, wanted),
      assumptions(context) {
        const { numbers } = stepsOf(context);
        return [
          wanted <= numbers.length
            ? `of ${numbers.length} steps the first ${wanted} stay; quality is not predicted`
            : `steps after the first are like the ones recorded, and there are ${wanted} instead of ${numbers.length}`,
        ];
      },
    };
  },
  suggest(context) {
    const { numbers } = stepsOf(context);
    return numbers.length > 2 ? [`steps=${numbers.length - 1}`] : [];
  },
};

function withSteps(context: WhatIfContext, graph: LaunchGraph, wanted: number): LaunchGraph {
  const { stepOfOp, numbers } = stepsOf(context);
  const { source } = graph.ops;
  if (wanted <= numbers.length) {
    const gone = new Set(numbers.slice(wanted));
    return gone.size === 0 ? graph : withoutOps(context, graph, (i) => gone.has(stepOfOp[source[i]!]!));
  }
  // The first step may do what the others do not (roll the cache): only those after it are repeated.
  const times = (wanted - 1) / (numbers.length - 1);
  const first = numbers[0]!;
  return expected(graph, (op) => (stepOfOp[op]! > first ? times : 1));
}
