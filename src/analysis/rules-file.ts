import { z } from 'zod';
import { UserError } from '../trace/errors.js';
import { closestNames } from './closest-names.js';
import { JsonSyntaxError, parsePlacedJson, type PlacedJson, type TextPlace } from './json-places.js';
import { LAYER_PARTS } from './layer-parts.js';
import { OP_CLASSES } from './op-class.js';
import { kernelPattern, rangePattern } from './rule-pattern.js';
import { withUserRules, type Rules } from './rules.js';

const pattern = z.string().trim().min(1, 'a pattern may not be empty');
const numbered = pattern.refine((text) => /[\d#*]/.test(text), {
  message: "needs the place of a number: 'layer_#'",
});

const RULES_FILE = z.strictObject({
  $schema: z.string().optional(),
  layer: numbered.optional(),
  block: pattern.optional(),
  ranges: z.array(z.strictObject({ match: pattern, class: z.enum(LAYER_PARTS) })).default([]),
  kernels: z.array(z.strictObject({ match: pattern, class: z.enum(OP_CLASSES) })).default([]),
});

const HINT = 'docs/breakdown.md describes rules files, with an example.';

/**
 * The rules of a user's file (`docs/breakdown.md`), tried before the built-in ones.
 * @throws UserError that names file, line and column of every mistake
 */
export function parseRules(text: string, file: string): Rules {
  const json = parseJson(text, file);
  const parsed = RULES_FILE.safeParse(json.value);
  if (!parsed.success) {
    const found = parsed.error.issues.map((issue) => mistake(issue, json, file));
    throw new UserError(found.join('\n'), { hint: HINT });
  }
  const { layer, block, ranges, kernels } = parsed.data;
  return withUserRules({
    ...(layer === undefined ? {} : { layer }),
    ...(block === undefined ? {} : { block }),
    ranges: ranges.map((rule) => [rangePattern(rule.match), rule.class] as const),
    kernels: kernels.map((rule) => [kernelPattern(rule.match), rule.class] as const),
  });
}

function parseJson(text: string, file: string): PlacedJson {
  try {
    // A byte-order mark is no JSON, but editors write it.
    return parsePlacedJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new UserError(`${at(file, error.place)}: not JSON: ${error.message}.`, { hint: HINT });
  }
}

function mistake(issue: z.core.$ZodIssue, { placeOf, value }: PlacedJson, file: string): string {
  const where = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const name = where === '' ? 'the file' : where.replace(/^\./, '');
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = issue.path.length === 0 ? ['layer', 'block', 'ranges', 'kernels'] : ['match', 'class'];
    return `${at(file, placeOf([...issue.path, key]))}: ${name}: unknown key '${key}'. Known: ${known.join(', ')}.`;
  }
  const place = at(file, placeOf(issue.path));
  if (issue.code === 'invalid_value') {
    const given = issue.path.reduce<unknown>((of, key) => (of as Record<PropertyKey, unknown>)[key], value);
    const known = issue.values.map(String);
    if (typeof given !== 'string') return `${place}: ${name}: must be one of ${known.join(', ')}.`;
    const near = closestNames(given, new Set(known));
    return `${place}: ${name}: '${given}' is no class. Close: ${near.join(', ')}; all: ${known.join(', ')}.`;
  }
  return `${place}: ${name}: ${issue.message}.`;
}

function at(file: string, { line, column }: TextPlace): string {
  return `${file}:${line}:${column}`;
}
