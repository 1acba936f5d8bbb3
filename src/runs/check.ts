import { UserError } from '../trace/errors.js';
import type { Limit } from './budget.js';
import type { MetricSource, MetricUnit } from './budget-metrics.js';
import { measuredOtherwise } from './measure-run.js';
import type { CataloguedRun, MeasuredWith } from './run-record.js';

/** One limit of a budget, and whether a run keeps it. */
export interface CheckedLimit {
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly kind: Limit['kind'];
  readonly value: number;
  /** What the value may be at most (`max`, `maxIncrease`) or at least. */
  readonly limit: number;
  /** What is left up to the limit; below 0 where it is broken. */
  readonly margin: number;
  /** `margin / limit`; absent for a limit of 0. */
  readonly marginShare?: number;
  readonly kept: boolean;
  /** Of a relative limit: the run, its value, and what the budget says. */
  readonly base?: { readonly run: string; readonly value: number; readonly allowed: string };
}

export interface CheckResult {
  readonly schema: 'gapscope.check/1';
  readonly budget: string;
  readonly trace: string;
  readonly kept: boolean;
  readonly broken: number;
  readonly limits: readonly CheckedLimit[];
  /** What speaks against holding the trace against a base. */
  readonly cautions: readonly string[];
}

export interface CheckedRun extends MetricSource {
  readonly path: string;
  readonly measuredWith: MeasuredWith;
  readonly facts: CataloguedRun['facts'];
}

/**
 * Holds a run against a budget. `bases` are the runs that its relative limits name.
 * @throws UserError if the run or a base lacks a metric, which is not a pass, or a base was measured otherwise
 */
export function checkBudget(
  limits: readonly Limit[],
  run: CheckedRun,
  budget: string,
  bases: ReadonlyMap<string, CataloguedRun> = new Map(),
): CheckResult {
  const missing: string[] = [];
  const checked = limits.flatMap((limit): CheckedLimit[] => {
    const { metric } = limit;
    const value = metric.read(run);
    if (value === undefined) missing.push(`${metric.name} is not known of the trace: ${metric.absent(run)}`);
    if (!('base' in limit)) {
      return value === undefined ? [] : [judge(limit, value, limit.value)];
    }
    const base = bases.get(limit.base);
    if (base === undefined) throw new Error(`the base '${limit.base}' was not looked up`);
    const baseValue = metric.read(base);
    if (baseValue === undefined) {
      missing.push(`${metric.name} is not known of the base '${base.name}': ${metric.absent(base)}`);
    }
    if (value === undefined || baseValue === undefined) return [];
    const by = limit.by.kind === 'share' ? Math.abs(baseValue) * limit.by.share : limit.by.value;
    const allowed = limit.kind === 'maxIncrease' ? baseValue + by : baseValue - by;
    return [
      {
        ...judge(limit, value, allowed),
        base: { run: base.name, value: baseValue, allowed: limit.text },
      },
    ];
  });
  if (missing.length > 0) {
    throw new UserError([...new Set(missing)].join('\n'), {
      hint: 'what cannot be measured is not kept: take the limit out of the budget, or record what it needs (docs/runs.md)',
    });
  }
  const broken = checked.filter(({ kept }) => !kept).length;
  return {
    schema: 'gapscope.check/1',
    budget,
    trace: run.path,
    kept: broken === 0,
    broken,
    limits: checked,
    cautions: [...bases.values()].flatMap((base) => cautionsOf(run, base)),
  };
}

function judge({ kind, metric }: Limit, value: number, limit: number): CheckedLimit {
  const isUpper = kind === 'max' || kind === 'maxIncrease';
  const margin = isUpper ? limit - value : value - limit;
  return {
    metric: metric.name,
    unit: metric.unit,
    kind,
    value,
    limit,
    margin,
    ...(limit === 0 ? {} : { marginShare: margin / Math.abs(limit) }),
    kept: margin >= 0,
  };
}

/** @throws UserError if its figures are of other windows or blocks */
function cautionsOf(run: CheckedRun, base: CataloguedRun): string[] {
  const otherwise = measuredOtherwise(run.measuredWith, base.measuredWith);
  if (otherwise.length > 0) {
    throw new UserError(`'${base.name}' was measured otherwise than this trace: ${otherwise.join(', ')}`, {
      hint: 'give the same options, or add the base again with these (first the trace, then the base is named)',
    });
  }
  return (['gpu', 'driver', 'torch'] as const).flatMap((fact) => {
    const [own, theirs] = [run.facts[fact], base.facts[fact]];
    return own === undefined || theirs === undefined || own === theirs
      ? []
      : [`${fact === 'gpu' ? 'GPU' : fact} ${own}, '${base.name}' has ${theirs}`];
  });
}
