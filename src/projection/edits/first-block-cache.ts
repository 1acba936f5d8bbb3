import { classIndex, type WhatIfContext } from '../context.js';
import { editable, EFFECT, type LaunchGraph } from '../replay/launch-graph.js';
import { firstBlockCacheSchedule } from '../step-caching/first-block-cache.js';
import { PHASES, wrongParameters, type Edit, type EditKind } from './edit.js';
import { expected } from './op-selection.js';
import { layersOf, NO_STEPS, stepsOf, type Steps } from './passes.js';
import { shareOfKinds } from './step-reuse.js';

const USAGE = 'first-block-cache=HIT-RATE or first-block-cache=threshold:VALUE';
/** From the end of the last op to the return of a host wait, ns: see wait-costs.ts. */
const RETURN_NS = 2_950;
/** Passes over the hidden states that a comparison takes: a difference, and two sums of absolute values. */
const COMPARISON_PASSES = 3;

type Wanted = { readonly rate: number } | { readonly threshold: number };

/**
 * First Block Cache: after the first layer the host looks at how much its residual changed, and skips the other layers if
 * little.
 */
export const firstBlockCache: EditKind = {
  name: 'first-block-cache',
  usage: USAGE,
  about: 'steps skip all layers but the first while its residual changes little (First Block Cache)',
  parse(parameters): Edit {
    const wanted = wantedOf(parameters ?? '');
    return {
      text: `first-block-cache=${parameters ?? ''}`,
      effort: 'medium',
      output: 'approximate',
      phase: PHASES.firstBlockCache,
      applies(context) {
        const steps = stepsOf(context);
        if (steps.numbers.length === 0) return NO_STEPS;
        if (layersOf(context).length < 2) return 'the trace shows no layers to skip';
        const hits = hitsOf(context, steps, wanted);
        return typeof hits === 'string' ? hits : undefined;
      },
      apply(context, graph): LaunchGraph {
        const steps = stepsOf(context);
        const hits = hitsOf(context, steps, wanted);
        if (typeof hits === 'string') throw new Error(hits);
        return withCache(context, graph, steps, hits);
      },
      assumptions(context) {
        const steps = stepsOf(context);
        const hits = hitsOf(context, steps, wanted);
        const shares = typeof hits === 'string' ? [] : steps.numbers.map((step) => hits.get(step) ?? 0);
        const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
        return [
          'rate' in wanted
            ? `in ${(mean * 100).toFixed(0)} % of the passes all layers but the first are skipped, never in the first step: the mean time is predicted`
            : `by run.json's stepResiduals, ${(mean * 100).toFixed(0)} % of the passes stay below the threshold`,
          'the host waits once a pass, after the first layer, to decide; comparing takes as long as three of its last op',
          'quality is not predicted',
        ];
      },
    };
  },
  suggest: () => [],
};

function wantedOf(parameters: string): Wanted {
  const threshold = /^threshold:(.+)$/.exec(parameters)?.[1];
  const value = Number(threshold ?? parameters);
  const fits = threshold === undefined ? value >= 0 && value < 1 : value > 0 && value < 1e6;
  if (parameters === '' || !fits) {
    throw wrongParameters(
      'first-block-cache',
      USAGE,
      `'${parameters}' is neither a rate below 1 nor a threshold`,
    );
  }
  return threshold === undefined ? { rate: value } : { threshold: value };
}

/** Step → share of its passes that are skipped; or why that is not known. */
function hitsOf({ trace }: WhatIfContext, { numbers }: Steps, wanted: Wanted): Map<number, number> | string {
  if ('rate' in wanted) {
    // The rate is over all steps, and the first never hits.
    const later = numbers.slice(1);
    if (later.length === 0) return 'the trace has one step: there is nothing to reuse';
    const share = Math.min(1, (wanted.rate * numbers.length) / later.length);
    return new Map(later.map((step) => [step, share]));
  }
  return shareOfKinds(trace.run, (residuals) => firstBlockCacheSchedule(residuals, wanted.threshold).reused);
}

function withCache(
  context: WhatIfContext,
  graph: LaunchGraph,
  { stepOfOp }: Steps,
  hits: ReadonlyMap<number, number>,
): LaunchGraph {
  const { layerOfOp, unitOfOp, trace } = context;
  const first = layersOf(context)[0]!;
  const edited = editable(
    expected(graph, (op) => (layerOfOp[op]! > first ? 1 - (hits.get(stepOfOp[op]!) ?? 0) : 1)),
  );
  const { calls, ops } = edited;
  const elementwise = classIndex('elementwise');
  // The last op of the first layer in each pass: the host compares, and waits for it. Where passes are replays no launch
  // stands for it, and that a graph would have to end there is not modelled.
  const lastOf = new Map<number, number>();
  for (let i = 0; i < ops.recorded; i++) {
    if (ops.removed[i] === 0 && layerOfOp[i] === first && stepOfOp[i]! >= 0) lastOf.set(unitOfOp[i]!, i);
  }
  for (const i of lastOf.values()) {
    if (ops.opClass[i] === elementwise) {
      ops.durationNs[i] = ops.durationNs[i]! * (1 + COMPARISON_PASSES);
    }
    const c = ops.call[i]!;
    if (trace.ops.graph[i] !== 0 || calls.effect[c] !== EFFECT.none) continue;
    calls.effect[c] = EFFECT.copy;
    calls.returnNs[c] = RETURN_NS;
  }
  return edited;
}
