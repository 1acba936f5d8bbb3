import { readFile } from 'node:fs/promises';
import { openRun } from '../ingest/open.js';
import type { ImportProgress } from '../ingest/import-options.js';
import { printable } from '../report/printable.js';
import { parseBudget, type Limit } from '../runs/budget.js';
import { existingCatalogue } from '../runs/catalogue-path.js';
import { checkBudget, type CheckResult } from '../runs/check.js';
import { budgetOf, HEADROOM } from '../runs/init-budget.js';
import { withCatalogue } from '../runs/load-catalogue.js';
import { measureRun, type MeasuredRun } from '../runs/measure-run.js';
import type { CataloguedRun } from '../runs/run-record.js';
import { UserError } from '../trace/errors.js';
import type { TraceNotice } from '../trace/trace.js';
import { placeOf } from './catalogue-option.js';
import { measureOptions, type MeasureArgs } from './measure-options.js';
import { readRules } from './rules-option.js';
import { writeTextFile } from './write-text-file.js';

export interface CheckArgs extends MeasureArgs {
  readonly trace: string;
  readonly catalogue: string | undefined;
}
type Progress = (progress: ImportProgress | string) => void;

/** @throws UserError if the budget, the trace or a base cannot be used, or lacks what is limited */
export async function checkTrace(
  args: CheckArgs,
  path: string,
  progress: Progress,
): Promise<{ result: CheckResult; notices: readonly TraceNotice[] }> {
  const limits = parseBudget(await readBudget(path), path);
  const bases = await basesOf(limits, args.catalogue);
  const { measured, notices } = await measure(args, progress);
  return { result: checkBudget(limits, measured, path, bases), notices };
}

/**
 * Writes a budget that the trace keeps; returns what there is to say.
 * @throws UserError if the file is there and may not be replaced
 */
export async function initBudget(
  args: CheckArgs,
  path: string,
  mayReplace: boolean,
  progress: Progress,
): Promise<string[]> {
  const { measured } = await measure(args, progress);
  const note = `From ${args.trace}, with ${HEADROOM * 100} % headroom.`;
  await writeTextFile(path, budgetOf(measured, note), 'the budget', mayReplace);
  return [`Written to ${printable(path)}: look at it, and take out what may change`];
}

async function measure(
  args: CheckArgs,
  progress: Progress,
): Promise<{ measured: MeasuredRun; notices: readonly TraceNotice[] }> {
  const rules = await readRules(args.rules);
  const run = await openRun(args.trace, { progress });
  const measured = measureRun(run, measureOptions(args, rules), args.rules);
  const problems = measured.facts.problems.map((message) => ({ table: args.trace, message }));
  return {
    measured,
    notices: [...run.traces.flatMap((trace) => trace.notices), ...run.notices, ...problems],
  };
}

async function readBudget(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(
      `cannot read the budget ${path}: ${code === 'ENOENT' ? 'there is no such file' : message}`,
      { hint: 'gapscope check --budget FILE --init TRACE writes one', cause: error },
    );
  }
}

/** The runs that relative limits name; the catalogue is opened only if there are such limits. */
async function basesOf(
  limits: readonly Limit[],
  given: string | undefined,
): Promise<Map<string, CataloguedRun>> {
  const names = new Set(limits.flatMap((limit) => ('base' in limit ? [limit.base] : [])));
  if (names.size === 0) return new Map();
  const path = existingCatalogue(placeOf(given));
  return withCatalogue(
    path,
    'read',
    (catalogue) => new Map([...names].map((name) => [name, catalogue.get(name)])),
  );
}
