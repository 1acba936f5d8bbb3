import type { Trace } from '../trace/trace.js';
import { launchOfOps } from './launch.js';
import { projectRanges } from './projection.js';
import { matchRanges } from './window.js';

/** Temporal blocks as the pipelines name them (`temporal_block_3`, `temporal_block:3`). */
export const DEFAULT_BLOCK_PATTERN = 'temporal_block:#';

export interface BlockLatency {
  /** The range's name. */
  readonly name: string;
  readonly device: number;
  /** First op start of the block, ns since the trace's start. */
  readonly startNs: number;
  /** First op start to last op end. */
  readonly durationNs: number;
}

/**
 * The projection of every temporal block on a device, in order of the ranges' starts.
 * @throws UserError if no range matches `pattern`.
 */
export function blockLatencies(
  trace: Trace,
  device: number,
  pattern: string = DEFAULT_BLOCK_PATTERN,
  launch: Int32Array = launchOfOps(trace),
): BlockLatency[] {
  return projectRanges(trace, launch, device, matchRanges(trace, pattern)).map(
    ({ range, startNs, endNs }) => ({
      name: trace.strings[trace.ranges.name[range]!] ?? '',
      device,
      startNs,
      durationNs: endNs - startNs,
    }),
  );
}
