import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import { blockTimeline, type BlockTimeline } from './block-timeline.js';
import type { BlocksOptions } from './blocks-options.js';
import { selectDeviceWindows } from './device-windows.js';
import { GapSplitter } from './gap-split.js';
import type { Groundwork } from './groundwork.js';
import { actionsOfBlocks } from './kv-actions.js';
import { bytesOfKvOps, type KvBytes } from './kv-bytes.js';
import { phaseOfOps } from './kv-phase.js';
import {
  KV_OPERATIONS,
  KV_PHASES,
  type KvBlock,
  type KvCost,
  type KvLayer,
  type KvOperation,
  type KvResult,
  type KvRow,
} from './kv-result.js';
import { kvSavings } from './kv-savings.js';
import { KvSums, OPERATIONS, PHASES } from './kv-sums.js';
import { runThrough, type Sliced } from './slices.js';

export * from './kv-result.js';

export interface KvOptions extends BlocksOptions {
  /** `--window`, as `parseWindow` reads it. */
  readonly window?: string;
  /** Copy bandwidth to hold the operations against, bytes read + written a second; the device's rated one by default. */
  readonly bandwidth?: number;
}

/**
 * What the KV cache costs: time, gaps and bytes of its operations by phase, block and layer.
 * @throws UserError if nothing in the window is KV work.
 */
export function analyzeKv(trace: Trace, options: KvOptions = {}): KvResult {
  const timeline = blockTimeline(trace, options, false);
  return runThrough(kvInSlices(trace, timeline, options));
}

/** The same in slices, from work that others have done; the timeline must not have required any blocks. */
export function* kvInSlices(
  trace: Trace,
  timeline: BlockTimeline,
  options: KvOptions,
  ground?: Pick<Groundwork, 'splitter'>,
): Sliced<KvResult> {
  const { device, kv, blocks, launch } = timeline;
  const [selected] = selectDeviceWindows(trace, launch, {
    device,
    ...(options.window === undefined ? {} : { window: options.window }),
  });
  const { windows, window } = selected!;
  yield;
  const phase = phaseOfOps(kv, blocks);
  yield;
  const bytes = bytesOfKvOps(trace, kv, phase, blocks);
  yield;
  const inWindow = blocks.flatMap(({ startNs, endNs }, b) =>
    windows.some((one) => one.startNs <= startNs && endNs <= one.endNs) ? [b] : [],
  );
  const steady = inWindow.filter((b) => blocks[b]!.state.role === 'steady');
  const basis = steady.length > 0 ? steady : inWindow;
  const sums = new KvSums(trace, timeline, phase, bytes, basis);
  yield* sums.run(ground?.splitter ?? new GapSplitter(trace), windows);
  if (sums.total.cost(0).ops === 0) throw nothingFound(trace, kv.length > 0, options.window);

  const peak = peakOf(trace, device, options.bandwidth);
  const total = sums.total.cost(0);
  const durationNs = basis.reduce((sum, b) => sum + blocks[b]!.endNs - blocks[b]!.startNs, 0);
  const { idleAfterReadsNs } = sums;
  const basisNs = basis.reduce((sum, b) => sum + sums.blocks.gpuNs(b) + sums.blocks.idleNs(b), 0);
  return {
    schema: 'gapscope.kv/1',
    pid: trace.pid,
    window,
    ...(peak === undefined ? {} : { peak }),
    total: { ...total, share: (total.gpuNs + total.idleNs) / window.spanNs },
    rows: rowsOf(sums, peak?.bytesPerSecond),
    blocks: blocksOf(timeline, sums, phase, inWindow),
    basis: { role: steady.length > 0 ? 'steady' : 'all', blocks: basis.length, durationNs },
    ...(durationNs === 0 ? {} : { shareOfBlock: basisNs / durationNs }),
    layers: layersOf(sums),
    savings: kvSavings({ blocks: basis.length, durationNs, costs: sums.basis, idleAfterReadsNs }),
    estimates: bytes.rules,
    notices: noticesOf(timeline, bytes, peak === undefined),
  };
}

function rowsOf(sums: KvSums, peak: number | undefined): KvRow[] {
  const rows: KvRow[] = [];
  KV_OPERATIONS.forEach((operation, o) => {
    KV_PHASES.forEach((phase, p) => {
      const group = o * PHASES + p;
      if (!sums.rows.has(group)) return;
      const cost = sums.rows.cost(group);
      const share =
        peak === undefined || cost.bytesPerSecond === undefined
          ? {}
          : { shareOfPeak: cost.bytesPerSecond / peak };
      rows.push({ operation, phase, ...cost, idleByCause: sums.causesOf(group), ...share });
    });
  });
  return rows;
}

function blocksOf(
  { kv, blocks }: BlockTimeline,
  sums: KvSums,
  phase: Uint8Array,
  inWindow: readonly number[],
): KvBlock[] {
  const actions = actionsOfBlocks(kv, phase, blocks.length);
  return inWindow.map((b) => {
    const { name, state, startNs, endNs } = blocks[b]!;
    const durationNs = endNs - startNs;
    const cost = sums.blocks.cost(b);
    const operations = byOperation((o) => {
      const group = b * OPERATIONS + o;
      return { gpuNs: sums.blockOperations.gpuNs(group), idleNs: sums.blockOperations.idleNs(group) };
    });
    const share = (cost.gpuNs + cost.idleNs) / durationNs;
    return { name, role: state.role, startNs, durationNs, ...cost, share, operations, actions: actions[b]! };
  });
}

function layersOf(sums: KvSums): KvLayer[] {
  return sums.layers.map((layer, l) => ({
    layer,
    ...sums.layerTotals.cost(l),
    operations: byOperation<KvCost>((o) => sums.layerOperations.cost(l * OPERATIONS + o)),
  }));
}

function byOperation<T>(of: (operation: number) => T): Record<KvOperation, T> {
  return Object.fromEntries(KV_OPERATIONS.map((name, o) => [name, of(o)])) as Record<KvOperation, T>;
}

function peakOf(trace: Trace, device: number, given: number | undefined): KvResult['peak'] {
  if (given !== undefined) return { bytesPerSecond: given, from: 'given' };
  const rated = trace.devices.find(({ id }) => id === device)?.limits.get('memoryBytesPerSecond');
  return rated === undefined || !(rated > 0) ? undefined : { bytesPerSecond: rated, from: 'rated' };
}

function noticesOf(
  { blocks, blockPattern, notices }: BlockTimeline,
  { bytes }: KvBytes,
  noPeak: boolean,
): string[] {
  const own = [...notices];
  if (blocks.length === 0) {
    own.push(
      `no range is called '${blockPattern}': no blocks, so no phase 'filling', nothing a block, no bounds. ` +
        '--block PATTERN names them',
    );
  }
  if (bytes.every(Number.isNaN)) own.push('no operation has known bytes');
  else if (noPeak) {
    own.push("the device's bandwidth was not recorded: --bandwidth GB/s gives one to compare with");
  }
  return own;
}

function nothingFound(trace: Trace, elsewhere: boolean, window: string | undefined): UserError {
  if (elsewhere) {
    return new UserError(`Nothing in '${window}' is KV-cache work.`, {
      hint: 'Without --window the whole trace is looked at.',
    });
  }
  const names = "'kv_clone', 'kv_roll_and_insert', 'kv_direct_insert', 'kv_concat', '_apply_cache_updates'";
  return new UserError(`The trace '${trace.name}' shows no KV-cache operations.`, {
    hint:
      trace.ranges.length === 0
        ? `It has no NVTX ranges. Put ranges called ${names} around them (docs/kv-and-switch.md).`
        : `They are found by the ranges around them: ${names} and the like (docs/kv-and-switch.md).`,
  });
}
