import { templateOf } from '../../analysis/template.js';
import type { WhatIfContext } from '../context.js';
import { STEP } from '../target.js';

/** Passes through the model: which denoising step each op belongs to. */
export interface Steps {
  /** Op → the number in its step's name, or -1 outside of steps. */
  readonly stepOfOp: Int32Array;
  /** Numbers that occur, ascending. */
  readonly numbers: readonly number[];
}

export const NO_STEPS = "the trace has no denoising steps: no range is called 'denoising_step_#' or 'step_#'";

/** Steps of the sampler, by the ranges around them (also those of a graph's capture). */
export function stepsOf({ trace, instances }: WhatIfContext): Steps {
  const { length, parent, name, ofOp } = instances;
  const step = new Int32Array(length).fill(-1);
  for (let n = 0; n < length; n++) {
    const text = trace.strings[name[n]!] ?? '';
    const digits = STEP.test(templateOf(text)) ? /(\d+)\D*$/.exec(text)?.[1] : undefined;
    if (digits !== undefined) step[n] = Number(digits);
    else if (parent[n]! >= 0) step[n] = step[parent[n]!]!;
  }
  const stepOfOp = ofOp.map((n) => (n < 0 ? -1 : step[n]!));
  return { stepOfOp, numbers: [...new Set(stepOfOp)].filter((n) => n >= 0).sort((a, b) => a - b) };
}

/** Numbers of the layers that ops belong to, ascending. */
export function layersOf({ layerOfOp }: WhatIfContext): number[] {
  return [...new Set(layerOfOp)].filter((layer) => layer >= 0).sort((a, b) => a - b);
}
