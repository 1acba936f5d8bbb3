import type { WhatIfContext } from './context.js';
import type { Edit } from './edits/edit.js';
import { applyEdits, predict } from './predict.js';
import type { PlanStep } from './whatif-result.js';

/** A step that gains less than this share is not worth a line. */
const LEAST_GAIN = 0.003;

export interface Candidate {
  readonly edit: Edit;
  /** Median with this edit alone. */
  readonly aloneNs: number;
}

/**
 * The best sequence, greedily: of all edits left, the one that gains most on top of those before; first those that leave
 * the results as they are, then those that come near. Edits whose model must be trained anew are no step of a plan.
 */
export function greedyPlan(
  context: WhatIfContext,
  candidates: readonly Candidate[],
  replayNs: number,
): PlanStep[] {
  const plan: PlanStep[] = [];
  const taken: Edit[] = [];
  let currentNs = replayNs;
  for (const output of ['same', 'approximate'] as const) {
    let left = candidates.filter(({ edit }) => edit.output === output);
    while (left.length > 0) {
      const tried = left.map((candidate) => ({
        candidate,
        ns: Math.round(predict(context, applyEdits(context, [...taken, candidate.edit])).medianNs),
      }));
      const best = tried.reduce((a, b) => (b.ns < a.ns ? b : a));
      if (!(currentNs - best.ns >= LEAST_GAIN * replayNs)) break;
      const { edit, aloneNs } = best.candidate;
      taken.push(edit);
      plan.push({
        edit: edit.text,
        predictedNs: best.ns,
        speedup: replayNs / best.ns,
        gainNs: currentNs - best.ns,
        aloneNs: replayNs - aloneNs,
        effort: edit.effort,
        output: edit.output,
      });
      currentNs = best.ns;
      left = left.filter(({ edit: other }) => other !== edit);
    }
  }
  return plan;
}
