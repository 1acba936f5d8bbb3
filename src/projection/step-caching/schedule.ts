import { UserError } from '../../trace/errors.js';

/** Which steps of a run reuse what an earlier one computed. One forward a step: guidance has a schedule for each kind. */
export interface StepSchedule {
  /** Step → whether it reuses. */
  readonly reused: readonly boolean[];
  /** Step → what was compared with the threshold; `undefined` where nothing was: the step was computed anyway. */
  readonly change: readonly (number | undefined)[];
  readonly computed: number;
  readonly hits: number;
}

/** `decide` is asked of each step in order; it keeps whatever state the method has. */
export function scheduleOf(
  steps: number,
  decide: (step: number) => { readonly reuse: boolean; readonly change: number | undefined },
): StepSchedule {
  const reused: boolean[] = [];
  const change: (number | undefined)[] = [];
  let hits = 0;
  for (let step = 0; step < steps; step++) {
    const decision = decide(step);
    reused.push(decision.reuse);
    change.push(decision.change);
    if (decision.reuse) hits++;
  }
  return { reused, change, computed: steps - hits, hits };
}

/** @throws UserError for what is no threshold; Infinity is one */
export function checkThreshold(threshold: number): void {
  if (threshold >= 0) return;
  throw new UserError(`a threshold of ${threshold} is not possible`, { hint: 'a number from 0' });
}

/** @throws UserError unless a whole number from 0 */
export function checkCount(name: string, count: number): void {
  if (Number.isInteger(count) && count >= 0) return;
  throw new UserError(`${name} ${count} is not possible`, { hint: 'a whole number from 0' });
}
