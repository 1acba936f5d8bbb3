import { z } from 'zod';
import { closestNames } from '../analysis/closest-names.js';
import { JsonSyntaxError, parsePlacedJson, type PlacedJson } from '../analysis/json-places.js';
import { UserError } from '../trace/errors.js';
import {
  METRICS,
  metricNamed,
  parsePercent,
  parseQuantity,
  QUANTITY_FORMS,
  type Metric,
} from './budget-metrics.js';

export const BUDGET_SCHEMA = 'gapscope.budget/1';

/** One line of a budget. */
export type Limit =
  | { readonly kind: 'max' | 'min'; readonly metric: Metric; readonly value: number }
  | {
      readonly kind: 'maxIncrease' | 'maxDecrease';
      readonly metric: Metric;
      /** Name of a run in the catalogue. */
      readonly base: string;
      /** What may be added or lost: a share of the base's value, or as much as `value`. */
      readonly by:
        | { readonly kind: 'share'; readonly share: number }
        | { readonly kind: 'amount'; readonly value: number };
      /** As written in the budget. */
      readonly text: string;
    };

const quantity = z.union([z.number(), z.string()], { error: 'must be a number or a text with a unit' });
const LIMIT = z.strictObject({
  max: quantity.optional(),
  min: quantity.optional(),
  base: z.string().min(1).optional(),
  maxIncrease: quantity.optional(),
  maxDecrease: quantity.optional(),
});
type LimitFile = z.infer<typeof LIMIT>;

const BUDGET_FILE = z.strictObject({
  $schema: z.string().optional(),
  schema: z.literal(BUDGET_SCHEMA),
  note: z.string().optional(),
  limits: z.record(z.string(), LIMIT),
});

const HINT = 'docs/runs.md describes budgets; --init writes one from a trace';
const KEYS = ['max', 'min', 'maxIncrease', 'maxDecrease'] as const;

/**
 * The limits of a budget file, in its order.
 * @throws UserError that names file, line, column and key of every mistake
 */
export function parseBudget(text: string, file: string): Limit[] {
  const json = parseJson(text, file);
  const mistakes: string[] = [];
  const complain = (path: readonly PropertyKey[], message: string): undefined => {
    const { line, column } = json.placeOf(path);
    mistakes.push(`${file}:${line}:${column}: ${path.length === 0 ? 'the file' : keyText(path)}: ${message}`);
  };
  const parsed = BUDGET_FILE.safeParse(json.value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const { path, message } = issue;
      if (issue.code !== 'unrecognized_keys') complain(path, message);
      else for (const key of issue.keys) complain([...path, key], `there is no such key`);
    }
    throw new UserError(mistakes.join('\n'), { hint: HINT });
  }
  // By the file's own keys: a name such as __proto__ is lost in parsing, and may not pass for kept.
  const names = Object.keys((json.value as { limits: object }).limits);
  const limits = names.flatMap((name) => {
    const metric = metricNamed(name);
    const limit = parsed.data.limits[name];
    if (metric !== undefined && limit !== undefined) return limitsOf(metric, limit, complain);
    const near = closestNames(
      name,
      METRICS.map((one) => one.name),
      2,
    );
    complain(['limits', name], `there is no such metric; near: ${near.join(', ')}`);
    return [];
  });
  if (limits.length === 0 && mistakes.length === 0) {
    complain(['limits'], 'holds no limit, so nothing to keep');
  }
  if (mistakes.length > 0) throw new UserError(mistakes.join('\n'), { hint: HINT });
  return limits;
}

type Complain = (path: readonly PropertyKey[], message: string) => undefined;

function limitsOf(metric: Metric, limit: LimitFile, complain: Complain): Limit[] {
  const at = ['limits', metric.name];
  const given = KEYS.filter((key) => limit[key] !== undefined);
  if (given.length === 0) complain(at, `says no limit: ${KEYS.join(', ')}`);
  const isRelative = limit.maxIncrease !== undefined || limit.maxDecrease !== undefined;
  if (isRelative && limit.base === undefined) {
    complain(
      at,
      "maxIncrease and maxDecrease need a base: the name of a run, as 'gapscope runs list' shows it",
    );
    return [];
  }
  if (!isRelative && limit.base !== undefined) {
    complain([...at, 'base'], 'a base needs maxIncrease or maxDecrease beside it');
  }
  return given.flatMap((key): Limit[] => {
    const text = limit[key]!;
    const one =
      key === 'max' || key === 'min'
        ? absolute(metric, key, text)
        : relative(metric, key, text, limit.base ?? '');
    if (one !== undefined) return [one];
    const form = QUANTITY_FORMS[metric.unit];
    const orShare = key === 'max' || key === 'min' || metric.unit === 'share' ? '' : ", or '2%' of the base";
    complain([...at, key], `'${String(text)}' is not ${form}${orShare}`);
    return [];
  });
}

function absolute(metric: Metric, kind: 'max' | 'min', text: string | number): Limit | undefined {
  const value = parseQuantity(text, metric.unit);
  return value === undefined ? undefined : { kind, metric, value };
}

/** A percentage is always one of the base's value, also of a share: 2 % of an idle share of 10 % is 0.2 points. */
function relative(
  metric: Metric,
  kind: 'maxIncrease' | 'maxDecrease',
  given: string | number,
  base: string,
): Limit | undefined {
  const text = String(given);
  const share = typeof given === 'string' ? parsePercent(given) : undefined;
  if (share !== undefined) return { kind, metric, base, by: { kind: 'share', share }, text };
  const value = parseQuantity(given, metric.unit);
  return value === undefined || value < 0
    ? undefined
    : { kind, metric, base, by: { kind: 'amount', value }, text };
}

function parseJson(text: string, file: string): PlacedJson {
  try {
    // A byte-order mark is no JSON, but editors write it.
    return parsePlacedJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { line, column } = error.place;
    throw new UserError(`${file}:${line}:${column}: not JSON: ${error.message}`, { hint: HINT });
  }
}

/** `limits."idleByCause.sync".max`: names of metrics have dots of their own. */
function keyText(path: readonly PropertyKey[]): string {
  return path.map((key) => (String(key).includes('.') ? `"${String(key)}"` : String(key))).join('.');
}
