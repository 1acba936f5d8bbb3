import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import { blockTimeline, NO_SWITCHES } from './block-timeline.js';
import type { BlocksOptions } from './blocks-options.js';
import { blocksOf, type Block, type BlocksResult } from './blocks.js';

/** A process's temporal blocks, and the device they ran on. */
export interface ProcessBlocks extends BlocksResult {
  readonly trace: Trace;
}

/**
 * The processes of a run that made temporal blocks, the slowest first: the one whose steady block is longest (or first
 * block, where none has a steady one). The others wait for it, so the run's latencies are its.
 * @throws UserError if a pattern or a device was asked for that no process has
 */
export function runBlocks(traces: readonly Trace[], options: BlocksOptions): ProcessBlocks[] {
  const found: ProcessBlocks[] = [];
  let failure: UserError | undefined;
  let looked = 0;
  for (const trace of traces) {
    try {
      const timeline = blockTimeline(trace, options, false);
      looked++;
      if (timeline.blocks.length > 0) found.push({ trace, ...blocksOf(trace, timeline, options) });
    } catch (error) {
      // A process without such ranges (a data loader) takes no part.
      if (!(error instanceof UserError)) throw error;
      failure ??= error;
    }
  }
  if (looked === 0 && failure !== undefined && isGiven(options)) throw failure;
  return found.sort((a, b) => ownLatency(b, found) - ownLatency(a, found));
}

/** Without anything asked for, a run that holds no GPU work is a matter for whoever looks at its windows. */
function isGiven(options: BlocksOptions): boolean {
  const { block, device } = options;
  const given = options.switch !== undefined && options.switch !== NO_SWITCHES;
  return block !== undefined || device !== undefined || given;
}

function ownLatency(one: ProcessBlocks, all: readonly ProcessBlocks[]): number {
  const isSteady = all.some(({ steadyBlockNs }) => steadyBlockNs !== undefined);
  return (isSteady ? one.steadyBlockNs : one.blocks[0]?.durationNs) ?? 0;
}

/** Each switch block less the block before it. */
export function switchLatencies(blocks: readonly Block[]): number[] {
  return blocks.flatMap(({ role, durationNs }, b) =>
    role === 'switch' && b > 0 ? [durationNs - blocks[b - 1]!.durationNs] : [],
  );
}
