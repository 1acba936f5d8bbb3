import { classIndex, type WhatIfContext } from '../context.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import { PHASES, wrongParameters, type Edit, type EditKind } from './edit.js';
import { expected } from './op-selection.js';
import { layersOf, NO_STEPS, stepsOf } from './passes.js';
import { withoutOps } from './removal.js';

const USAGE = 'feature-cache=LAYERS,STEPS[,HIT-RATE], e.g. feature-cache=8-20,1-2';

/** The output of some layers is taken from the step before, in some steps. */
export const featureCache: EditKind = {
  name: 'feature-cache',
  usage: USAGE,
  about: 'in some steps the output of some layers is taken from the step before',
  parse(parameters): Edit {
    const [layerText = '', stepText = '', rateText, ...more] = (parameters ?? '')
      .split(',')
      .map((part) => part.trim());
    if (more.length > 0) throw wrongParameters('feature-cache', USAGE, 'too many parts');
    const layers = span(layerText, 'layers');
    const steps = span(stepText, 'steps');
    const rate = rateText === undefined ? 1 : Number(rateText);
    if (rateText === '' || !(rate > 0 && rate <= 1)) {
      throw wrongParameters(
        'feature-cache',
        USAGE,
        `the hit rate '${rateText ?? ''}' is not between 0 and 1`,
      );
    }
    return {
      text: `feature-cache=${layerText},${stepText}${rateText === undefined ? '' : `,${rateText}`}`,
      effort: 'medium',
      output: 'approximate',
      phase: PHASES.featureCache,
      applies(context) {
        if (stepsOf(context).numbers.length === 0) return NO_STEPS;
        return skipped(context, layers, steps).includes(1)
          ? undefined
          : `no op lies in layers ${layerText} of steps ${stepText} (layers ${listed(layersOf(context))}, steps ${listed(stepsOf(context).numbers)})`;
      },
      apply(context, graph): LaunchGraph {
        const skip = skipped(context, layers, steps);
        if (rate === 1) return withoutOps(context, graph, (i) => skip[graph.ops.source[i]!] === 1);
        return expected(graph, (op) => (skip[op] === 1 ? 1 - rate : 1));
      },
      assumptions: () => [
        ...(rate === 1
          ? []
          : [`the layers are skipped in ${rate * 100} % of those steps: their mean time is predicted`]),
        'reusing an output costs as much as the last elementwise op of the layers, which adds to it; whether to is decided ' +
          'without the device',
        'the KV cache gets its entries from passes that compute all layers; quality is not predicted',
      ],
    };
  },
  suggest(context) {
    const layers = layersOf(context);
    const { numbers } = stepsOf(context);
    if (layers.length < 8 || numbers.length < 4) return [];
    // The middle third of the layers in the middle steps, as the first and last carry most of the change.
    const from = layers[Math.floor(layers.length / 3)]!;
    const to = layers[Math.ceil((2 * layers.length) / 3) - 1]!;
    return [`feature-cache=${from}-${to},${numbers[1]!}-${numbers.at(-2)!}`];
  },
};

interface Span {
  readonly from: number;
  readonly to: number;
}

function span(text: string, what: string): Span {
  const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match === null || to < from) throw wrongParameters('feature-cache', USAGE, `'${text}' are no ${what}`);
  return { from, to };
}

function skipped(context: WhatIfContext, layers: Span, steps: Span): Uint8Array {
  const { layerOfOp, recacheOp, unitOfOp, built } = context;
  const { stepOfOp } = stepsOf(context);
  const last = layersOf(context).findLast((layer) => layer <= layers.to);
  const elementwise = classIndex('elementwise');
  const adds = new Map<number, number>();
  const skip = Uint8Array.from(layerOfOp, (layer, i) => {
    const step = stepOfOp[i]!;
    const inside = layer >= layers.from && layer <= layers.to && step >= steps.from && step <= steps.to;
    if (!inside || recacheOp[i] === 1) return 0;
    if (layer === last && built.graph.ops.opClass[i] === elementwise) adds.set(unitOfOp[i]!, i);
    return 1;
  });
  // What was kept of the step before is added: one pass, such as the layers' own last one.
  for (const i of adds.values()) skip[i] = 0;
  return skip;
}

function listed(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'none' : `${numbers[0]!} to ${numbers.at(-1)!}`;
}
