import { setImmediate } from 'node:timers/promises';
import type { SearchOptions, SearchResult } from '../../projection/gna/search.js';
import type { AttentionWorkload } from '../../projection/gna/end-to-end.js';
import { ARCHITECTURES, HEAD_DIMS, type Architecture } from '../../projection/gna/kernel-tiles.js';
import type { GnaResult } from '../../projection/gna/result.js';
import { UserError } from '../../trace/errors.js';
import { defineCommand } from '../command.js';
import { withOutput } from '../options.js';
import { printJson, printLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';

interface GnaArgs {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly shape: string | undefined;
  readonly window: string | undefined;
  readonly stride: string | undefined;
  readonly dilation: string | undefined;
  readonly causal: string | undefined;
  readonly 'q-tile': string | undefined;
  readonly 'kv-tile': string | undefined;
  readonly gpu: Architecture;
  readonly 'head-dim': number;
  readonly map: string | undefined;
  readonly search: boolean;
  readonly keep: number | undefined;
  readonly slack: number;
  readonly top: number;
  readonly 'attention-share': number | undefined;
  readonly steps: number | undefined;
  readonly 'dense-steps': number | undefined;
}

const LIST = { type: 'string', requiresArg: true } as const;
const NUMBER = { type: 'number', requiresArg: true } as const;
const DEFAULT_ROWS = 12;
const MAX_ROWS = 1000;

export const gna = defineCommand<GnaArgs>({
  usage: 'gna',
  describe: 'Sparse attention: the speedup bound of a window, stride, dilation and tile; no trace needed',
  examples: [
    [
      'gapscope gna --shape 24,44,80 --window 24,12,24 --stride 1,4,8 --attention-share 0.85',
      'one window, and what it gives end to end',
    ],
    ['gapscope gna --map cosmos-predict2-2b', 'every layer of a published model'],
    ['gapscope gna --shape 24,44,80 --search --keep 0.1 --window full,*,*', 'the best windows of a tenth'],
  ],
  build: (yargs) =>
    withOutput(yargs)
      .option('shape', { ...LIST, describe: 'Tokens on each axis, outermost first: T,H,W or H,W or T' })
      .option('window', {
        ...LIST,
        describe: "Keys a query sees on each axis; 'full': the axis; '*': search it",
      })
      .option('stride', { ...LIST, describe: 'Queries that share a window, on each axis [default: 1]' })
      .option('dilation', { ...LIST, describe: 'Distance of neighbouring keys, on each axis [default: 1]' })
      .option('causal', { ...LIST, describe: '1 for each axis with no look ahead: 1,0,0 [default: 0]' })
      .option('q-tile', { ...LIST, describe: "The kernel's query tile [default: --gpu's]" })
      .option('kv-tile', { ...LIST, describe: "The kernel's KV tile [default: --gpu's]" })
      .option('gpu', {
        choices: ARCHITECTURES,
        default: 'hopper' as const,
        describe: "Whose kernels' tiles, where none are given",
      })
      .option('head-dim', {
        choices: HEAD_DIMS,
        default: 128,
        describe: 'Of the attention; tiles depend on it',
      })
      .option('map', { ...LIST, describe: "A model's layers: cosmos-predict2-2b, cosmos-predict2-14b" })
      .option('search', { type: 'boolean', default: false, describe: 'Find the windows with the best bound' })
      .option('keep', { ...NUMBER, describe: 'Search: share of the axes that a window keeps at least' })
      .option('slack', {
        ...NUMBER,
        default: 0.05,
        describe: 'Search: a window may keep this much more of it',
      })
      .option('top', { ...NUMBER, default: DEFAULT_ROWS, describe: 'Search: rows to show' })
      .option('attention-share', {
        ...NUMBER,
        describe: "Self-attention's share of the dense run's time: 0.587",
      })
      .option('steps', { ...NUMBER, describe: 'Diffusion steps [default: 1]' })
      .option('dense-steps', { ...NUMBER, describe: 'Of these, left dense [default: 0]' }),
  async run(args) {
    const result = await answer(args);
    const { gnaText } = await import('../../report/gna-text.js');
    if (args.json) printJson(result);
    else printLines(gnaText(result, styleFor(process.stdout)));
    return 0;
  },
});

async function answer(args: GnaArgs): Promise<GnaResult> {
  const [{ gnaConfig }, { chooseTiles }, { parseFlags, parseGrid }, { configResult }] = await Promise.all([
    import('../../projection/gna/config.js'),
    import('../../projection/gna/kernel-tiles.js'),
    import('../../projection/gna/parse-lists.js'),
    import('../../projection/gna/result.js'),
  ]);
  refuseMixtures(args);
  const workload = workloadOf(args);
  if (args.map !== undefined) return mapAnswer(args, args.map, workload);
  if (args.shape === undefined) {
    throw new UserError('gna needs a --shape, or a --map', { hint: 'gapscope gna --help has examples' });
  }
  const shape = parseGrid('shape', args.shape);
  if (args.search) return searchAnswer(args, shape, workload);
  if (args.window === undefined) {
    throw new UserError('gna needs a --window', { hint: 'or --search --keep SHARE to find one' });
  }
  const grid = (name: string, text: string | undefined): number[] | undefined =>
    text === undefined ? undefined : parseGrid(name, text);
  const stride = grid('stride', args.stride);
  const dilation = grid('dilation', args.dilation);
  const given = { qTile: grid('Q tile', args['q-tile']), kvTile: grid('KV tile', args['kv-tile']) };
  const config = gnaConfig({
    shape,
    window: parseGrid('window', args.window),
    ...(stride === undefined ? {} : { stride }),
    ...(dilation === undefined ? {} : { dilation }),
    ...(args.causal === undefined ? {} : { causal: parseFlags('causal', args.causal) }),
    ...chooseTiles(given, args.gpu, shape.length, args['head-dim']),
  });
  return configResult(config, workload);
}

async function mapAnswer(
  args: GnaArgs,
  name: string,
  workload: AttentionWorkload | undefined,
): Promise<GnaResult> {
  const [{ layerMap }, { chooseTiles }, { parseGrid }, { mapResult }] = await Promise.all([
    import('../../projection/gna/layer-maps.js'),
    import('../../projection/gna/kernel-tiles.js'),
    import('../../projection/gna/parse-lists.js'),
    import('../../projection/gna/result.js'),
  ]);
  const map = layerMap(name);
  const shape = args.shape === undefined ? map.baseShape : parseGrid('shape', args.shape);
  const given = {
    qTile: args['q-tile'] === undefined ? undefined : parseGrid('Q tile', args['q-tile']),
    kvTile: args['kv-tile'] === undefined ? undefined : parseGrid('KV tile', args['kv-tile']),
  };
  return mapResult(map, shape, chooseTiles(given, args.gpu, shape.length, args['head-dim']), workload);
}

async function searchAnswer(
  args: GnaArgs,
  shape: readonly number[],
  workload: AttentionWorkload | undefined,
): Promise<GnaResult> {
  const [{ searchSteps }, { chooseTiles, kernelTiles }, lists, { searchResult }] = await Promise.all([
    import('../../projection/gna/search.js'),
    import('../../projection/gna/kernel-tiles.js'),
    import('../../projection/gna/parse-lists.js'),
    import('../../projection/gna/result.js'),
  ]);
  const { keep, slack, top } = args;
  if (keep === undefined) {
    throw new UserError('--search needs the share that a window keeps', { hint: '--keep 0.1 for a tenth' });
  }
  if (!Number.isInteger(top) || top < 1 || top > MAX_ROWS) {
    throw new UserError(`--top ${top} is not possible`, { hint: `a number of rows from 1 to ${MAX_ROWS}` });
  }
  const partial = (name: string, text: string | undefined): (number | undefined)[] | undefined =>
    text === undefined ? undefined : lists.parsePartialGrid(name, text);
  const window = partial('window', args.window);
  const stride = partial('stride', args.stride);
  const tilesGiven = args['q-tile'] !== undefined || args['kv-tile'] !== undefined;
  const given = {
    qTile: args['q-tile'] === undefined ? undefined : lists.parseGrid('Q tile', args['q-tile']),
    kvTile: args['kv-tile'] === undefined ? undefined : lists.parseGrid('KV tile', args['kv-tile']),
  };
  const options: SearchOptions = {
    shape,
    keep,
    slack,
    top,
    tiles: tilesGiven
      ? [chooseTiles(given, args.gpu, shape.length, args['head-dim'])]
      : kernelTiles(args.gpu, shape.length, args['head-dim']),
    ...(window === undefined ? {} : { window }),
    ...(stride === undefined ? {} : { stride }),
    ...(args.dilation === undefined ? {} : { dilation: lists.parseGrid('dilation', args.dilation) }),
    ...(args.causal === undefined ? {} : { causal: lists.parseFlags('causal', args.causal) }),
  };
  const found = await withProgress('searching', args.quiet, (say) => inSlices(searchSteps(options), say));
  return searchResult(found, options, workload);
}

/** Often enough that a spinner turns, seldom enough to cost nothing. */
const SLICE_MS = 60;

async function inSlices(
  steps: Generator<number, SearchResult>,
  say: (text: string) => void,
): Promise<SearchResult> {
  let last = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - last < SLICE_MS) continue;
    say(`searching: ${Math.floor(step.value * 100)} %`);
    await setImmediate();
    last = performance.now();
  }
}

/** Options that would silently do nothing. */
function refuseMixtures(args: GnaArgs): void {
  const refuse = (names: readonly (keyof GnaArgs)[], because: string): void => {
    const name = names.find((one) => args[one] !== undefined);
    if (name !== undefined) {
      throw new UserError(`--${name} means nothing ${because}`, { hint: 'leave one out' });
    }
  };
  if (args.map !== undefined) {
    if (args.search) {
      throw new UserError('--search looks for a window, --map has its own', { hint: 'leave one out' });
    }
    refuse(['window', 'stride', 'dilation', 'causal'], 'with --map, which has its own');
  }
  if (!args.search) refuse(['keep'], 'without --search');
}

function workloadOf(args: GnaArgs): AttentionWorkload | undefined {
  const { 'attention-share': attentionShare, steps, 'dense-steps': denseSteps } = args;
  if (attentionShare !== undefined) return { attentionShare, steps: steps ?? 1, denseSteps: denseSteps ?? 0 };
  if (steps === undefined && denseSteps === undefined) return undefined;
  throw new UserError('--steps and --dense-steps mean nothing without --attention-share', {
    hint: "give self-attention's share of the dense run's time: --attention-share 0.587",
  });
}
