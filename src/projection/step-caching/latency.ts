import type { StepSchedule } from './schedule.js';
import type { StepCosts } from './step-costs.js';

export interface PredictedLatency {
  readonly baselineMs: number;
  readonly predictedMs: number;
  readonly speedup: number;
}

/**
 * The run's latency when each hit costs a cached forward instead of a full one. `schedules`: one a kind of forward.
 * In shares: with hit rate h and p = 1 − cached / full, the forwards become 1 / (1 − h·p) times as fast.
 */
export function predictedLatency(
  schedules: readonly StepSchedule[],
  { fullMs, cachedMs, restMs }: Pick<StepCosts, 'fullMs' | 'cachedMs' | 'restMs'>,
): PredictedLatency {
  let [computed, hits] = [0, 0];
  for (const schedule of schedules) {
    computed += schedule.computed;
    hits += schedule.hits;
  }
  const baselineMs = (computed + hits) * fullMs + restMs;
  const predictedMs = computed * fullMs + hits * cachedMs + restMs;
  return { baselineMs, predictedMs, speedup: baselineMs / predictedMs };
}
