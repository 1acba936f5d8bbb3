import { UserError } from '../../trace/errors.js';
import { checkCount, checkThreshold, scheduleOf, type StepSchedule } from './schedule.js';

export interface TeaCacheOptions {
  /** First and last steps that are computed whatever they changed; both 1 in most models. */
  readonly forcedFirst?: number;
  readonly forcedLast?: number;
}

/**
 * TeaCache: all blocks' residual is reused while the changes since they last ran, each mapped by a polynomial that was
 * fitted to the model, sum to less than the threshold (ali-vilab/TeaCache).
 *
 * The change is that of the first block's modulated input, or, in Wan and CogVideoX, of the timestep's embedding alone:
 * there the schedule depends on nothing but the timesteps, and can be told before any run. Unlike First Block Cache each
 * step is compared with the step before it, reused or not.
 *
 * @param changes entry i: mean |mᵢ − mᵢ₋₁| ÷ mean |mᵢ₋₁|; entry 0 is not read
 * @param coefficients highest power first
 * @throws UserError for a threshold below 0, or no coefficients
 */
export function teaCacheSchedule(
  changes: readonly number[],
  coefficients: readonly number[],
  threshold: number,
  { forcedFirst = 1, forcedLast = 1 }: TeaCacheOptions = {},
): StepSchedule {
  checkThreshold(threshold);
  checkCount('forced first steps:', forcedFirst);
  checkCount('forced last steps:', forcedLast);
  if (coefficients.length === 0 || !coefficients.every(Number.isFinite)) {
    throw new UserError('TeaCache needs the coefficients of its polynomial', {
      hint: 'numbers, highest power first',
    });
  }
  let accumulated = 0;
  return scheduleOf(changes.length, (step) => {
    const isForced = step === 0 || step < forcedFirst || step >= changes.length - forcedLast;
    if (isForced) {
      accumulated = 0;
      return { reuse: false, change: undefined };
    }
    accumulated += polynomial(coefficients, changes[step]!);
    const change = accumulated;
    const reuse = accumulated < threshold;
    if (!reuse) accumulated = 0;
    return { reuse, change };
  });
}

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}
