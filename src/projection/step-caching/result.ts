import { UserError } from '../../trace/errors.js';
import { featureCacheSchedule, type BlockSpan, type FeaturePlan } from './feature-cache.js';
import { firstBlockCacheSchedule } from './first-block-cache.js';
import { predictedLatency, type PredictedLatency } from './latency.js';
import type { RecordedSteps } from './recorded-steps.js';
import type { StepSchedule } from './schedule.js';
import type { StepCosts } from './step-costs.js';
import { teaCacheSchedule } from './tea-cache.js';

export const METHODS = ['first-block-cache', 'teacache', 'feature-cache'] as const;
export type Method = (typeof METHODS)[number];

export interface StepCacheOptions {
  readonly method: Method;
  /** One row each; Infinity is a threshold. May be empty for a feature cache whose plan has no gate. */
  readonly thresholds: readonly number[];
  readonly warmup?: number;
  /** TeaCache's polynomial, highest power first. */
  readonly coefficients?: readonly number[];
  readonly plan?: FeaturePlan;
  readonly costs?: StepCosts;
}

export interface KindSchedule {
  /** `cond`, `uncond`. */
  readonly kind: string;
  readonly computed: number;
  readonly hits: number;
  /** Steps that reuse. */
  readonly reused: readonly number[];
  /** Step → what was compared with the threshold; absent from JSON (`null`) where nothing was. */
  readonly change: readonly (number | undefined)[];
}

export interface StepCacheRow {
  /** Absent where nothing gates the reuse. Infinity is `null` in JSON. */
  readonly threshold?: number;
  readonly computed: number;
  readonly hits: number;
  readonly hitShare: number;
  /** Present where the costs of a forward are known. */
  readonly latency?: PredictedLatency;
  readonly kinds: readonly KindSchedule[];
}

export interface StepCacheResult {
  readonly schema: 'gapscope.step-cache/1';
  readonly method: Method;
  readonly steps: number;
  /** Forwards of all kinds. */
  readonly forwards: number;
  readonly everyNthToken: number;
  readonly costs?: StepCosts;
  readonly rows: readonly StepCacheRow[];
}

/** Blocks that a hit leaves out, of a model of `layers`. */
export function skippedBlocks(options: Pick<StepCacheOptions, 'method' | 'plan'>, layers: number): BlockSpan {
  switch (options.method) {
    case 'first-block-cache':
      return { first: 1, last: layers - 1 };
    case 'teacache':
      return { first: 0, last: layers - 1 };
    case 'feature-cache':
      return requirePlan(options.plan).blocks;
  }
}

/**
 * Which steps would reuse at each threshold, and how long the run would take.
 * @throws UserError where the record lacks what the method compares
 */
export function stepCacheResult(recorded: RecordedSteps, options: StepCacheOptions): StepCacheResult {
  const { method, costs } = options;
  const compared: ReadonlyMap<string, readonly unknown[]> =
    method === 'teacache' ? recorded.changes : recorded.residuals;
  if (compared.size === 0) throw nothingRecorded(method);
  const steps = Math.max(...[...compared.values()].map((rows) => rows.length));
  const forwards = [...compared.values()].reduce((sum, rows) => sum + rows.length, 0);
  const plan = options.plan;
  const thresholds: readonly (number | undefined)[] =
    options.thresholds.length > 0 ? options.thresholds : [plan?.drift];
  return {
    schema: 'gapscope.step-cache/1',
    method,
    steps,
    forwards,
    everyNthToken: method === 'teacache' ? 1 : recorded.everyNthToken,
    ...(costs === undefined ? {} : { costs }),
    rows: thresholds.map((threshold) => {
      const schedules = [...compared.keys()].map(
        (kind) => [kind, scheduleOfKind(recorded, kind, threshold, options)] as const,
      );
      const hits = schedules.reduce((sum, [, schedule]) => sum + schedule.hits, 0);
      return {
        ...(threshold === undefined ? {} : { threshold }),
        computed: forwards - hits,
        hits,
        hitShare: forwards === 0 ? 0 : hits / forwards,
        ...(costs === undefined
          ? {}
          : {
              latency: predictedLatency(
                schedules.map(([, schedule]) => schedule),
                costs,
              ),
            }),
        kinds: schedules.map(([kind, { reused, change, computed, hits: own }]) => ({
          kind,
          computed,
          hits: own,
          reused: reused.flatMap((yes, step) => (yes ? [step] : [])),
          change,
        })),
      };
    }),
  };
}

function scheduleOfKind(
  { residuals, changes }: RecordedSteps,
  kind: string,
  threshold: number | undefined,
  { method, warmup, coefficients, plan }: StepCacheOptions,
): StepSchedule {
  switch (method) {
    case 'first-block-cache':
      return firstBlockCacheSchedule(
        residuals.get(kind)!,
        requireThreshold(threshold),
        warmup === undefined ? {} : { warmup },
      );
    case 'teacache':
      return teaCacheSchedule(
        changes.get(kind)!,
        coefficients ?? [],
        requireThreshold(threshold),
        warmup === undefined ? {} : { forcedFirst: warmup },
      );
    case 'feature-cache': {
      const { blocks, steps } = requirePlan(plan);
      const distances = residuals.get(kind)!;
      const gate = threshold === undefined ? undefined : { threshold, distances };
      return featureCacheSchedule(blocks, steps, distances.length, gate);
    }
  }
}

function requireThreshold(threshold: number | undefined): number {
  if (threshold !== undefined) return threshold;
  throw new UserError('this method needs a threshold', { hint: '--threshold 0.05,0.1,0.2' });
}

function requirePlan(plan: FeaturePlan | undefined): FeaturePlan {
  if (plan !== undefined) return plan;
  throw new UserError('a feature cache needs a plan', { hint: '--plan BLOCKS:STEPS, as 9-18:2-30' });
}

function nothingRecorded(method: Method): UserError {
  return method === 'teacache'
    ? new UserError('run.json holds no stepChanges, and is of no TeaCache run', {
        hint: "TeaCache compares the first block's input from step to step; record it as docs/step-caching.md says",
      })
    : new UserError('run.json holds no stepResiduals', {
        hint: 'pipelines.dit_video records them unless it caches steps or replays graphs; see docs/step-caching.md',
      });
}
