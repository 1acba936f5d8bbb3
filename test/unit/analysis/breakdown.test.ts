import { describe, expect, it } from 'vitest';
import { analyzeBreakdown, type DeviceBreakdown } from '../../../src/analysis/breakdown.js';
import { withUserRules, type UserRules } from '../../../src/analysis/rules.js';
import { buildTrace, type TraceRows } from './build-trace.js';

const NO_RULES: UserRules = { ranges: [], kernels: [] };

function breakDown(rows: TraceRows, options: Parameters<typeof analyzeBreakdown>[1] = {}): DeviceBreakdown {
  return analyzeBreakdown(buildTrace(rows), options).devices[0]!;
}

/** A launch at `at` of an op at `[start, end)`. */
let nextCorrelation = 1;
function launched(
  rows: Required<Pick<TraceRows, 'ops' | 'calls'>>,
  at: number,
  start: number,
  end: number,
  more: { name?: string; thread?: number; kind?: number; stream?: number } = {},
): void {
  const correlation = nextCorrelation++;
  const { thread = 1, ...op } = more;
  rows.calls.push({ start: at, end: at + 1, name: 'cudaLaunchKernel', thread, correlation });
  rows.ops.push({ start, end, correlation, ...op });
}

/** Two blocks of two layers, one pass each; layer 1 of the second block rolls. */
function twoBlocks(): TraceRows {
  const rows = { ops: [], calls: [], ranges: [] } as Required<Pick<TraceRows, 'ops' | 'calls' | 'ranges'>>;
  for (const block of [0, 1]) {
    const b = block * 1000;
    rows.ranges.push({ start: b, end: b + 900, name: `temporal_block_${block}` });
    for (const layer of [0, 1]) {
      const l = b + layer * 400;
      rows.ranges.push({ start: l + 10, end: l + 390, name: `transformer_block_${layer}` });
      rows.ranges.push({ start: l + 20, end: l + 200, name: 'self_attn' });
      rows.ranges.push({ start: l + 30, end: l + 40, name: 'kv_temp_clone' });
      launched(rows, l + 31, l + 50, l + 60, { kind: 1 });
      if (block === 1 && layer === 1) {
        rows.ranges.push({ start: l + 41, end: l + 45, name: 'kv_roll_and_insert' });
        launched(rows, l + 42, l + 60, l + 67, { kind: 1 });
      }
      rows.ranges.push({ start: l + 50, end: l + 60, name: 'attention' });
      launched(rows, l + 51, l + 100, l + 180 + 10 * layer, { name: 'flash_fwd_kernel' });
      launched(rows, l + 61, l + 190, l + 200, { name: 'gemm' });
      rows.ranges.push({ start: l + 205, end: l + 240, name: 'ffn' });
      launched(rows, l + 210, l + 210, l + 240, { name: 'gemm' });
      launched(rows, l + 300, l + 300, l + 305, { name: 'vectorized_elementwise_kernel' });
    }
    rows.ranges.push({ start: b + 810, end: b + 850, name: '_apply_cache_updates' });
    launched(rows, b + 811, b + 820, b + 840, { kind: 1 });
  }
  return rows;
}

describe('a small pipeline by hand', () => {
  const device = breakDown(twoBlocks());
  const node = (path: string) => device.tree.find((one) => one.path === path)!;
  const row = (label: string, scope = 'layer') =>
    device.layerTable.rows.find((one) => one.label === label && one.scope === scope);

  it('has a node a template path, parents first, siblings by time', () => {
    expect(device.tree.map(({ depth, template }) => `${depth} ${template}`)).toEqual([
      '0 temporal_block_#',
      '1 transformer_block_#',
      '2 self_attn',
      // 540: 40 of its own, and the waits since the layer, or the block, before.
      '3 kv_temp_clone',
      // 493
      '3 attention',
      '3 kv_roll_and_insert',
      '2 ffn',
      '1 _apply_cache_updates',
    ]);
    expect(device.window).toMatchObject({ startNs: 50, endNs: 1840, spanNs: 1790 });
  });

  it('counts instances, ops and time, own and with what is inside', () => {
    // A layer: clone 10, attention 80 or 90, projection 10 (the first of layer 1 abuts), ffn 30, elementwise 5.
    expect(node('temporal_block_#')).toMatchObject({
      instances: 2,
      ops: 23,
      ownOps: 0,
      gpuNs: 4 * (10 + 10 + 30 + 5) + 2 * (80 + 90) + 7 + 2 * 20,
      busyNs: 607,
      idleNs: 1790 - 607,
      // Of the gap before it, all belongs to the op that ends it, the first of the second block.
      share: 1,
    });
    expect(node('temporal_block_# > transformer_block_#')).toMatchObject({
      instances: 4,
      ops: 21,
      ownOps: 4,
      ownGpuNs: 20,
      // 60 from the end of the ffn to the elementwise op, each.
      ownIdleNs: 4 * 60,
    });
    // Layer 0: from 50 to 305; layer 1 alike.
    expect(node('temporal_block_# > transformer_block_#').duration).toEqual({
      meanNs: 255,
      p50Ns: 255,
      p95Ns: 255,
    });
    expect(node('temporal_block_# > transformer_block_# > self_attn > attention')).toMatchObject({
      instances: 4,
      ops: 4,
      gpuNs: 340,
      // 40 after each clone, 33 after the roll.
      idleNs: 3 * 40 + 33,
      duration: { meanNs: 85, p50Ns: 80, p95Ns: 90 },
    });
  });

  it('gives the table by layer', () => {
    expect(device.layerTable).toMatchObject({
      passes: 4,
      blocks: 2,
      layerTemplates: ['transformer_block_#'],
      blockTemplates: ['temporal_block_#'],
    });
    expect(row('self-attention, first')).toMatchObject({
      ns: 160,
      count: 2,
      perBlockNs: 80,
      idleBeforeNs: 80,
    });
    expect(row('self-attention, rest')).toMatchObject({
      ns: 180,
      count: 2,
      perBlockNs: 90,
      idleBeforeNs: 73,
    });
    expect(row('KV clone')).toMatchObject({
      ns: 40,
      ops: 4,
      count: 4,
      per: 'layer',
      each: { meanNs: 10, p50Ns: 10, p95Ns: 10 },
    });
    expect(row('KV roll and insert')).toMatchObject({
      ns: 7,
      count: 1,
      each: { meanNs: 7 },
      perBlockNs: 3.5,
    });
    expect(row('output projection')).toMatchObject({ ns: 40, ops: 4 });
    expect(row('MLP')).toMatchObject({ ns: 120, count: 4 });
    expect(row('norms, modulation')).toMatchObject({ ns: 20, count: 4 });
    expect(row('deferred KV update', 'block')).toMatchObject({
      ns: 40,
      per: 'range',
      count: 2,
      perBlockNs: 20,
    });
    expect(device.layerTable.layers.map(({ index, passes, busyNs }) => [index, passes, busyNs])).toEqual([
      [0, 2, 2 * 135],
      [1, 2, 2 * 145 + 7],
    ]);
  });

  it('takes what is in a recache out of the layer rows', () => {
    const rows = twoBlocks();
    rows.ranges!.push({ start: 1000, end: 1390, name: 'recache_after_switch' });
    rows.ranges!.sort((a, b) => a.start - b.start || b.end - a.end);
    const again = breakDown(rows);
    expect(again.layerTable.passes).toBe(3);
    const recache = again.layerTable.rows.find((one) => one.part === 'recache');
    expect(recache).toMatchObject({ ns: 135, scope: 'block', per: 'range', count: 1, perBlockNs: 67.5 });
  });

  it('follows the user rules', () => {
    const rules = withUserRules({
      ...NO_RULES,
      layer: 'temporal_block_#',
      ranges: [[/^ffn$/, 'other']],
      kernels: [[/elementwise/, 'rope']],
    });
    const own = breakDown(twoBlocks(), { rules }).layerTable;
    expect(own.layerTemplates).toEqual(['temporal_block_#']);
    expect(own.rows.find((one) => one.part === 'other')!.ns).toBe(120);
    expect(own.rows.find((one) => one.part === 'rope')!.ns).toBe(20);
    expect(own.rows.some((one) => one.part === 'mlp')).toBe(false);
  });
});

describe('bad input', () => {
  const make = () =>
    ({ ops: [], calls: [], ranges: [] }) as Required<Pick<TraceRows, 'ops' | 'calls' | 'ranges'>>;

  it('holds ranges that lie thousands deep in each other at a depth that can be shown, and counts them', () => {
    const rows = make();
    for (let i = 0; i < 5000; i++) {
      rows.ranges.push({ start: i, end: 20_000 - i, name: `r${'x'.repeat(i % 7)}` });
    }
    launched(rows, 6000, 30_000, 30_010);
    const device = breakDown(rows);
    expect(device.odd.deepRanges).toBe(5000 - 256);
    expect(Math.max(...device.tree.map(({ depth }) => depth))).toBe(255);
    expect(device.tree.reduce((sum, { ownOps }) => sum + ownOps, 0)).toBe(1);
    expect(device.odd.crossingRanges).toBe(0);
  });

  it('puts crossing ranges beside each other, each op in the one opened last, and counts them', () => {
    const rows = make();
    rows.ranges.push({ start: 0, end: 20, name: 'a' }, { start: 10, end: 30, name: 'b' });
    launched(rows, 5, 40, 50);
    launched(rows, 15, 50, 70);
    launched(rows, 25, 70, 75);
    const device = breakDown(rows);
    expect(device.odd.crossingRanges).toBe(1);
    expect(device.tree.map(({ path, ops, busyNs }) => [path, ops, busyNs])).toEqual([
      ['b', 2, 25],
      ['a', 1, 10],
    ]);
  });

  it('counts ranges that were never closed', () => {
    const rows = make();
    rows.ranges.push({ start: 0, end: 100, name: 'open' });
    launched(rows, 5, 40, 50);
    const trace = { ...buildTrace(rows), openRanges: [0] };
    const device = analyzeBreakdown(trace).devices[0]!;
    expect(device.odd.openRanges).toBe(1);
    expect(device.tree[0]).toMatchObject({ path: 'open', instances: 1, ops: 1 });
  });

  it('keeps threads apart, and sums what has one name', () => {
    const rows = make();
    rows.ranges.push(
      { start: 0, end: 50, name: 'step', thread: 1 },
      { start: 0, end: 50, name: 'step', thread: 2 },
      { start: 10, end: 20, name: 'inner', thread: 2 },
    );
    launched(rows, 12, 100, 110, { thread: 1 });
    launched(rows, 14, 110, 130, { thread: 2 });
    const device = breakDown(rows);
    expect(device.odd.pathsOnSeveralThreads).toBe(1);
    expect(device.tree.map(({ path, instances, ops, ownOps }) => [path, instances, ops, ownOps])).toEqual([
      ['step', 2, 2, 1],
      ['step > inner', 1, 1, 1],
    ]);
  });

  it('charges overlapping ops once, to the one that began first', () => {
    const rows = make();
    rows.ranges.push({ start: 0, end: 4, name: 'a' }, { start: 5, end: 9, name: 'b' });
    launched(rows, 1, 10, 30, { stream: 1 });
    launched(rows, 6, 20, 50, { stream: 1 });
    const device = breakDown(rows);
    expect(device.gpuNs).toBe(50);
    expect(device.busyNs).toBe(40);
    const of = (path: string) => device.tree.find((node) => node.path === path)!;
    expect([of('a').ownGpuNs, of('a').ownBusyNs]).toEqual([20, 20]);
    expect([of('b').ownGpuNs, of('b').ownBusyNs]).toEqual([30, 20]);
  });

  it('takes a negative duration as none, and counts it', () => {
    const rows = make();
    launched(rows, 1, 10, 20);
    launched(rows, 2, 30, 25);
    launched(rows, 3, 40, 50);
    const device = breakDown(rows);
    expect(device.odd.negativeDurations).toBe(1);
    expect(device.tree).toMatchObject([{ path: '(no range)', ops: 3, busyNs: 20, idleNs: 20, instances: 0 }]);
  });

  it('counts ops without a launch, outside any range', () => {
    const device = breakDown({ ops: [{ start: 0, end: 5, correlation: 9, name: 'gemm' }] });
    expect(device.odd.unknownLaunches).toBe(1);
    expect(device.layerTable.rows).toMatchObject([
      { scope: 'block', kind: 'busy', part: 'matmul', ns: 5, per: 'window' },
    ]);
  });

  it('lists start/end ranges beside the tree, each op once', () => {
    const rows = make();
    rows.ranges.push(
      { start: 0, end: 20, name: 'request_1', kind: 1 },
      { start: 10, end: 30, name: 'request_2', kind: 1 },
    );
    launched(rows, 5, 40, 50);
    launched(rows, 15, 50, 70);
    launched(rows, 25, 70, 75);
    launched(rows, 35, 75, 80);
    const device = breakDown(rows);
    expect(device.tree.map(({ path, ops }) => [path, ops])).toEqual([['(no range)', 4]]);
    expect(device.startEnd).toEqual([
      {
        template: 'request_#',
        instances: 2,
        duration: { meanNs: 27.5, p50Ns: 25, p95Ns: 30 },
        ops: 3,
        gpuNs: 35,
      },
    ]);
  });

  it('says how many instances the window cuts, and gives their whole durations', () => {
    const rows = make();
    rows.ranges.push({ start: 0, end: 9, name: 'step' });
    launched(rows, 1, 10, 30);
    launched(rows, 2, 40, 60);
    const device = breakDown(rows, { window: '20..50' });
    expect(device.tree[0]).toMatchObject({
      instances: 1,
      instancesCut: 1,
      duration: { meanNs: 50 },
      ops: 1,
      gpuNs: 20,
      busyNs: 20,
      idleNs: 10,
    });
  });
});

describe('graph replays', () => {
  it('have an instance of each captured range a replay', () => {
    const node = (local: number): number => 7 * 2 ** 32 + local;
    const device = breakDown({
      ranges: [
        { start: 0, end: 10, name: 'forward' },
        { start: 20, end: 30, name: 'forward' },
      ],
      calls: [
        { start: 1, end: 2, name: 'cudaGraphLaunch', correlation: 1 },
        { start: 21, end: 22, name: 'cudaGraphLaunch', correlation: 2 },
      ],
      ops: [100, 200].flatMap((start, replay) =>
        [0, 1, 2].map((local) => ({
          start: start + 10 * local,
          end: start + 10 * local + 8,
          correlation: replay + 1,
          graph: 7,
          graphNode: node(local),
        })),
      ),
      graphNodes: [0, 1, 2].flatMap((local) => [
        { start: 0, node: 3 * 2 ** 32 + local, graph: 3, stack: [2, 3, 3][local]! },
        { start: 0, node: node(local), original: 3 * 2 ** 32 + local, graph: 7 },
      ]),
      rangeStacks: [
        { id: 1, name: 'forward' },
        { id: 2, parent: 1, name: 'layer_0' },
        { id: 3, parent: 1, name: 'layer_1' },
      ],
    });
    expect(device.tree).toMatchObject([
      { path: 'forward', instances: 2, ops: 6, ownOps: 0 },
      {
        path: 'forward > layer_#',
        instances: 4,
        ops: 6,
        duration: { meanNs: (8 + 18) / 2, p50Ns: 8, p95Ns: 18 },
      },
    ]);
    expect(device.layerTable.layers.map(({ index, passes, busyNs }) => [index, passes, busyNs])).toEqual([
      [0, 2, 16],
      [1, 2, 32],
    ]);
  });
});
