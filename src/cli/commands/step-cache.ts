import type { FeaturePlan } from '../../projection/step-caching/feature-cache.js';
import { METHODS, type Method, type StepCacheOptions } from '../../projection/step-caching/result.js';
import type { RecordedSteps } from '../../projection/step-caching/recorded-steps.js';
import type { StepCosts } from '../../projection/step-caching/step-costs.js';
import { messageOf, UserError } from '../../trace/errors.js';
import type { Trace } from '../../trace/trace.js';
import { defineCommand } from '../command.js';
import { withOutput } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';

interface StepCacheArgs {
  readonly run: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly method: Method;
  readonly threshold: string | undefined;
  readonly warmup: number | undefined;
  readonly coefficients: string | undefined;
  readonly plan: string | undefined;
  readonly 'full-ms': number | undefined;
  readonly 'cached-ms': number | undefined;
}

export const stepCache = defineCommand<StepCacheArgs>({
  usage: 'step-cache <run>',
  describe: 'Step caching: which steps would reuse at a threshold, and how long the run would take',
  examples: [
    ['gapscope step-cache run.json --threshold 0.05,0.1,0.2', 'First Block Cache at three thresholds'],
    [
      'gapscope step-cache run.json --threshold 0.1 --full-ms 1040 --cached-ms 52',
      'with the times of one forward, without and with a hit',
    ],
    ['gapscope step-cache out --method feature-cache --plan 9-18:2-30', 'blocks 9 to 18 in steps 2 to 30'],
  ],
  build: (yargs) =>
    withOutput(yargs)
      .positional('run', {
        type: 'string',
        demandOption: true,
        describe: 'A run.json, or a trace that has one: with the distances between steps that it recorded',
      })
      .option('method', { choices: METHODS, default: METHODS[0], describe: 'What decides' })
      .option('threshold', { type: 'string', requiresArg: true, describe: 'One or several: 0.05,0.1,inf' })
      .option('warmup', {
        type: 'number',
        requiresArg: true,
        describe: 'First steps that are computed anyway [default: 1]',
      })
      .option('coefficients', {
        type: 'string',
        requiresArg: true,
        describe: "TeaCache's polynomial: a model (cosmos-7b, flux, …), or numbers, highest power first",
      })
      .option('plan', {
        type: 'string',
        requiresArg: true,
        describe: 'Feature cache: BLOCKS:STEPS[:DRIFT], as 9-18:2-30',
      })
      .option('full-ms', {
        type: 'number',
        requiresArg: true,
        describe: 'Time of one forward, all blocks computed [default: as recorded]',
      })
      .option('cached-ms', {
        type: 'number',
        requiresArg: true,
        describe: 'Time of one forward with a hit [default: from the trace]',
      }),
  async run(args) {
    const [
      { recordedSteps },
      { stepCacheResult },
      { teaCacheCoefficients },
      { parseFeaturePlan },
      { stepCacheText },
    ] = await Promise.all([
      import('../../projection/step-caching/recorded-steps.js'),
      import('../../projection/step-caching/result.js'),
      import('../../projection/step-caching/tea-cache-coefficients.js'),
      import('../../projection/step-caching/feature-cache.js'),
      import('../../report/step-cache-text.js'),
    ]);
    refuseMixtures(args);
    const plan = args.plan === undefined ? undefined : parseFeaturePlan(args.plan);
    const options: StepCacheOptions = {
      method: args.method,
      thresholds: thresholdsOf(args, plan),
      ...(args.warmup === undefined ? {} : { warmup: args.warmup }),
      ...(args.coefficients === undefined ? {} : { coefficients: teaCacheCoefficients(args.coefficients) }),
      ...(plan === undefined ? {} : { plan }),
    };
    const { run, trace } = await readRecord(args);
    const recorded = recordedSteps(run);
    const costs = await costsOf(args, options, recorded, trace);
    const result = stepCacheResult(recorded, { ...options, ...(costs === undefined ? {} : { costs }) });
    if (args.json) printJson(result);
    else printLines(stepCacheText(result, styleFor(process.stdout)));
    return 0;
  },
});

function thresholdsOf({ threshold, method }: StepCacheArgs, plan: FeaturePlan | undefined): number[] {
  if (threshold === undefined) {
    if (method !== 'feature-cache') {
      throw new UserError(`${method} needs a threshold`, { hint: '--threshold 0.05,0.1,0.2' });
    }
    return [];
  }
  if (plan?.drift !== undefined) {
    throw new UserError('both --threshold and the plan say how much drift is tolerated', {
      hint: 'leave one out',
    });
  }
  return threshold.split(',').map((word) => {
    if (/^(?:inf|infinity|∞)$/i.test(word.trim())) return Infinity;
    const value = word.trim() === '' ? NaN : Number(word);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new UserError(`'${word}' is no threshold`, { hint: 'numbers from 0 between commas, or inf' });
  });
}

/** Options that would silently do nothing. */
function refuseMixtures(args: StepCacheArgs): void {
  const wants = (name: keyof StepCacheArgs, method: Method): void => {
    if (args[name] === undefined || args.method === method) return;
    throw new UserError(`--${name} means nothing with ${args.method}`, { hint: `--method ${method}` });
  };
  wants('coefficients', 'teacache');
  wants('plan', 'feature-cache');
  if (args.method === 'teacache' && args.coefficients === undefined) {
    throw new UserError('TeaCache needs the coefficients of its polynomial', {
      hint: '--coefficients with a model or numbers; gapscope step-cache --help',
    });
  }
  if (args.method === 'feature-cache' && args.plan === undefined) {
    throw new UserError('a feature cache needs a plan', { hint: '--plan BLOCKS:STEPS, as 9-18:2-30' });
  }
  if (args.method === 'feature-cache' && args.warmup !== undefined) {
    throw new UserError('--warmup means nothing with feature-cache', {
      hint: 'its plan says which steps reuse',
    });
  }
  for (const name of ['full-ms', 'cached-ms'] as const) {
    const value = args[name];
    if (value !== undefined && !(value > 0 && Number.isFinite(value))) {
      throw new UserError(`--${name} ${value} is not possible`, { hint: 'milliseconds, above 0' });
    }
  }
}

/** A record of a run is small; what is larger is something else. */
const MAX_RECORD_BYTES = 1 << 28;

/** The run's record; with a trace, that too. */
async function readRecord({
  run: path,
  quiet,
}: StepCacheArgs): Promise<{ readonly run: unknown; readonly trace: Trace | undefined }> {
  if (path.toLowerCase().endsWith('.json')) return { run: await readJson(path), trace: undefined };
  const [{ openRun }, { noticeLines }] = await Promise.all([
    import('../../ingest/open.js'),
    import('../../report/notices-text.js'),
  ]);
  const { traces, notices } = await withProgress(`reading ${path}`, quiet, (progress) =>
    openRun(path, { progress }),
  );
  const all = [...traces.flatMap((trace) => trace.notices), ...notices];
  if (!quiet && all.length > 0) sayLines(noticeLines(all, styleFor(process.stderr)));
  const trace = traces.find(({ run }) => run !== undefined);
  if (trace !== undefined) return { run: trace.run, trace };
  throw new UserError(`${path} has no run.json`, {
    hint: 'give the run.json that the pipeline wrote, or put it into the trace',
  });
}

async function readJson(path: string): Promise<unknown> {
  const { readFile, stat } = await import('node:fs/promises');
  try {
    const { size } = await stat(path);
    if (size > MAX_RECORD_BYTES) {
      throw new UserError(`${path} is too large for the record of a run`, { hint: 'give its run.json' });
    }
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`, {
      hint: 'give the run.json that the pipeline wrote, or a trace that has one',
      cause: error,
    });
  }
}

/** What was given, else what was recorded, else what the trace's layers say; `undefined` if one of the two is missing. */
async function costsOf(
  args: StepCacheArgs,
  options: StepCacheOptions,
  recorded: RecordedSteps,
  trace: Trace | undefined,
): Promise<StepCosts | undefined> {
  const [{ recordedCosts, tracedForward }, { skippedBlocks }] = await Promise.all([
    import('../../projection/step-caching/step-costs.js'),
    import('../../projection/step-caching/result.js'),
  ]);
  const record = recordedCosts(recorded);
  const traced =
    trace === undefined || (args['full-ms'] !== undefined && args['cached-ms'] !== undefined)
      ? undefined
      : tracedForward(trace, (layers) => skippedBlocks(options, layers));
  const given = args['full-ms'];
  const fullMs = given ?? record.fullMs ?? (traced === undefined ? undefined : traced.fullNs / 1e6);
  if (fullMs === undefined) return undefined;
  const full =
    given !== undefined ? 'given' : record.fullMs !== undefined ? 'median of run.json' : 'from the trace';
  const left = traced === undefined ? undefined : fullMs * (1 - traced.skippedNs / traced.fullNs);
  const cachedMs = args['cached-ms'] ?? record.cachedMs ?? left;
  if (cachedMs === undefined) return undefined;
  const cached =
    args['cached-ms'] !== undefined
      ? 'given'
      : record.cachedMs !== undefined
        ? 'median of run.json'
        : 'without the blocks left out, by the trace; what a hit itself costs is not in it';
  return { fullMs, cachedMs, restMs: given === undefined ? recorded.restMs : 0, source: { full, cached } };
}
