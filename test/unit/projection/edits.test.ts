import { describe, expect, test } from 'vitest';
import { whatIfContext } from '../../../src/projection/context.js';
import { parseEdit } from '../../../src/projection/edits/registry.js';
import { LINK } from '../../../src/projection/replay/start-costs.js';
import { whatIf, type WhatIfOptions, type WhatIfResult } from '../../../src/projection/whatif.js';
import type { Trace } from '../../../src/trace/trace.js';
import { pipeline, startCost, type Item } from './pipeline.js';

/** The host is far ahead: only the device counts. Or it is behind: only the host does. */
const AHEAD = { gap: 10, own: 20 };
const BEHIND = { gap: 40_000, own: 3_000 };
const LAUNCHED = startCost('kernel', 'kernel');
const IN_GRAPH = startCost('kernel', 'kernel', LINK.inGraph);

function predicted(trace: Trace, apply: string | readonly string[], options: WhatIfOptions = {}): number {
  const result = whatIf(trace, { ...options, apply: typeof apply === 'string' ? [apply] : apply });
  const [row] = result.edits;
  if (row?.applies !== true) throw new Error(`${row?.edit}: ${row?.reason}`);
  expect(result.target.replayNs).toBe(result.target.baseNs);
  return row.predictedNs;
}

function refused(trace: Trace, apply: string): string {
  const [row] = whatIf(trace, { apply: [apply] }).edits;
  if (row?.applies !== false) throw new Error(`${apply} applies`);
  return row.reason;
}

function base(trace: Trace): WhatIfResult['target'] {
  return whatIf(trace, { apply: ['bandwidth=1'] }).target;
}

/** A device-bound span of ops: their time and the start costs between them. */
function span(...ns: number[]): number {
  return ns.reduce((a, b) => a + b) + (ns.length - 1) * LAUNCHED;
}

const blocks = (count: number, items: (block: string) => Item[]): Item[] =>
  Array.from({ length: count }, (_, b) => items(`temporal_block_${b}`)).flat();

describe('cuda-graphs', () => {
  const kernels = (block: string, count: number): Item[] =>
    Array.from({ length: count }, () => ({ in: block, ns: 2_000 }));

  test('a host-bound block becomes device-bound: nodes and what lies between them', () => {
    const trace = pipeline(
      blocks(3, (block) => kernels(block, 20)),
      BEHIND,
    );
    expect(base(trace).baseNs).toBe(19 * 43_000 + 2_000);
    expect(predicted(trace, 'cuda-graphs')).toBe(20 * 2_000 + 19 * IN_GRAPH);
  });

  test('short nodes wait for their submission', () => {
    const short = blocks(2, (block) => Array.from({ length: 50 }, () => ({ in: block, ns: 100 })));
    // 1,200 ns to submit each, more than 100 ns and what lies between two nodes.
    expect(predicted(pipeline(short, BEHIND), 'cuda-graphs')).toBe(49 * 1_200 + 100);
  });

  test('ends where the host waits, and goes on after it', () => {
    const wait = (block: string): Item => ({ in: block, kind: 'sync' });
    const trace = pipeline(
      blocks(2, (block) => [...kernels(block, 10), wait(block), ...kernels(block, 10), wait(block)]),
      BEHIND,
    );
    const result = whatIf(trace, { apply: ['cuda-graphs'] }).edits[0]!;
    // From one graph launch to the next: its nodes, the host, a wait for what was done long ago, the host again.
    const between = 72 * 10 + 10 * 1_200 + 40_000 + 1_950 + 40_000;
    expect(result).toMatchObject({ applies: true, predictedNs: between + 10 * 2_000 + 9 * IN_GRAPH });
    expect(result.applies && result.evidence.callsRemoved).toBe(18);
  });

  test('no-sync first makes one graph of it, whatever the order given', () => {
    const trace = pipeline(
      blocks(2, (block) => [...kernels(block, 10), { in: block, kind: 'sync' }, ...kernels(block, 10)]),
      BEHIND,
    );
    const whole = 20 * 2_000 + 19 * IN_GRAPH;
    expect(predicted(trace, ['cuda-graphs', 'no-sync'])).toBe(whole);
    expect(predicted(trace, ['no-sync', 'cuda-graphs'])).toBe(whole);
  });

  test('only in the ranges that are named', () => {
    const trace = pipeline(
      blocks(2, (block) => [
        { in: block, ns: 2_000 },
        ...kernels(`${block}/forward`, 10),
        { in: block, ns: 2_000 },
      ]),
      BEHIND,
    );
    // From the first launch's return: the replay is called and submits ten nodes, then the host goes on to the last one.
    const launches = 7_000 + 72 * 10 + 10 * 1_200 + 40_000 + 3_000;
    expect(predicted(trace, 'cuda-graphs=forward')).toBe(launches + 2_000);
    expect(refused(trace, 'cuda-graphs=backward')).toContain("no range is called 'backward'");
  });

  test('nothing to do where everything runs alone', () => {
    expect(
      refused(
        pipeline(
          blocks(2, (block) => [{ in: block }]),
          BEHIND,
        ),
        'cuda-graphs',
      ),
    ).toContain('one by one');
  });
});

describe('no-sync', () => {
  const read = (where: string): Item[] => [
    { in: where, kind: 'toHost', ns: 1_000 },
    { in: where, kind: 'sync' },
  ];
  const items = blocks(2, (block) => [
    { in: block, ns: 50_000 },
    ...read(`${block}/read_index`),
    { in: block, ns: 50_000 },
    ...read(`${block}/read_other`),
    { in: block, ns: 50_000 },
  ]);

  test('the device then goes on without a pause; copies and waits are gone', () => {
    const trace = pipeline(items, AHEAD);
    expect(predicted(trace, 'no-sync')).toBe(span(50_000, 50_000, 50_000));
    const row = whatIf(trace, { apply: ['no-sync'] }).edits[0]!;
    expect(row.applies && row.evidence).toMatchObject({ opsRemoved: 2, callsRemoved: 4, opNs: -2_000 });
  });

  test('by the name of a range: the other wait stays', () => {
    const trace = pipeline(items, AHEAD);
    const all = base(trace).baseNs;
    const one = predicted(trace, 'no-sync=read_index');
    expect(one).toBeLessThan(all);
    expect(one).toBeGreaterThan(predicted(trace, 'no-sync'));
    expect(predicted(trace, 'no-sync=cuStreamSynchronize')).toBe(predicted(trace, 'no-sync'));
  });

  test('says where it found none', () => {
    const trace = pipeline(
      blocks(2, (block) => [{ in: block }, { in: block }]),
      AHEAD,
    );
    expect(refused(trace, 'no-sync')).toContain("never waits for the device inside 'temporal_block_#'");
    expect(refused(trace, 'no-sync=nowhere')).toContain("'nowhere'");
  });
});

/** A layer with its cache operations, as the pipelines name them. */
function layerWithCache(block: string, layer: number, rolls: boolean, attention: number): Item[] {
  const at = `${block}/transformer_block_${layer}`;
  return [
    { in: `${at}/qkv`, op: 'gemm', ns: 20_000 },
    { in: `${at}/kv_temp_clone`, kind: 'copy', ns: 12_000 },
    ...(rolls
      ? [
          { in: `${at}/kv_roll_and_insert`, kind: 'copy' as const, ns: 8_000 },
          { in: `${at}/kv_roll_and_insert`, kind: 'copy' as const, ns: 4_000 },
        ]
      : [{ in: `${at}/kv_direct_insert`, kind: 'copy' as const, ns: 4_000 }]),
    { in: `${at}/kv_sink_concat`, op: 'cat', ns: attention / 10 },
    { in: `${at}/attention`, op: 'flash_fwd', ns: attention },
  ];
}

describe('kv=ring', () => {
  const items = blocks(4, (block) => layerWithCache(block, 0, !/_[01]$/.test(block), 100_000));

  test('clone, roll and join go, the insert stays', () => {
    const trace = pipeline(items, AHEAD);
    const insertAndCosts = startCost('kernel', 'copy') + 4_000 + startCost('copy', 'kernel');
    expect(predicted(trace, 'kv=ring')).toBe(20_000 + insertAndCosts + 100_000);
  });

  test('needs a cache, and is told in its own form', () => {
    const none = pipeline(
      blocks(2, (block) => [{ in: block }, { in: block }]),
      AHEAD,
    );
    expect(refused(none, 'kv=ring')).toContain('no clone, roll or join');
    expect(() => parseEdit('kv=circle')).toThrow("'circle' is no cache");
  });
});

describe('window', () => {
  const config = { framesPerBlock: 3, window: 12, sinks: 3 };
  // Attention takes 10 µs and 10 µs for each frame that it sees; blocks 0 to 3 fill the window.
  const attention = (block: string): number => 10_000 * (1 + Math.min(12, 3 * (1 + Number(block.slice(-1)))));
  const items = blocks(7, (block) => layerWithCache(block, 0, Number(block.slice(-1)) > 3, attention(block)));
  const trace = pipeline(items, AHEAD, { run: { config } });
  const without = base(trace).baseNs;

  test('self-attention and the join come from the blocks that saw as few frames', () => {
    // The clone shrinks with the window, the roll from 6 frames to 3; no bytes are recorded, so in proportion.
    const smaller = 30_000 * 1.1 + 12_000 * (1 - 9 / 12) + 8_000 * (1 - 3 / 6);
    expect(predicted(trace, 'window=9')).toBe(without - smaller);
  });

  test('a roll of nothing goes with its launch', () => {
    const kept = predicted(trace, 'window=7,sinks=1');
    const gone = predicted(trace, 'window=6,sinks=3');
    // In between: the line through 6 and 9 frames. 6 frames, 3 of them sinks: nothing is left to roll.
    expect(kept).toBe(without - 50_000 * 1.1 - 12_000 * (5 / 12) - 8_000 * (1 - 3 / 6));
    expect(gone).toBe(without - 60_000 * 1.1 - 12_000 / 2 - 8_000 - startCost('copy', 'copy'));
  });

  test('the same window changes nothing; too small a one, or no configuration, is refused', () => {
    expect(predicted(trace, 'window=12')).toBe(without);
    expect(refused(trace, 'window=5')).toContain('no room for 3 sinks and a block of 3');
    expect(refused(pipeline(items, AHEAD), 'window=9')).toContain('run.json says nothing');
    expect(() => parseEdit('window=0')).toThrow('whole number from 1');
    expect(() => parseEdit('window=9,sink=3')).toThrow("'sink=3' is not understood");
  });
});

describe('fuse', () => {
  test('a run is as long as its longest op; equal ops of a run count together', () => {
    const trace = pipeline(
      blocks(2, (block) => [
        { in: block, op: 'gemm', ns: 30_000 },
        { in: block, op: 'mul_elementwise', ns: 5_000 },
        { in: block, op: 'add_elementwise', ns: 9_000 },
        { in: block, op: 'cast_elementwise', ns: 4_000 },
        { in: block, op: 'gemm', ns: 30_000 },
        { in: block, op: 'rotary_kernel', ns: 6_000 },
        { in: block, op: 'rotary_kernel', ns: 6_000 },
        { in: block, op: 'gemm', ns: 30_000 },
        { in: block, op: 'alone_elementwise', ns: 7_000 },
      ]),
      AHEAD,
    );
    expect(predicted(trace, 'fuse')).toBe(span(30_000, 9_000, 30_000, 12_000, 30_000, 7_000));
  });

  test('a host wait, and the end of a layer, end a run', () => {
    const pair = (at: string): Item[] => [
      { in: at, op: 'a_elementwise', ns: 20_000 },
      { in: at, op: 'b_elementwise', ns: 30_000 },
    ];
    const trace = pipeline(
      blocks(2, (block) => [...pair(`${block}/layer_0`), ...pair(`${block}/layer_1`)]),
      AHEAD,
    );
    expect(predicted(trace, 'fuse')).toBe(span(30_000, 30_000));
    expect(predicted(trace, 'fuse=layer_1')).toBe(span(20_000, 30_000, 30_000));
  });
});

describe('fp8', () => {
  const rates = {
    source: 'a test',
    device: 'none',
    matmul: [
      { m: 1, n: 1, k: 1, bf16Ns: 10_000, fp8Ns: 9_000, quantizeNs: 2_000 },
      { m: 2, n: 2, k: 2, bf16Ns: 40_000, fp8Ns: 20_000, quantizeNs: 4_000 },
    ],
  };
  const items = blocks(2, (block) => [
    { in: `${block}/ffn`, op: 'gemm', ns: 40_000 },
    { in: `${block}/qkv`, op: 'gemm', ns: 40_000 },
    { in: `${block}/head`, op: 'gemm', ns: 10_000 },
  ]);

  test('each matmul gets its rate and an op before it, unless that would take longer', () => {
    const trace = pipeline(items, AHEAD);
    expect(predicted(trace, 'fp8', { rates })).toBe(span(4_000, 20_000, 4_000, 20_000, 10_000));
    expect(predicted(trace, 'fp8=ffn', { rates })).toBe(span(4_000, 20_000, 40_000, 10_000));
  });

  test('equal matmuls of one range share one quantization', () => {
    const trace = pipeline(
      blocks(2, (block) => [
        { in: `${block}/qkv`, op: 'gemm', ns: 40_000 },
        { in: `${block}/qkv`, op: 'gemm', ns: 40_000 },
        { in: `${block}/qkv`, op: 'other_gemm', ns: 40_000 },
      ]),
      AHEAD,
    );
    expect(predicted(trace, 'fp8', { rates })).toBe(span(4_000, 20_000, 20_000, 4_000, 20_000));
  });

  test('halfway between two shapes on a logarithmic scale: halfway between their gains', () => {
    const trace = pipeline(
      blocks(2, (block) => [{ in: block }, { in: block, op: 'gemm', ns: 20_000 }]),
      AHEAD,
    );
    expect(predicted(trace, 'fp8', { rates })).toBe(span(1_000, 20_000 * 0.15, 20_000 * 0.7));
  });

  test('without rates it says so', () => {
    expect(refused(pipeline(items, AHEAD), 'fp8')).toContain('--rates FILE');
  });

  test('named ranges are done whole, whether or not each matmul gains', () => {
    const trace = pipeline(items, AHEAD);
    expect(predicted(trace, 'fp8=head', { rates })).toBe(span(40_000, 40_000, 2_000, 9_000));
  });

  test('attention between two equal matmuls: the later one has another input', () => {
    const trace = pipeline(
      blocks(2, (block) => [
        { in: `${block}/cross`, op: 'gemm', ns: 40_000 },
        { in: `${block}/cross`, op: 'flash_fwd', ns: 50_000 },
        { in: `${block}/cross`, op: 'gemm', ns: 40_000 },
      ]),
      AHEAD,
    );
    expect(predicted(trace, 'fp8', { rates })).toBe(span(4_000, 20_000, 50_000, 4_000, 20_000));
  });

  test('where the host is behind, what quantizing costs the host counts, and a graph takes it away', () => {
    const fp8Host = { quantizeNs: 60_000, matmulNs: 5_000 };
    const trace = pipeline(
      blocks(3, (block) => [{ in: block }, { in: block, op: 'gemm', ns: 40_000 }, { in: block }]),
      BEHIND,
    );
    const { baseNs } = base(trace);
    const slower = predicted(trace, 'fp8', { rates: { ...rates, fp8Host } });
    expect(slower).toBe(baseNs + fp8Host.quantizeNs + fp8Host.matmulNs);
    const launch = predicted(trace, 'fp8', { rates });
    expect(launch).toBe(baseNs + 43_000);
    expect(predicted(trace, ['fp8', 'cuda-graphs'], { rates: { ...rates, fp8Host } })).toBe(
      1_000 + 4_000 + 20_000 + 1_000 + 3 * IN_GRAPH,
    );
  });

  test('a device whose rates are built in needs no file', () => {
    const devices = [{ id: 0, name: 'NVIDIA H200', limits: new Map<string, number>() }];
    const context = whatIfContext(pipeline(items, AHEAD, { devices }));
    expect(context.rates?.matmul.length).toBeGreaterThan(0);
    expect(whatIfContext(pipeline(items, AHEAD)).rates).toBeUndefined();
    expect(whatIfContext(pipeline(items, AHEAD, { devices }), { rates }).rates).toBe(rates);
  });
});

describe('sparse', () => {
  test('self-attention by its layer, cross-attention not', () => {
    const trace = pipeline(
      blocks(2, (block) => [
        { in: `${block}/layer_0/self_attn`, op: 'flash_fwd', ns: 100_000 },
        { in: `${block}/layer_0/cross_attn`, op: 'flash_fwd', ns: 30_000 },
        { in: `${block}/layer_1/self_attn`, op: 'flash_fwd', ns: 100_000 },
      ]),
      AHEAD,
    );
    // A window of a quarter of the rows in one piece, tiles as large as it: a quarter of the tiles.
    const spec = 'sparse=window:16x16,stride:16x16,shape:32x32,q-tile:16x8,kv-tile:16x8';
    expect(predicted(trace, spec)).toBe(span(25_000, 30_000, 25_000));
    expect(predicted(trace, `${spec},layers:1`)).toBe(span(100_000, 30_000, 25_000));
    expect(refused(trace, 'sparse=window:16x16')).toContain('grid of tokens');

    // Measured: a tile takes 1.5 times as long at a tenth of the tiles, 1.2 times at all of them.
    const sparse = [0.1, 1].map((kept) => {
      return { tokens: 1_024, kept, denseNs: 100_000, sparseNs: 100_000 * kept * (kept === 1 ? 1.2 : 1.5) };
    });
    const rates = { source: 'a test', device: 'none', matmul: [], sparse };
    const left = Math.round(25_000 * (1.5 - (0.3 * Math.log(2.5)) / Math.log(10)));
    expect(predicted(trace, spec, { rates })).toBeCloseTo(span(left, 30_000, left), -1);
    expect(predicted(trace, `${spec},kernel:ideal`, { rates })).toBe(span(25_000, 30_000, 25_000));
    // A layer that stays dense keeps its kernel.
    expect(predicted(trace, `${spec},layers:1`, { rates })).toBeCloseTo(span(100_000, 30_000, left), -1);
  });
});

describe('steps and caches', () => {
  const layers = (at: string): Item[] =>
    [0, 1, 2].map((layer) => ({ in: `${at}/layer_${layer}`, op: 'gemm', ns: 30_000 + layer * 10_000 }));
  const one = 120_000 + 2 * LAUNCHED;
  const trace = pipeline(
    blocks(3, (block) => [0, 1, 2, 3].flatMap((step) => layers(`${block}/denoising_step_${step}`))),
    AHEAD,
  );

  test('steps: fewer are gone, more are as the later ones', () => {
    expect(base(trace).baseNs).toBe(4 * one + 3 * LAUNCHED);
    expect(predicted(trace, 'steps=2')).toBe(2 * one + LAUNCHED);
    expect(predicted(trace, 'steps=7')).toBe(7 * one + 6 * LAUNCHED);
  });

  test('feature-cache: those layers of those steps are gone, or partly', () => {
    const saved = 40_000 + 50_000 + 2 * LAUNCHED;
    expect(predicted(trace, 'feature-cache=1-2,1-2')).toBe(4 * one + 3 * LAUNCHED - 2 * saved);
    expect(predicted(trace, 'feature-cache=1-2,1-2,0.25')).toBe(4 * one + 3 * LAUNCHED - 0.5 * saved);
    expect(refused(trace, 'feature-cache=7-9,1')).toContain('layers 0 to 2, steps 0 to 3');
    // The pipeline's own form, and the first step has nothing to reuse.
    expect(predicted(trace, 'feature-cache=1-2:0-2')).toBe(4 * one + 3 * LAUNCHED - 2 * saved);
    expect(predicted(trace, 'feature-cache=1-2:1,3')).toBe(predicted(trace, 'feature-cache=1-2:2-3'));
  });

  test('feature-cache with a drift: steps by the recorded residuals, a share where kinds differ', () => {
    const saved = 40_000 + 50_000 + 2 * LAUNCHED;
    const stepResiduals = {
      cond: [[], [0.1], [0.3, 0.2], [0.5, 0.4, 0.1]],
      uncond: [[], [0.9], [0.3, 0.9], [0.5, 0.4, 0.9]],
    };
    const measured = { ...trace, run: { stepResiduals } };
    // cond: 1 reuses 0's, 2 is too far from 0, 3 is near 2. uncond: none but step 2, which is 0.9 from step 1, does not.
    expect(predicted(measured, 'feature-cache=1-2:1-3:0.15')).toBe(4 * one + 3 * LAUNCHED - saved);
    expect(refused(measured, 'feature-cache=1-2:1-3:0.01')).toContain('no step stays below a drift of 0.01');
    expect(refused(trace, 'feature-cache=1-2:1-3:0.15')).toContain("no 'stepResiduals'");
  });

  test('first-block-cache: a rate over all steps, the first one never; and a wait in each', () => {
    // Half of 4 steps are 2 of the 3 later ones: two thirds of 90 µs in each. The host is ahead again at once.
    const plain = predicted(trace, 'first-block-cache=0');
    const half = predicted(trace, 'first-block-cache=0.5');
    expect(plain - half).toBeCloseTo(3 * (2 / 3) * (40_000 + 50_000 + 2 * LAUNCHED), -4);
    expect(plain).toBeGreaterThanOrEqual(base(trace).baseNs);
  });

  test('first-block-cache by threshold: what stays below it is compared with the last step computed', () => {
    const residuals = [[], [0.05], [0.2, 0.1], [0.04, 0.3, 0.3]];
    const measured = { ...trace, run: { stepResiduals: { cond: residuals } } };
    // Step 1 hits, step 2 is 0.2 from step 0: computed; step 3 is 0.3 from step 2: computed.
    const hits = predicted(measured, 'first-block-cache=threshold:0.1');
    const none = predicted(measured, 'first-block-cache=threshold:0.01');
    expect(none - hits).toBeCloseTo(90_000 + 2 * LAUNCHED, -4);
    expect(refused(trace, 'first-block-cache=threshold:0.1')).toContain("no 'stepResiduals'");
  });

  test('a trace without steps is refused', () => {
    const none = pipeline(
      blocks(2, (block) => [{ in: block }, { in: block }]),
      AHEAD,
    );
    for (const edit of ['steps=2', 'feature-cache=0,0', 'first-block-cache=0.5']) {
      expect(refused(none, edit)).toContain('no denoising steps');
    }
  });
});

describe('bandwidth and compute', () => {
  test('each class by what bounds it, down to the floor of the shortest op', () => {
    const trace = pipeline(
      blocks(2, (block) => [
        { in: block, op: 'gemm', ns: 41_000 },
        { in: block, op: 'add_elementwise', ns: 21_000 },
        { in: block, op: 'mul_elementwise', ns: 1_000 },
      ]),
      AHEAD,
    );
    expect(predicted(trace, 'bandwidth=2')).toBe(span(41_000, 11_000, 1_000));
    expect(predicted(trace, 'compute=2')).toBe(span(21_000, 21_000, 1_000));
    expect(predicted(trace, 'bandwidth=2,compute=4')).toBe(span(11_000, 11_000, 1_000));
    expect(predicted(trace, 'bandwidth=1')).toBe(base(trace).baseNs);
    expect(() => parseEdit('bandwidth=-1')).toThrow('no factor above 0');
  });
});

describe('tail', () => {
  const limits = new Map(
    Object.entries({
      computeMajor: 9,
      computeMinor: 0,
      sms: 100,
      warpSize: 32,
      maxWarpsPerSm: 64,
      maxBlocksPerSm: 32,
      maxThreadsPerBlock: 1024,
      maxRegistersPerSm: 65_536,
      maxRegistersPerBlock: 65_536,
      maxSharedPerSm: 233_472,
    }),
  );
  const withShapes = (blocksOfGrid: number): Trace => {
    const trace = pipeline(
      blocks(2, (block) => [
        { in: block, op: 'tiled_gemm', ns: 60_000 },
        { in: block, kind: 'copy', ns: 5_000 },
      ]),
      AHEAD,
      { devices: [{ id: 0, name: 'test', limits }] },
    );
    // One block of 1024 threads and 64 registers each fills an SM.
    Object.assign(trace.shapes, {
      gridX: Uint32Array.of(blocksOfGrid, 0, 0),
      gridY: Uint32Array.of(1, 0, 0),
      gridZ: Uint32Array.of(1, 0, 0),
      blockX: Uint32Array.of(1024, 0, 0),
      blockY: Uint32Array.of(1, 0, 0),
      blockZ: Uint32Array.of(1, 0, 0),
      registers: Uint32Array.of(64, 0, 0),
    });
    return trace;
  };

  test('loses the empty part of the last wave, and nothing where all fit at once', () => {
    const costs = startCost('kernel', 'copy');
    // 150 blocks on 100 SMs: two waves, a quarter of the places empty.
    expect(predicted(withShapes(150), 'tail')).toBe(45_000 + costs + 5_000);
    expect(refused(withShapes(100), 'tail')).toContain('no kernel there runs in waves');
  });
});

describe('what is asked for', () => {
  test('an edit that does not exist, with the closest one', () => {
    expect(() => parseEdit('cuda-graph')).toThrow("There is no edit 'cuda-graph'");
    expect(() => parseEdit('steps=0.5')).toThrow('whole number');
    expect(() => parseEdit('feature-cache=9-3,1')).toThrow("'9-3' are no layers");
    expect(() => parseEdit('feature-cache=9-3:1')).toThrow("'9-3:1' is no feature cache");
    expect(() => parseEdit('first-block-cache=1.5')).toThrow('neither a rate below 1');
  });

  test('targets: another template, its stem, the whole trace; a wrong one names what there is', () => {
    const trace = pipeline(
      blocks(3, (block) => [
        { in: `${block}/part_a`, ns: 20_000 },
        { in: `${block}/part_b`, ns: 30_000 },
      ]),
      AHEAD,
    );
    const of = (target: string): number => whatIf(trace, { target, apply: ['bandwidth=1'] }).target.baseNs;
    expect(of('temporal_block')).toBe(span(20_000, 30_000));
    expect(of('part_b')).toBe(30_000);
    expect(of('all')).toBe(span(20_000, 30_000, 20_000, 30_000, 20_000, 30_000));
    expect(() => of('part_c')).toThrow("No range is called 'part_c'");
  });

  test('without an edit: all that apply, largest gain first, and a sequence whose gains add up', () => {
    const trace = pipeline(
      blocks(6, (block) => [
        ...layerWithCache(block, 0, !/_[01]$/.test(block), 100_000),
        { in: block, kind: 'toHost', ns: 1_000 },
        { in: block, kind: 'sync' },
        ...layerWithCache(block, 1, !/_[01]$/.test(block), 100_000),
      ]),
      AHEAD,
    );
    const { edits, plan, target } = whatIf(trace);
    const gains = edits.flatMap((row) => (row.applies ? [row.gainNs] : []));
    expect(gains).toEqual(gains.toSorted((a, b) => b - a));
    expect(edits.find((row) => !row.applies)).toBeDefined();
    expect(plan.map(({ edit }) => edit)).toContain('kv=ring');
    const total = plan.reduce((sum, { gainNs }) => sum + gainNs, 0);
    expect(plan.at(-1)!.predictedNs).toBe(target.replayNs - total);
    expect(whatIfContext(trace).target.names).toEqual(edits.length > 0 ? target.instances : []);
  });
});
