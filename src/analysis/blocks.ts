import type { Trace } from '../trace/trace.js';
import type { BlockRole, FillingRule } from './block-roles.js';
import { blockTimeline, type BlockTimeline } from './block-timeline.js';
import type { BlocksOptions } from './blocks-options.js';
import { percentile } from './percentile.js';

/** One temporal block: its projection on the device and its role. */
export interface Block {
  /** The range's name. */
  readonly name: string;
  /** First op start, ns since the trace's start. */
  readonly startNs: number;
  /** First op start to last op end. */
  readonly durationNs: number;
  readonly role: BlockRole;
}

/** Block latencies and the steady state of one device. Absent: not known, and a notice says why. */
export interface BlocksResult {
  readonly pid: number;
  readonly device: number;
  /** In order of time. */
  readonly blocks: readonly Block[];
  readonly fillingFrom: FillingRule;
  /** Names of the blocks that `steadyBlockNs` is the median of. */
  readonly steadyBlocks: readonly string[];
  /** Median (nearest rank) of the steady blocks. */
  readonly steadyBlockNs?: number;
  readonly framesPerBlock?: number;
  readonly framesPerBlockFrom?: 'run.json' | 'option';
  /** `steadyBlockNs / framesPerBlock`, a latent frame, to the nanosecond. */
  readonly interFrameNs?: number;
  readonly notices: readonly string[];
}

/**
 * Block latencies, roles and the steady state; a trace without switches is no error here.
 * @throws UserError if there are no blocks.
 */
export function analyzeBlocks(trace: Trace, options: BlocksOptions = {}): BlocksResult {
  return blocksOf(trace, blockTimeline(trace, options, true), options);
}

export function blocksOf(trace: Trace, timeline: BlockTimeline, options: BlocksOptions): BlocksResult {
  const { device, fillingFrom, config } = timeline;
  const blocks = timeline.blocks.map(({ name, startNs, endNs, state }) => ({
    name,
    startNs,
    durationNs: endNs - startNs,
    role: state.role,
  }));
  const steady = blocks.filter(({ role }) => role === 'steady');
  const notices = [...timeline.notices];
  const framesPerBlock = options.framesPerBlock ?? config.framesPerBlock;
  if (steady.length === 0) notices.push('no block is steady: the trace ends before the window is full');
  if (framesPerBlock === undefined) {
    notices.push('frames per block are not known, so no inter-frame latency: --frames-per-block N');
  }
  const times = Float64Array.from(steady, ({ durationNs }) => durationNs);
  const steadyBlockNs = steady.length === 0 ? undefined : percentile(times, 0.5);
  return {
    pid: trace.pid,
    device,
    blocks,
    fillingFrom,
    steadyBlocks: steady.map(({ name }) => name),
    ...(steadyBlockNs === undefined ? {} : { steadyBlockNs }),
    ...(framesPerBlock === undefined
      ? {}
      : {
          framesPerBlock,
          framesPerBlockFrom: options.framesPerBlock === undefined ? 'run.json' : 'option',
        }),
    ...(steadyBlockNs === undefined || framesPerBlock === undefined
      ? {}
      : { interFrameNs: Math.round(steadyBlockNs / framesPerBlock) }),
    notices,
  };
}
