import { z } from 'zod';
import { UserError } from '../../trace/errors.js';
import { checkDistances, type StepDistances } from './distances.js';

/** One forward that was timed. */
export interface TimedForward {
  readonly step: number;
  readonly kind: string;
  readonly durationMs: number;
  /** Whether a step cache was hit in it. */
  readonly reused: boolean;
}

/** What a run's record says that a step cache can be judged by. Maps are by kind of forward: `cond`, `uncond`. */
export interface RecordedSteps {
  readonly residuals: ReadonlyMap<string, StepDistances>;
  /** Relative change of the first block's input against the step before; entry 0 is not read. */
  readonly changes: ReadonlyMap<string, readonly number[]>;
  /** Residuals were compared at every n-th token only. */
  readonly everyNthToken: number;
  readonly forwards: readonly TimedForward[];
  /** Time of the steps outside forwards, all steps together. */
  readonly restMs: number;
  readonly layers: number | undefined;
}

/** Longer runs are none: a schedule needs steps × steps numbers. */
const MAX_STEPS = 4096;

const DISTANCES = z.array(z.array(z.number()).max(MAX_STEPS)).max(MAX_STEPS);
const RECORD = z.looseObject({
  /** Beside the kinds of forwards: `everyNthToken`, and `of`, which says in words what is compared. */
  stepResiduals: z.looseObject({}).nullish(),
  stepChanges: z.record(z.string(), z.array(z.number()).max(MAX_STEPS)).nullish(),
  steps: z.array(z.looseObject({ durationMs: z.number() })).optional(),
  forwards: z.array(z.looseObject({ step: z.number(), kind: z.string(), durationMs: z.number() })).optional(),
  config: z.looseObject({ layers: z.number().int().positive().optional() }).optional(),
  stepCache: z
    .looseObject({
      decisions: z
        .array(
          z.looseObject({
            step: z
              .number()
              .int()
              .min(0)
              .max(MAX_STEPS - 1),
            kind: z.string(),
            reused: z.boolean(),
            change: z.number().nullish(),
          }),
        )
        .optional(),
    })
    .nullish(),
});

/**
 * Reads the record of a run (`run.json`).
 * @throws UserError if a part of it is not what it should be
 */
export function recordedSteps(run: unknown): RecordedSteps {
  const parsed = RECORD.safeParse(run);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UserError(`run.json: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not understood'}`, {
      hint: 'docs/step-caching.md says what it should hold',
    });
  }
  const { stepResiduals, stepChanges, steps, config, stepCache } = parsed.data;
  const { everyNthToken, of: _, ...kinds } = stepResiduals ?? {};
  const reused = new Set(
    (stepCache?.decisions ?? []).filter((one) => one.reused).map(({ kind, step }) => `${kind} ${step}`),
  );
  const forwards = (parsed.data.forwards ?? []).map(({ step, kind, durationMs }) => {
    return { step, kind, durationMs, reused: reused.has(`${kind} ${step}`) };
  });
  const given = stepChanges ?? undefined;
  const inForwards = forwards.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const inSteps = (steps ?? []).reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    residuals: new Map(Object.entries(kinds).map(([kind, rows]) => [kind, distancesOf(kind, rows)])),
    changes: new Map(
      given === undefined ? changesOf(run, stepCache?.decisions ?? []) : Object.entries(given),
    ),
    everyNthToken: typeof everyNthToken === 'number' && everyNthToken >= 1 ? everyNthToken : 1,
    forwards,
    restMs: forwards.length === 0 ? 0 : Math.max(0, inSteps - inForwards),
    layers: config?.layers,
  };
}

function distancesOf(kind: string, rows: unknown): StepDistances {
  const parsed = DISTANCES.safeParse(rows);
  if (!parsed.success) {
    throw new UserError(`run.json: stepResiduals.${kind} holds no rows of numbers`, {
      hint: 'row i has i numbers: the distance of step i from each earlier one',
    });
  }
  checkDistances(parsed.data);
  return parsed.data;
}

interface Decision {
  readonly step: number;
  readonly kind: string;
  readonly change?: number | null | undefined;
}

/** A TeaCache run notes its changes itself; those of other methods are against other steps. */
function changesOf(run: unknown, decisions: readonly Decision[]): [string, number[]][] {
  const config = (run as { config?: { teacache?: unknown } } | undefined)?.config;
  if (typeof config?.teacache !== 'number') return [];
  const found = new Map<string, number[]>();
  for (const { step, kind, change } of decisions) {
    const changes = found.get(kind) ?? [];
    changes[step] = change ?? 0;
    found.set(kind, changes);
  }
  return [...found].filter(([, changes]) => Object.keys(changes).length === changes.length);
}
