import type { Block } from './blocks.js';
import type { CompareBasis } from './compare-result.js';
import type { RunSums } from './compare-sums.js';
import { changeOf, latencyChange, type Latencies, type LatencyChange } from './latency-change.js';
import { switchLatencies, type ProcessBlocks } from './run-blocks.js';

export interface ComparedRun {
  /** Of its processes, the slowest first; none where blocks were not looked at. */
  readonly blocks: readonly ProcessBlocks[];
  readonly sums: RunSums;
}

/**
 * The latencies that two runs are judged by: of blocks, as `gapscope switch` has them, of the slowest process; and of
 * what a window names.
 */
export function headlineChanges(
  base: ComparedRun,
  candidate: ComparedRun,
  basis: CompareBasis,
): LatencyChange[] {
  const both = <T>(of: (run: ComparedRun) => T): [T, T] => [of(base), of(candidate)];
  const times = (wanted: (block: Block) => boolean): [number[], number[]] =>
    both(({ blocks }) => (blocks[0]?.blocks ?? []).filter(wanted).map(({ durationNs }) => durationNs));
  const isSteady = both(({ blocks }) => blocks[0]?.steadyBlockNs !== undefined);
  const inBoth = base.blocks.length > 0 && candidate.blocks.length > 0;
  const windows = both(({ sums }) => sums.windowsNs);
  const spans = both(({ sums }) => [sums.totals.spanNs]);
  return [
    latencyChange('steady-block', 'median', ...times(({ role }) => role === 'steady')),
    inBoth && !isSteady.every(Boolean) ? latencyChange('block', 'median', ...times(() => true)) : undefined,
    interFrame(base, candidate),
    latencyChange('switch', 'mean', ...both(({ blocks }) => switchLatencies(blocks[0]?.blocks ?? []))),
    latencyChange('first-block', 'median', ...times(({ role }) => role === 'first')),
    basis === 'instances' ? latencyChange('instance', 'median', ...windows) : undefined,
    basis === 'window' ? latencyChange('window', 'median', ...spans) : undefined,
  ].filter((change) => change !== undefined);
}

function interFrame(base: ComparedRun, candidate: ComparedRun): LatencyChange | undefined {
  const of = ({ blocks }: ComparedRun): Latencies | undefined => {
    const ns = blocks[0]?.interFrameNs;
    return ns === undefined ? undefined : { count: blocks[0]!.steadyBlocks.length, ns, minNs: ns, maxNs: ns };
  };
  const [one, other] = [of(base), of(candidate)];
  if (one === undefined && other === undefined) return undefined;
  return changeOf('inter-frame', 'quotient', one, other);
}
