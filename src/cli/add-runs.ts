import { openRun } from '../ingest/open.js';
import type { ImportProgress } from '../ingest/import-options.js';
import type { HeadlineOptions } from '../analysis/headline.js';
import { parseEdit } from '../projection/edits/registry.js';
import { readRates } from '../projection/rates-file.js';
import type { CataloguePlace } from '../runs/catalogue-path.js';
import { withCatalogue } from '../runs/load-catalogue.js';
import { measureRun } from '../runs/measure-run.js';
import { predictChange } from '../runs/predict-change.js';
import { checkedName, nameOfTrace } from '../runs/run-name.js';
import type { CataloguedRun, NewRun, RunTexts } from '../runs/run-record.js';
import { UserError } from '../trace/errors.js';
import type { TraceNotice } from '../trace/trace.js';

export interface AddOptions {
  readonly options: HeadlineOptions;
  readonly texts: RunTexts;
  readonly name?: string;
  readonly base?: string;
  /** Of `gapscope whatif`, together; none: nothing is predicted. */
  readonly edits: readonly string[];
  readonly ratesPath?: string;
  readonly rulesPath?: string;
}

export interface AddedRuns {
  readonly added: readonly CataloguedRun[];
  /** The runs that they are held against. */
  readonly bases: readonly CataloguedRun[];
  readonly notices: readonly TraceNotice[];
}

/**
 * Measures traces, then adds them all at once: interrupted or failed before that, nothing is changed.
 * @throws UserError if a trace cannot be used, or one of them cannot be added
 */
export async function addRuns(
  place: CataloguePlace,
  paths: readonly string[],
  progress: (progress: ImportProgress | string) => void,
  wanted: AddOptions,
): Promise<AddedRuns> {
  const { options, texts, edits, rulesPath } = wanted;
  const name = wanted.name === undefined ? undefined : checkedName(wanted.name);
  if (paths.length > 1 && (name !== undefined || texts.change !== undefined || edits.length > 0)) {
    throw new UserError('--name, --change and --edit are of one run, and several traces were given', {
      hint: 'add the traces one by one',
    });
  }
  for (const edit of edits) parseEdit(edit);
  const rates = wanted.ratesPath === undefined ? undefined : await readRates(wanted.ratesPath);
  // Asked first, so that a wrong name does not show after minutes of reading.
  const base = await baseRun(place, wanted);
  const read = async (path: string) => {
    progress(`reading ${path}`);
    return openRun(path, { progress });
  };
  const notices: TraceNotice[] = [];
  const runs: NewRun[] = [];
  const prediction =
    base === undefined || edits.length === 0
      ? undefined
      : predictChange(base, await read(base.path), edits, options, rates);
  for (const path of paths) {
    const run = await read(path);
    progress(`measuring ${path}`);
    const measured = measureRun(run, options, rulesPath);
    notices.push(...run.traces.flatMap((trace) => trace.notices), ...run.notices);
    notices.push(...measured.facts.problems.map((message) => ({ table: path, message })));
    runs.push({
      ...measured,
      ...texts,
      name: name ?? nameOfTrace(path),
      isNameGiven: name !== undefined,
      addedAt: new Date().toISOString(),
      ...(base === undefined ? {} : { base: base.name }),
      ...(prediction === undefined ? {} : { prediction }),
    });
  }
  return withCatalogue(place.path, 'make', (catalogue) => {
    const added = catalogue.add(runs);
    return { added, bases: base === undefined ? [] : [base], notices };
  });
}

/** The run named by `--base`; for a change without one, the latest run that has no base itself. */
async function baseRun(
  place: CataloguePlace,
  { base, texts, edits }: AddOptions,
): Promise<CataloguedRun | undefined> {
  const isChange = texts.change !== undefined || edits.length > 0;
  if (!place.exists) {
    if (base === undefined && edits.length === 0) return undefined;
    throw new UserError(`there is no catalogue ${place.path} yet, so no run to hold this one against`, {
      hint: 'add the base first: gapscope runs add TRACE --name base',
    });
  }
  if (base === undefined && !isChange) return undefined;
  const found = await withCatalogue(place.path, 'read', (catalogue) =>
    base === undefined ? catalogue.list().findLast((run) => run.base === undefined) : catalogue.get(base),
  );
  if (found === undefined && edits.length > 0) {
    throw new UserError('--edit needs a base, and the catalogue holds no run', {
      hint: 'add the base first: gapscope runs add TRACE --name base',
    });
  }
  return found;
}
