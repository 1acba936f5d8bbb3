import { checkDistances, type StepDistances } from './distances.js';
import { checkCount, checkThreshold, scheduleOf, type StepSchedule } from './schedule.js';

export interface FirstBlockCacheOptions {
  /** First steps that are computed anyway; the very first always is. */
  readonly warmup?: number;
  /**
   * Whether a change that equals the threshold reuses: `below` (it does not) is ParaAttention's comparison, `at-most`
   * that of diffusers.
   */
  readonly reuseWhen?: 'below' | 'at-most';
}

/**
 * First Block Cache: only the first block runs, and tells by its residual whether the others' may be reused.
 *
 * The residual is compared with that of the last step that was *computed*, not with the step before: as ParaAttention
 * (`first_block_cache/utils.py`) and diffusers (`hooks/first_block_cache.py`) do it. Reuse in a row limits itself so.
 *
 * @param residuals of the first block, of one kind of forward
 * @throws UserError for a threshold below 0, or rows that are too short
 */
export function firstBlockCacheSchedule(
  residuals: StepDistances,
  threshold: number,
  { warmup = 1, reuseWhen = 'below' }: FirstBlockCacheOptions = {},
): StepSchedule {
  checkThreshold(threshold);
  checkCount('a warm-up of', warmup);
  checkDistances(residuals);
  let last = -1;
  return scheduleOf(residuals.length, (step) => {
    const change = last < 0 ? undefined : residuals[step]![last]!;
    const isNear = change !== undefined && (reuseWhen === 'below' ? change < threshold : change <= threshold);
    const reuse = isNear && step >= warmup;
    if (!reuse) last = step;
    return { reuse, change };
  });
}
