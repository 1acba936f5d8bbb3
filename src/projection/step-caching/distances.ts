import { UserError } from '../../trace/errors.js';

/**
 * How far what is compared moves between any two steps, recorded in a run that computed every step: row i, entry j
 * (j < i): mean |xᵢ − xⱼ| ÷ mean |xⱼ|. Longer rows are allowed, and their rest is not read.
 *
 * A cached run would see other values once it has reused something, so a schedule from these is an estimate.
 */
export type StepDistances = readonly (readonly number[])[];

/** @throws UserError where a row does not reach the diagonal */
export function checkDistances(distances: StepDistances): void {
  const short = distances.findIndex((row, step) => row.length < step);
  if (short < 0) return;
  throw new UserError(
    `step ${short} is compared with ${distances[short]!.length} of ${short} earlier steps`,
    {
      hint: 'row i of the recorded distances needs i numbers',
    },
  );
}
