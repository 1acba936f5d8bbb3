import { classIndex, type WhatIfContext } from '../context.js';
import type { LaunchGraph } from '../replay/launch-graph.js';
import { PHASES, wrongParameters, type Edit, type EditKind } from './edit.js';
import { expected } from './op-selection.js';
import { featureCacheSchedule, parseFeaturePlan, type FeaturePlan } from '../step-caching/feature-cache.js';
import { layersOf, NO_STEPS, stepsOf } from './passes.js';
import { withoutOps } from './removal.js';
import { shareOfKinds } from './step-reuse.js';

const USAGE = 'feature-cache=BLOCKS:STEPS[:DRIFT] or feature-cache=BLOCKS,STEPS[,HIT-RATE], e.g. 8-20:1-2';

/** What is asked for: which layers, and when. */
interface Plan {
  readonly layers: Span;
  /** As typed, for people. */
  readonly layerText: string;
  readonly stepText: string;
  readonly inSteps: (step: number) => boolean;
  /** Share of those steps that reuse. */
  readonly rate: number;
  /** Reuse only where the input has changed by so much at most; undefined: whatever it did. */
  readonly drift?: FeaturePlan;
}

/** The output of some layers is taken from the step before, in some steps. */
export const featureCache: EditKind = {
  name: 'feature-cache',
  usage: USAGE,
  about: 'in some steps the output of some layers is taken from the step before',
  parse(parameters): Edit {
    const given = parameters ?? '';
    const plan = given.includes(':') ? planOfPipeline(given) : planOfParts(given);
    return {
      text: `feature-cache=${given}`,
      effort: 'medium',
      output: 'approximate',
      phase: PHASES.featureCache,
      applies(context) {
        if (stepsOf(context).numbers.length === 0) return NO_STEPS;
        const shares = reusedIn(context, plan);
        if (typeof shares === 'string') return shares;
        const { drift } = plan.drift ?? {};
        if (drift !== undefined && shares.size === 0) return `no step stays below a drift of ${drift}`;
        return skipped(context, plan, shares).some((share) => share > 0)
          ? undefined
          : `no op lies in layers ${plan.layerText} of steps ${plan.stepText} (layers ${listed(layersOf(context))}, steps ${listed(stepsOf(context).numbers)})`;
      },
      apply(context, graph): LaunchGraph {
        const shares = reusedIn(context, plan);
        if (typeof shares === 'string') throw new Error(shares);
        const share = skipped(context, plan, shares);
        const whole = withoutOps(context, graph, (i) => share[graph.ops.source[i]!] === 1);
        if (share.every((one) => one === 0 || one === 1)) return whole;
        return expected(whole, (op) => 1 - share[op]!);
      },
      assumptions: (context) => {
        const shares = reusedIn(context, plan);
        return [
          ...(plan.rate === 1
            ? []
            : [
                `the layers are skipped in ${plan.rate * 100} % of those steps: their mean time is predicted`,
              ]),
          ...(plan.drift === undefined || typeof shares === 'string'
            ? []
            : [
                `by run.json's stepResiduals, step ${[...shares.keys()].join(', ')} reuses; what was recorded is the first ` +
                  "layer's residual, which stands in for the layers' input",
              ]),
          'reusing an output costs as much as the last elementwise op of the layers, which adds to it; whether to is decided ' +
            'without the device',
          'the KV cache gets its entries from passes that compute all layers; quality is not predicted',
        ];
      },
    };
  },
  suggest(context) {
    const layers = layersOf(context);
    const { numbers } = stepsOf(context);
    if (layers.length < 8 || numbers.length < 4) return [];
    // The middle third of the layers in the middle steps, as the first and last carry most of the change.
    const from = layers[Math.floor(layers.length / 3)]!;
    const to = layers[Math.ceil((2 * layers.length) / 3) - 1]!;
    return [`feature-cache=${from}-${to}:${numbers[1]!}-${numbers.at(-2)!}`];
  },
};

/** `9-18:2-30:0.1`, as `pipelines.dit_video --feature-cache` and `gapscope step-cache --plan` take it. */
function planOfPipeline(text: string): Plan {
  const plan = parseFeaturePlan(text);
  const [layerText = '', stepText = ''] = text.split(':');
  return {
    layers: { from: plan.blocks.first, to: plan.blocks.last },
    layerText,
    stepText,
    inSteps: (step) => plan.steps.has(step),
    rate: 1,
    ...(plan.drift === undefined ? {} : { drift: plan }),
  };
}

function planOfParts(text: string): Plan {
  const [layerText = '', stepText = '', rateText, ...more] = text.split(',').map((part) => part.trim());
  if (more.length > 0) throw wrongParameters('feature-cache', USAGE, 'too many parts');
  const steps = span(stepText, 'steps');
  const rate = rateText === undefined ? 1 : Number(rateText);
  if (rateText === '' || !(rate > 0 && rate <= 1)) {
    throw wrongParameters('feature-cache', USAGE, `the hit rate '${rateText ?? ''}' is not between 0 and 1`);
  }
  return {
    layers: span(layerText, 'layers'),
    layerText,
    stepText,
    inSteps: (step) => step >= steps.from && step <= steps.to,
    rate,
  };
}

/** Step → share of its passes in which the layers are skipped, above 0; or why that is not known. */
function reusedIn(context: WhatIfContext, { inSteps, rate, drift }: Plan): Map<number, number> | string {
  const { numbers } = stepsOf(context);
  // The first step has nothing to reuse.
  if (drift === undefined) {
    return new Map(
      numbers
        .slice(1)
        .filter(inSteps)
        .map((step) => [step, rate]),
    );
  }
  return shareOfKinds(
    context.trace.run,
    (distances) =>
      featureCacheSchedule(drift.blocks, drift.steps, distances.length, {
        threshold: drift.drift!,
        distances,
      }).reused,
  );
}

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

/** Op → share of its passes that it goes in. */
function skipped(
  context: WhatIfContext,
  { layers }: Plan,
  shares: ReadonlyMap<number, number>,
): Float64Array {
  const { layerOfOp, recacheOp, unitOfOp, built } = context;
  const { stepOfOp } = stepsOf(context);
  const last = layersOf(context).findLast((layer) => layer <= layers.to);
  const elementwise = classIndex('elementwise');
  const adds = new Map<number, number>();
  const share = Float64Array.from(layerOfOp, (layer, i) => {
    const own = shares.get(stepOfOp[i]!) ?? 0;
    const inside = layer >= layers.from && layer <= layers.to;
    if (!inside || own === 0 || recacheOp[i] === 1) return 0;
    if (layer === last && built.graph.ops.opClass[i] === elementwise) adds.set(unitOfOp[i]!, i);
    return own;
  });
  // What was kept of the step before is added: one pass, such as the layers' own last one.
  for (const i of adds.values()) share[i] = 0;
  return share;
}

function listed(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'none' : `${numbers[0]!} to ${numbers.at(-1)!}`;
}
