import { spreadVerdict, type SpreadVerdict } from '../analysis/latency-change.js';
import { UserError } from '../trace/errors.js';
import { measuredOtherwise } from './measure-run.js';
import { optionChanges, type OptionChange } from './option-changes.js';
import type { CataloguedRun, PredictionRecord, Quality, Verdict } from './run-record.js';

/** What a latency is of: a run without blocks is taken by its span. */
export type LatencyOf = 'steady-block' | 'span';

/** One latency against another: `differenceNs / ` the other is `share`. */
export interface LatencyDifference {
  readonly run: string;
  readonly differenceNs: number;
  readonly share: number;
  /** Whether the difference is more than the steady blocks of one run differ (docs/compare.md). */
  readonly spread?: SpreadVerdict;
}

/** Quality against the log's base; what both have. */
export interface QualityDrop {
  /** Against the baseline that the pipeline was given. */
  readonly psnr?: number;
  readonly ssim?: number;
  readonly identical?: true;
  /** Relative changes: −0.137 is 13.7 % less. */
  readonly movementShare?: number;
  readonly sharpnessShare?: number;
  readonly luminosityShare?: number;
}

export interface LogRow {
  readonly run: string;
  readonly addedAt: string;
  /** The run that it was built on; absent for a base. */
  readonly base?: string;
  readonly change?: string;
  /** Options of `run.json` that differ from those of the run's own base. */
  readonly options: readonly OptionChange[];
  readonly latencyOf: LatencyOf;
  readonly latencyNs: number;
  /** Against the log's base, and the last run before that was kept; absent for the base, and where latencies are of two kinds. */
  readonly versusBase?: LatencyDifference;
  readonly versusKept?: LatencyDifference;
  readonly prediction?: PredictionRecord & {
    /** `predictedNs / latencyNs - 1`; absent where the run's latency is of another kind. */
    readonly errorShare?: number;
  };
  readonly interFrameNs?: number;
  readonly switchLatencyNs?: number;
  readonly idleShare: number;
  readonly kvShareOfBlock?: number;
  readonly peakMemoryBytes?: number;
  readonly quality?: QualityDrop;
  readonly verdict?: Verdict;
  readonly note?: string;
  /** What speaks against comparing it with the base. */
  readonly cautions: readonly string[];
}

/** A base and what was tried on it, in the order in which it was added. */
export interface LogOfBase {
  readonly base: string;
  readonly rows: readonly LogRow[];
}

/** The optimization log. */
export interface RunLog {
  readonly schema: 'gapscope.run-log/1';
  readonly catalogue: string;
  readonly logs: readonly LogOfBase[];
  /** Runs without a base on which nothing was tried. */
  readonly leftOut: readonly string[];
}

/**
 * What was tried, in order. `base`: only what builds on that run, directly or not; else one log for each run that has
 * no base and on which others build (where there are none, for each run).
 * @throws UserError if there is no run, or not the one asked for
 */
export function runLog(runs: readonly CataloguedRun[], catalogue: string, base?: string): RunLog {
  if (runs.length === 0) {
    throw new UserError(`there is no run in ${catalogue}`, { hint: 'gapscope runs add TRACE adds one' });
  }
  const bases = base === undefined ? runs.filter((run) => run.base === undefined) : [named(runs, base)];
  const groups = bases.map((run) => [run, ...descendants(runs, run)]);
  const grown = groups.filter(({ length }) => length > 1);
  const shown = grown.length > 0 ? grown : groups;
  return {
    schema: 'gapscope.run-log/1',
    catalogue,
    logs: shown.map((group) => ({ base: group[0]!.name, rows: rowsOf(group, runs) })),
    leftOut: groups.filter((group) => !shown.includes(group)).map(([run]) => run!.name),
  };
}

function named(runs: readonly CataloguedRun[], name: string): CataloguedRun {
  const run = runs.find((one) => one.name === name);
  if (run !== undefined) return run;
  throw new UserError(`there is no run '${name}'`, { hint: 'gapscope runs list shows what there is' });
}

function descendants(runs: readonly CataloguedRun[], root: CataloguedRun): CataloguedRun[] {
  const reached = new Set([root.name]);
  // A base may have been given later than the run was added, so one pass is not enough.
  for (let before = 0; before !== reached.size;) {
    before = reached.size;
    for (const { name, base } of runs) if (base !== undefined && reached.has(base)) reached.add(name);
  }
  return runs.filter((run) => run !== root && reached.has(run.name));
}

/** `group` begins with the base. */
function rowsOf(group: readonly CataloguedRun[], all: readonly CataloguedRun[]): LogRow[] {
  const base = group[0]!;
  let kept = base;
  return group.map((run) => {
    const row = rowOf(
      run,
      base,
      kept,
      all.find(({ name }) => name === run.base),
    );
    if (run.verdict === 'keep') kept = run;
    return row;
  });
}

function rowOf(
  run: CataloguedRun,
  base: CataloguedRun,
  kept: CataloguedRun,
  own: CataloguedRun | undefined,
): LogRow {
  const { metrics, facts } = run;
  const latency = latencyOf(run);
  const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
    (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
  const isBase = run === base;
  return {
    run: run.name,
    addedAt: run.addedAt,
    ...optional('base', run.base),
    ...optional('change', run.change),
    options: own === undefined ? [] : optionChanges(own.facts.options, facts.options),
    latencyOf: latency.of,
    latencyNs: latency.ns,
    ...optional('versusBase', isBase ? undefined : difference(run, base)),
    ...optional('versusKept', isBase ? undefined : difference(run, kept)),
    ...optional('prediction', predictionOf(run)),
    ...optional('interFrameNs', metrics.interFrameNs),
    ...optional('switchLatencyNs', metrics.switchLatencyNs),
    idleShare: metrics.idleShare,
    ...optional('kvShareOfBlock', metrics.kvShareOfBlock),
    ...optional('peakMemoryBytes', facts.peakMemoryBytes),
    ...optional('quality', qualityDrop(facts.quality, isBase ? undefined : base.facts.quality)),
    ...optional('verdict', run.verdict),
    ...optional('note', run.note),
    cautions: cautionsOf(run, base),
  };
}

export function latencyOf({ metrics }: CataloguedRun): { readonly of: LatencyOf; readonly ns: number } {
  const { steadyBlockNs, spanNs } = metrics;
  return steadyBlockNs === undefined ? { of: 'span', ns: spanNs } : { of: 'steady-block', ns: steadyBlockNs };
}

function difference(run: CataloguedRun, other: CataloguedRun): LatencyDifference | undefined {
  const one = latencyOf(run);
  const two = latencyOf(other);
  if (one.of !== two.of || two.ns === 0) return undefined;
  const [own, theirs] = [run.metrics.steadyNs, other.metrics.steadyNs];
  const differenceNs = one.ns - two.ns;
  return {
    run: other.name,
    differenceNs,
    share: differenceNs / two.ns,
    ...(own === undefined || theirs === undefined ? {} : { spread: spreadVerdict(theirs, own) }),
  };
}

function predictionOf(run: CataloguedRun): LogRow['prediction'] {
  const { prediction } = run;
  if (prediction === undefined) return undefined;
  const { of, ns } = latencyOf(run);
  const isSame = (prediction.target === '(whole trace)') === (of === 'span');
  return { ...prediction, ...(isSame && ns > 0 ? { errorShare: prediction.predictedNs / ns - 1 } : {}) };
}

function qualityDrop(own: Quality | undefined, base: Quality | undefined): QualityDrop | undefined {
  if (own === undefined) return undefined;
  const drop: { -readonly [K in keyof QualityDrop]: QualityDrop[K] } = {};
  if (own.psnr !== undefined) drop.psnr = own.psnr;
  if (own.ssim !== undefined) drop.ssim = own.ssim;
  if (own.identical === true) drop.identical = true;
  for (const figure of ['movement', 'sharpness', 'luminosity'] as const) {
    const [now, before] = [own[figure], base?.[figure]];
    if (now !== undefined && before !== undefined && before !== 0) drop[`${figure}Share`] = now / before - 1;
  }
  return Object.keys(drop).length === 0 ? undefined : drop;
}

function cautionsOf(run: CataloguedRun, base: CataloguedRun): string[] {
  const cautions: string[] = [];
  for (const fact of ['gpu', 'driver', 'torch', 'cuda'] as const) {
    const [own, theirs] = [run.facts[fact], base.facts[fact]];
    if (own === undefined || theirs === undefined || own === theirs) continue;
    cautions.push(`${FACTS[fact]} ${own}, the base ${theirs}`);
  }
  const otherwise = measuredOtherwise(run.measuredWith, base.measuredWith);
  if (otherwise.length > 0) cautions.push(`measured otherwise than the base: ${otherwise.join(', ')}`);
  if (latencyOf(run).of !== latencyOf(base).of) {
    cautions.push('only one of it and the base has a steady block: no difference is given');
  }
  const { droppedOps = 0 } = run.metrics;
  if (droppedOps > 0) cautions.push(`${droppedOps} records were lost while recording`);
  return cautions;
}

const FACTS = { gpu: 'GPU', driver: 'driver', torch: 'torch', cuda: 'CUDA' } as const;
