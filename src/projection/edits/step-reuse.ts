import { UserError } from '../../trace/errors.js';
import { fieldOf } from '../run-shape.js';
import type { StepDistances } from '../step-caching/distances.js';
import { recordedSteps } from '../step-caching/recorded-steps.js';

const NO_RESIDUALS =
  "run.json has no 'stepResiduals' (distances of the first layer's residual between steps): give a hit rate";

/**
 * Step → share of its forwards that reuse, by a schedule for each kind of forward (with the prompt, without it) from the
 * distances that the run recorded; or why that is not known. Steps that reuse nothing are absent.
 */
export function shareOfKinds(
  run: unknown,
  reusedBy: (residuals: StepDistances) => readonly boolean[],
): Map<number, number> | string {
  if (fieldOf(run, 'stepResiduals') === undefined) return NO_RESIDUALS;
  try {
    const { residuals } = recordedSteps(run);
    if (residuals.size === 0) return NO_RESIDUALS;
    const shares = new Map<number, number>();
    for (const distances of residuals.values()) {
      reusedBy(distances).forEach((reuses, step) => {
        if (reuses) shares.set(step, (shares.get(step) ?? 0) + 1 / residuals.size);
      });
    }
    return shares;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  }
}
