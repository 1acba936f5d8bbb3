import { UserError } from '../../trace/errors.js';

/** How much of a model's time the attention is, and in how many of its steps it stays dense. */
export interface AttentionWorkload {
  /** Self-attention's share of the end-to-end time of the dense model, above 0 to 1. */
  readonly attentionShare: number;
  /** Diffusion steps; with `denseSteps` of them left dense. */
  readonly steps: number;
  readonly denseSteps: number;
}

/** @throws UserError naming the value that is out of range */
export function checkWorkload({ attentionShare, steps, denseSteps }: AttentionWorkload): void {
  if (!(attentionShare > 0 && attentionShare <= 1)) {
    throw new UserError(`an attention share of ${attentionShare} is not possible`, {
      hint: "the share of the dense run's time: above 0, at most 1",
    });
  }
  if (!Number.isInteger(steps) || steps < 1) {
    throw new UserError(`${steps} steps are not possible`, { hint: 'a whole number from 1' });
  }
  if (!Number.isInteger(denseSteps) || denseSteps < 0 || denseSteps > steps) {
    throw new UserError(`${denseSteps} of ${steps} steps cannot stay dense`, {
      hint: `a whole number from 0 to ${steps}`,
    });
  }
}

/**
 * End to end, when the attention of all but `denseSteps` steps becomes `speedup` times as fast and nothing else changes:
 * 1 / (1 − f + f / speedup) with f = share × (steps − dense steps) / steps (Amdahl's law).
 */
export function endToEndSpeedup(speedup: number, workload: AttentionWorkload): number {
  const { attentionShare, steps, denseSteps } = workload;
  const affected = (attentionShare * (steps - denseSteps)) / steps;
  return 1 / (1 - affected + affected / speedup);
}
