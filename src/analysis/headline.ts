import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import { NO_SWITCHES } from './block-timeline.js';
import type { BlocksOptions } from './blocks-options.js';
import { analyzeBlocks, type BlocksResult } from './blocks.js';
import { CAUSES, type Cause } from './causes.js';
import { analyzeGaps } from './gaps.js';
import { analyzeKv, type KvResult } from './kv.js';
import { recordingLosses, type RecordingLosses } from './recording-losses.js';
import { runBlocks } from './run-blocks.js';
import { analyzeSwitch } from './switch.js';

export interface HeadlineOptions extends BlocksOptions {
  /** `--window`, as `parseWindow` reads it; blocks are looked at whole all the same. */
  readonly window?: string;
}

/**
 * A run in a few numbers. Times in nanoseconds. What is absent the traces do not show, and `missing` says why.
 *
 * Sums are over all devices of all processes, in the window. Block figures are those of one process: the one whose
 * steady block is longest (or first block, where none has a steady one), since the others wait for it.
 */
export interface Headline extends RecordingLosses {
  readonly processes: number;
  readonly devices: number;
  /** `busyNs + idleNs`. */
  readonly spanNs: number;
  readonly busyNs: number;
  readonly idleNs: number;
  /** `idleNs / spanNs`. */
  readonly idleShare: number;
  /** Every cause, 0 where none; they sum to `idleNs`. */
  readonly idleByCause: Readonly<Record<Cause, number>>;
  readonly gapCount: number;
  readonly kernelNs: number;
  /** Ops that started in the window. */
  readonly ops: number;
  /** Of which process and device the block figures are. */
  readonly blocksOf?: { readonly pid: number; readonly device: number };
  readonly blockCount?: number;
  readonly firstBlockNs?: number;
  /** Median (nearest rank) of the steady blocks. */
  readonly steadyBlockNs?: number;
  /** Each of them, in order of time. */
  readonly steadyNs?: readonly number[];
  readonly interFrameNs?: number;
  readonly framesPerBlock?: number;
  /** Mean over `switchCount` switches. */
  readonly switchLatencyNs?: number;
  readonly switchCount?: number;
  /** KV work of the process that has most of it: device time and the gaps before it, in the window. */
  readonly kvNs?: number;
  /** The same, a block: the mean over the steady blocks, or over all where none is steady. */
  readonly kvBlockNs?: number;
  /** `kvBlockNs` over the mean latency of those blocks. */
  readonly kvShareOfBlock?: number;
  /** Why something is absent, in the analyzers' words. */
  readonly missing: { readonly blocks?: string; readonly switch?: string; readonly kv?: string };
  readonly notices: readonly string[];
}

/**
 * The headline numbers of a run, given as the traces of its processes; taken from the analyzers behind `gaps`,
 * `switch` and `kv`.
 * @throws UserError if there is no GPU work, or no process has the device, window, blocks or switches asked for
 */
export function headline(traces: readonly Trace[], options: HeadlineOptions = {}): Headline {
  const { sums, failure } = addUp(traces, options);
  if (sums.devices === 0) throw failure ?? new UserError('The run holds no process with GPU work.');
  const blocks = slowestBlocks(traces, options);
  const kv = mostKv(traces, options);
  return {
    ...sums,
    processes: traces.length,
    idleShare: sums.spanNs > 0 ? sums.idleNs / sums.spanNs : 0,
    ...recordingLosses(traces),
    ...blocks.figures,
    ...kv.figures,
    missing: { ...blocks.missing, ...kv.missing },
    notices: blocks.notices,
  };
}

interface Sums {
  devices: number;
  spanNs: number;
  busyNs: number;
  idleNs: number;
  gapCount: number;
  kernelNs: number;
  ops: number;
  idleByCause: Record<Cause, number>;
}

/** Processes without the device or window take no part. */
function addUp(
  traces: readonly Trace[],
  { device, window, rules }: HeadlineOptions,
): { sums: Sums; failure: UserError | undefined } {
  const none = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as Record<Cause, number>;
  const start = { devices: 0, spanNs: 0, busyNs: 0, idleNs: 0, gapCount: 0, kernelNs: 0, ops: 0 };
  const sums: Sums = { ...start, idleByCause: none };
  const options = {
    top: 0,
    ...(device === undefined ? {} : { device }),
    ...(window === undefined ? {} : { window }),
    ...(rules === undefined ? {} : { classes: rules.classes }),
  };
  let failure: UserError | undefined;
  for (const trace of traces) {
    const outcome = attempt(() => analyzeGaps(trace, options));
    if ('error' in outcome) {
      failure ??= outcome.error;
      continue;
    }
    for (const one of outcome.result.devices) {
      sums.devices++;
      sums.spanNs += one.window.spanNs;
      sums.busyNs += one.busyNs;
      sums.idleNs += one.idleNs;
      sums.gapCount += one.gapCount;
      sums.kernelNs += one.kernelNs;
      const { kernel, memcpy, memset, graph } = one.ops;
      sums.ops += kernel + memcpy + memset + graph;
      for (const cause of CAUSES) sums.idleByCause[cause] += one.idleByCause[cause];
    }
  }
  return { sums, failure };
}

type BlockFigures = Pick<
  Headline,
  | 'blocksOf'
  | 'blockCount'
  | 'firstBlockNs'
  | 'steadyBlockNs'
  | 'steadyNs'
  | 'interFrameNs'
  | 'framesPerBlock'
  | 'switchLatencyNs'
  | 'switchCount'
>;

interface Found<F> {
  readonly figures: F;
  readonly missing: Headline['missing'];
  readonly notices: readonly string[];
}

/** @throws UserError if blocks or switches were asked for by name, and no process has them */
function slowestBlocks(traces: readonly Trace[], options: HeadlineOptions): Found<BlockFigures> {
  const [slowest] = runBlocks(traces, options);
  if (slowest === undefined) return noBlocks(traces, options);
  const switches = attempt(() => analyzeSwitch(slowest.trace, options));
  if ('error' in switches) {
    if (options.switch !== undefined) throw switches.error;
    const missing = { switch: switches.error.message };
    return { figures: blockFigures(slowest), missing, notices: slowest.notices };
  }
  const { meanLatencyNs, switches: found, notices } = switches.result;
  return {
    figures: {
      ...blockFigures(slowest),
      ...(meanLatencyNs === undefined ? {} : { switchLatencyNs: meanLatencyNs, switchCount: found.length }),
    },
    missing: options.switch === NO_SWITCHES ? { switch: 'none was looked for: --switch none' } : {},
    notices,
  };
}

function noBlocks(traces: readonly Trace[], options: HeadlineOptions): Found<BlockFigures> {
  const [failure] = traces.flatMap((trace) => {
    const outcome = attempt(() => analyzeBlocks(trace, options));
    return 'error' in outcome ? [outcome.error] : [];
  });
  if (options.block !== undefined && failure !== undefined) throw failure;
  const why = failure?.message ?? 'the run has no blocks';
  return { figures: {}, missing: { blocks: why, switch: why }, notices: [] };
}

function blockFigures(result: BlocksResult): BlockFigures {
  const { blocks, steadyBlockNs, interFrameNs, framesPerBlock } = result;
  const first = blocks.find(({ role }) => role === 'first');
  const steady = blocks.flatMap(({ role, durationNs }) => (role === 'steady' ? [durationNs] : []));
  return {
    blocksOf: { pid: result.pid, device: result.device },
    blockCount: blocks.length,
    ...(first === undefined ? {} : { firstBlockNs: first.durationNs }),
    ...(steadyBlockNs === undefined ? {} : { steadyBlockNs, steadyNs: steady }),
    ...(interFrameNs === undefined ? {} : { interFrameNs }),
    ...(framesPerBlock === undefined ? {} : { framesPerBlock }),
  };
}

type KvFigures = Pick<Headline, 'kvNs' | 'kvBlockNs' | 'kvShareOfBlock'>;

function mostKv(traces: readonly Trace[], options: HeadlineOptions): Found<KvFigures> {
  let most: KvResult | undefined;
  let why: string | undefined;
  for (const trace of traces) {
    const outcome = attempt(() => analyzeKv(trace, options));
    if ('error' in outcome) why ??= outcome.error.message;
    else if (most === undefined || kvTime(outcome.result) > kvTime(most)) most = outcome.result;
  }
  if (most === undefined) {
    return { figures: {}, missing: { kv: why ?? 'there is no process' }, notices: [] };
  }
  const { basis, shareOfBlock } = most;
  return {
    figures: {
      kvNs: kvTime(most),
      ...(shareOfBlock === undefined
        ? {}
        : {
            kvBlockNs: Math.round((shareOfBlock * basis.durationNs) / basis.blocks),
            kvShareOfBlock: shareOfBlock,
          }),
    },
    missing: {},
    notices: [],
  };
}

function kvTime({ total }: KvResult): number {
  return total.gpuNs + total.idleNs;
}

function attempt<T>(analyze: () => T): { readonly result: T } | { readonly error: UserError } {
  try {
    return { result: analyze() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { error };
  }
}
