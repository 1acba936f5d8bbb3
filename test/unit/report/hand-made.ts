import { CAUSES } from '../../../src/analysis/causes.js';
import type { DeviceGapsResult } from '../../../src/analysis/gaps.js';
import type { Hotspot } from '../../../src/analysis/hotspots.js';
import type { InfoResult } from '../../../src/analysis/info.js';
import type { DeviceKernelsResult, KernelRow } from '../../../src/analysis/kernels-result.js';
import type { DeviceOverlapResult, HostWait } from '../../../src/analysis/overlap-result.js';
import type { SwitchResult } from '../../../src/analysis/switch.js';
import { NO_EXAMPLES } from '../../../src/report/examples.js';
import type { ReportResults } from '../../../src/report/results.js';

/** Results made by hand: a window of 1 ms on one GPU, with as much in it as a test asks for. */

const WINDOW = { device: 0, startNs: 0, endNs: 1e6, spanNs: 1e6 };

export function gapsResult(
  idle: Partial<DeviceGapsResult['idleByCause']>,
  hotspots: readonly Hotspot[] = [],
): DeviceGapsResult {
  const idleByCause = Object.fromEntries(
    CAUSES.map((cause) => [cause, idle[cause] ?? 0]),
  ) as DeviceGapsResult['idleByCause'];
  const idleNs = Object.values(idleByCause).reduce((sum, ns) => sum + ns, 0);
  return {
    pid: 7,
    window: WINDOW,
    windows: 1,
    clippedNs: 0,
    busyNs: 1e6 - idleNs,
    idleNs,
    gapCount: 10,
    ops: { kernel: 100, memcpy: 5, memset: 1, graph: 0 },
    kernelNs: 1e6 - idleNs,
    idleByCause,
    hotspots,
    hotspotsOmitted: { count: 0, totalNs: 0 },
    queuedBehind: [],
    unknownLaunches: 0,
    graphOps: { total: 0, attributed: 0, outsideRanges: 0 },
    negativeDurations: 0,
  };
}

export function hotspot(own: Partial<Hotspot>): Hotspot {
  return {
    before: 'matmul',
    after: 'elementwise',
    path: 'temporal_block_# > layer_#',
    cause: 'host',
    count: 4,
    totalNs: 40_000,
    share: 0.04,
    medianNs: 10_000,
    p95Ns: 12_000,
    example: { startNs: 123_000, durationNs: 12_000, beforeName: 'gemm', afterName: 'add' },
    ...own,
  };
}

export function kernelRow(own: Partial<KernelRow>): KernelRow {
  return {
    name: 'gemm',
    fullName: 'gemm<float>',
    class: 'matmul',
    count: 10,
    totalNs: 500_000,
    share: 0.5,
    shareOfWindow: 0.5,
    meanNs: 50_000,
    p50Ns: 50_000,
    p95Ns: 60_000,
    shapes: 1,
    main: { share: 1, schedule: 'unknown' },
    tailNs: 0,
    idleSmNs: 0,
    short: { count: 0, share: 0, totalNs: 0 },
    path: 'temporal_block_# > layer_#',
    pathShare: 1,
    ...own,
  };
}

export function kernelsResult(
  kernels: readonly KernelRow[],
  own: Partial<DeviceKernelsResult> = {},
): DeviceKernelsResult {
  return {
    pid: 7,
    window: WINDOW,
    windows: 1,
    clippedNs: 0,
    busyNs: 900_000,
    kernelNs: kernels.reduce((sum, { totalNs }) => sum + totalNs, 0),
    count: kernels.reduce((sum, { count }) => sum + count, 0),
    rowCount: kernels.length,
    kernels,
    omitted: { count: 0, totalNs: 0, launches: 0 },
    tailNs: 0,
    idleSmNs: 0,
    short: { count: 0, totalNs: 0 },
    scheduleNs: { persistent: 0, waves: 0, 'one-wave': 0, 'few-blocks': 0, unknown: 0 },
    ...own,
  };
}

export function overlapResult(
  waits: readonly HostWait[],
  own: Partial<DeviceOverlapResult> = {},
): DeviceOverlapResult {
  const sum = (key: 'count' | 'totalNs' | 'idleNs'): number =>
    waits.reduce((total, wait) => total + wait[key], 0);
  return {
    pid: 7,
    window: WINDOW,
    windows: 1,
    clippedNs: 0,
    busyNs: 900_000,
    idleNs: 100_000,
    concurrency: [
      { ops: 0, totalNs: 100_000, share: 0.1 },
      { ops: 1, totalNs: 900_000, share: 0.9 },
    ],
    meanOps: 1,
    streams: [],
    copies: { busyNs: 0, hiddenNs: 0, exposedNs: 0, kinds: [] },
    hostWaits: {
      count: sum('count'),
      totalNs: sum('totalNs'),
      idleNs: sum('idleNs'),
      waits,
      omitted: { count: 0, totalNs: 0 },
    },
    ...own,
  };
}

export function switchResult(own: Partial<SwitchResult>): SwitchResult {
  return {
    schema: 'gapscope.switch/1',
    pid: 7,
    device: 0,
    blocks: [
      { name: 'temporal_block_0', startNs: 0, durationNs: 400_000, role: 'first' },
      { name: 'temporal_block_1', startNs: 400_000, durationNs: 519_300, role: 'steady' },
      { name: 'temporal_block_2', startNs: 919_300, durationNs: 881_240, role: 'switch' },
    ],
    fillingFrom: 'none',
    steadyBlocks: ['temporal_block_1'],
    steadyBlockNs: 519_300,
    framesPerBlock: 3,
    interFrameNs: 173_100,
    notices: [],
    switches: [],
    amortised: [],
    ...own,
  };
}

const INFO: InfoResult = {
  name: 'by-hand',
  path: 'traces/by-hand.trace',
  pid: 7,
  command: 'python run.py',
  devices: [{ id: 0, name: 'Some GPU', ops: 106 }],
  versions: { driver: '1.2', library: '0.1.0' },
  source: undefined,
  startedAt: '2026-01-02T03:04:05.000Z',
  spanNs: 1e6,
  gpuSpanNs: 1e6,
  ops: { total: 106, kernel: 100, memcpy: 5, memset: 1, graph: 0, inGraphs: 0 },
  kernelNames: 3,
  streams: 1,
  calls: 200,
  threads: 1,
  ranges: { total: 12, marks: 0, open: 0 },
  graphs: 0,
  lost: { dropped: 0, zeroTimestamps: 0, unknownRecords: 0, droppedUnwritten: 0 },
  capture: 'on',
  foreignBuffers: false,
  cleanExit: true,
  bytesOnDisk: 4242,
  config: {},
  run: undefined,
  notices: [],
};

export interface Parts {
  readonly info?: Partial<InfoResult>;
  readonly gaps?: DeviceGapsResult;
  readonly kernels?: DeviceKernelsResult;
  readonly overlap?: DeviceOverlapResult;
  readonly rest?: Partial<ReportResults>;
}

/** What a test does not give was refused by its analyzer. */
export function results({ info, gaps, kernels, overlap, rest }: Parts = {}): ReportResults {
  return {
    info: { ...INFO, ...info },
    gpu: 'Some GPU (GPU 0)',
    windowText: undefined,
    leftOut: [],
    gaps: { schema: 'gapscope.gaps/1', devices: [gaps ?? gapsResult({ host: 20_000 })] },
    layers: { refused: 'No layers.' },
    kv: { refused: 'No KV cache.' },
    switches: { refused: 'No blocks.' },
    noSwitch: undefined,
    kernels:
      kernels === undefined
        ? { refused: 'No kernels.' }
        : { result: { schema: 'gapscope.kernels/1', by: 'name', devices: [kernels] } },
    overlap:
      overlap === undefined
        ? { refused: 'Nothing overlaps.' }
        : { result: { schema: 'gapscope.overlap/1', devices: [overlap] } },
    examples: NO_EXAMPLES,
    axis: { pid: 7, device: 0, offsetNs: 0, endNs: 2e6 },
    path: 'traces/by-hand.trace',
    ...rest,
  };
}
