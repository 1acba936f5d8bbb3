import type { Trace } from '../trace/trace.js';
import type { CompareBasis } from './compare-result.js';
import type { ComparedRun } from './headline-changes.js';
import { recordingLosses } from './recording-losses.js';
import type { RunDifference } from './run-differences.js';

export interface NotedRun extends ComparedRun {
  readonly traces: readonly Trace[];
}

export interface ComparedHow {
  readonly basis: CompareBasis;
  readonly per: 'total' | 'instance';
  readonly withBlocks: boolean;
  readonly differences: readonly RunDifference[];
  readonly optionsKnown: boolean;
}

/** What a reader must know before trusting the difference between two runs. */
export function compareNotices(base: NotedRun, candidate: NotedRun, how: ComparedHow): string[] {
  const notices = [
    ...basisNotices(base, candidate, how),
    ...recordingNotices(how.differences),
    ...framesNotice(base, candidate),
    ...oneNotices('base', base),
    ...oneNotices('candidate', candidate),
  ];
  const isChange = (one: RunDifference): boolean =>
    one.kind === 'option' && one.base !== undefined && one.candidate !== undefined;
  if (how.optionsKnown && !how.differences.some(isChange)) {
    notices.push(
      'no option named by both runs differs: the difference is the code, or that from one recording to the next',
    );
  }
  return notices;
}

function basisNotices(
  base: NotedRun,
  candidate: NotedRun,
  { basis, per, withBlocks }: ComparedHow,
): string[] {
  const without = [
    ...(base.blocks.length === 0 ? ['base'] : []),
    ...(candidate.blocks.length === 0 ? ['candidate'] : []),
  ];
  const found: string[] = [];
  if (withBlocks && without.length === 1) {
    found.push(`the ${without[0]} has no temporal blocks, so whole runs are compared: --block names its own`);
  }
  if (basis === 'blocks') {
    found.push('one of the runs has no steady block: all blocks are compared, whatever their role');
  }
  if (basis === 'blocks' || basis === 'steady-blocks') {
    found.push(...otherDevices('base', base), ...otherDevices('candidate', candidate));
  }
  const [one, other] = [base.sums.windowsNs.length, candidate.sums.windowsNs.length];
  if (per === 'total' && one !== other) {
    found.push(`the sums are over ${one} stretches of time in the base, and ${other} in the candidate`);
  }
  return found;
}

function recordingNotices(differences: readonly RunDifference[]): string[] {
  const differs = (kind: RunDifference['kind'], name: string): boolean =>
    differences.some((one) => one.kind === kind && one.name === name);
  const found: string[] = [];
  if (differs('recording', 'recorder')) {
    found.push(
      'recorded by different tools, each of which slows the program in its own way: host-side gaps above all',
    );
  }
  if (differs('recording', 'capture graphs')) {
    found.push(
      'CUDA graphs were recorded at different levels: one run has the ops of a replay, the other only whole replays',
    );
  }
  if (differs('machine', 'GPU')) found.push('different GPUs: what differs is not only the program');
  if (differs('machine', 'GPUs')) found.push('different numbers of GPUs: sums are over all of them');
  return found;
}

function framesNotice(base: NotedRun, candidate: NotedRun): string[] {
  const [one, other] = [base.blocks[0]?.framesPerBlock, candidate.blocks[0]?.framesPerBlock];
  if (one === undefined || other === undefined || one === other) return [];
  return [
    `a block makes ${one} frames in the base and ${other} in the candidate: compare inter-frame latency`,
  ];
}

function oneNotices(name: string, { traces, blocks, sums }: NotedRun): string[] {
  const { droppedOps = 0, zeroTimestamps = 0, unknownRecords = 0 } = recordingLosses(traces);
  const lost = droppedOps + zeroTimestamps + unknownRecords;
  return [
    ...(lost > 0 ? [`${lost} records were lost: gaps around them read as idle`] : []),
    ...(sums.totals.clippedNs > 0
      ? [`${sums.totals.clippedNs} ns lay in two instances, and count in the earlier`]
      : []),
    ...(blocks.length > 1
      ? [`latencies are those of process ${blocks[0]!.pid}, the slowest of ${blocks.length}`]
      : []),
    ...sums.leftOut.map((text) => `left out: ${text}`),
    ...(blocks[0]?.notices ?? []),
  ].map((text) => `${name}: ${text}`);
}

/** Blocks are looked at on one device of each process. */
function otherDevices(name: string, { blocks }: NotedRun): string[] {
  return blocks.flatMap(({ trace, device, pid }) => {
    const others = [...new Set(trace.ops.device)].filter((id) => id !== device).sort((a, b) => a - b);
    if (others.length === 0) return [];
    return [
      `${name}: of process ${pid} only GPU ${device} is compared, not ${others.join(', ')}: see --device`,
    ];
  });
}
