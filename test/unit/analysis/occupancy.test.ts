import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allocationRules } from '../../../src/analysis/compute-capability.js';
import { fitOf, launchShape } from '../../../src/analysis/launch-shape.js';
import { occupancyOf, type BlockShape, type Limiter } from '../../../src/analysis/occupancy.js';
import { smLimits, type SmLimits } from '../../../src/analysis/sm-limits.js';
import type { Schedule } from '../../../src/analysis/waves.js';
import { readTrace } from '../../../src/trace/read-trace.js';

const H200: SmLimits = {
  sms: 132,
  warpSize: 32,
  maxWarps: 64,
  maxBlocks: 32,
  maxThreadsPerBlock: 1024,
  registers: 65536,
  registersPerBlock: 65536,
  shared: 233472,
  rules: allocationRules(9, 0)!,
};

interface Expected {
  blocksPerSm: number;
  warpsPerSm: number;
  limiter: Limiter;
  waves: number;
  schedule: Schedule;
  /** Of the last wave. */
  tail?: number;
}

/**
 * Worked out by hand from the shapes in the committed traces. An H200's SM has 64 warps, 65,536 registers in 4
 * partitions of 16,384, 32 blocks; a warp's registers are rounded up to 256, a block's shared memory (+ 1,024) to
 * 128; 132 SMs. The last factor of `registers` is warps that fit: 4 × ⌊16384 / per warp⌋.
 */
const BY_HAND: [trace: string, kernel: RegExp, grid: [number, number, number], Expected][] = [
  // 384 threads = 12 warps: ⌊64/12⌋ = 5. 168 × 32 = 5376 = 21 × 256: 4 × ⌊16384/5376⌋ = 12 warps: 1 block.
  // 232448 + 1024 = 233472 of 233472: 1 block. 132 blocks on 132 SMs: one for each, persistent.
  [
    'full-eager',
    /^cudnn_generated_fort_native_sdpa/,
    [132, 1, 1],
    { blocksPerSm: 1, warpsPerSm: 12, limiter: 'registers', waves: 1, schedule: 'persistent' },
  ],
  // The same with 48 blocks: 48/132 SMs.
  [
    'small-eager',
    /^cudnn_generated_fort_native_sdpa/,
    [48, 1, 1],
    { blocksPerSm: 1, warpsPerSm: 12, limiter: 'registers', waves: 48 / 132, schedule: 'few-blocks' },
  ],
  // 12 warps, 168 registers: 1 block. 231660 + 1024 = 232684 → 1818 × 128 = 232704 of 233472: 1 block.
  [
    'full-eager',
    /^nvjet_sm90_tst_192x144/,
    [2, 66, 1],
    { blocksPerSm: 1, warpsPerSm: 12, limiter: 'registers', waves: 1, schedule: 'persistent' },
  ],
  // As above; 2 × 63 = 126 of 132: persistent by its name.
  [
    'small-eager',
    /^nvjet_sm90_tst_88x64/,
    [2, 63, 1],
    { blocksPerSm: 1, warpsPerSm: 12, limiter: 'registers', waves: 126 / 132, schedule: 'persistent' },
  ],
  // The carve-out is 196 KiB here: 180692 + 1024 = 181716 → 1420 × 128 = 181760 of 200704: 1 block. 4 × 24 = 96.
  [
    'small-eager',
    /^nvjet_sm90_tst_16x64/,
    [4, 24, 1],
    { blocksPerSm: 1, warpsPerSm: 12, limiter: 'registers', waves: 96 / 132, schedule: 'persistent' },
  ],
  // 128 threads = 4 warps: 16 blocks. 18 × 32 = 576 → 768: 4 × 21 = 84 warps: 21. 32768/1024: 32.
  // 16 × 132 = 2112: 14040/2112 = 6.648 waves, of the 7th 0.352 is missing.
  [
    'full-eager',
    /elementwise_kernel<128, 4.*CUDAFunctor_add<c10::BFloat16>/,
    [14040, 1, 1],
    {
      blocksPerSm: 16,
      warpsPerSm: 64,
      limiter: 'warps',
      waves: 14040 / 2112,
      schedule: 'waves',
      tail: (7 * 2112 - 14040) / (7 * 2112),
    },
  ],
  // 38 × 32 = 1216 → 1280: 4 × ⌊12.8⌋ = 48 warps: 12 blocks. 12 × 132 = 1584: 14040/1584 = 8.864.
  [
    'full-eager',
    /unrolled_elementwise_kernel.*lambda\(double\)#1\}, std/,
    [14040, 1, 1],
    {
      blocksPerSm: 12,
      warpsPerSm: 48,
      limiter: 'registers',
      waves: 14040 / 1584,
      schedule: 'waves',
      tail: (9 * 1584 - 14040) / (9 * 1584),
    },
  ],
  // 32 × 32 = 1024: 4 × 16 = 64 warps: 16 blocks, as many as warps admit. 40950/2112 = 19.39.
  [
    'full-eager',
    /GeluCUDAKernelImpl/,
    [40950, 1, 1],
    {
      blocksPerSm: 16,
      warpsPerSm: 64,
      limiter: 'warps',
      waves: 40950 / 2112,
      schedule: 'waves',
      tail: (20 * 2112 - 40950) / (20 * 2112),
    },
  ],
  // 24 + 1024 = 1048 → 1152: ⌊32768/1152⌋ = 28 blocks; warps 16. 4680/2112 = 2.216.
  [
    'full-eager',
    /vectorized_layer_norm_kernel/,
    [4680, 1, 1],
    {
      blocksPerSm: 16,
      warpsPerSm: 64,
      limiter: 'warps',
      waves: 4680 / 2112,
      schedule: 'waves',
      tail: (3 * 2112 - 4680) / (3 * 2112),
    },
  ],
  // 32 × 16 = 512 threads = 16 warps: 4. 16 + 1024 → 1152: ⌊16384/1152⌋ = 14. 4 × 132 = 528: 293/528.
  [
    'full-eager',
    /reduce_kernel<512, 1.*MeanOps/,
    [293, 1, 1],
    { blocksPerSm: 4, warpsPerSm: 64, limiter: 'warps', waves: 293 / 528, schedule: 'one-wave' },
  ],
  // 16 warps: 4. 28 × 32 = 896 → 1024: 64 warps: 4. 264 × 3 = 792: 792/528 = 1.5, so a quarter of two waves.
  [
    'full-eager',
    /CatArrayBatchedCopy<.*OpaqueType<16u>/,
    [264, 3, 1],
    { blocksPerSm: 4, warpsPerSm: 64, limiter: 'warps', waves: 1.5, schedule: 'waves', tail: 0.25 },
  ],
  // 4224 × 2 = 8448 = 4 × 2112: four full waves, no tail.
  [
    'full-eager',
    /CatArrayBatchedCopy_vectorized<.*OpaqueType<2u>/,
    [4224, 2, 1],
    { blocksPerSm: 16, warpsPerSm: 64, limiter: 'warps', waves: 4, schedule: 'waves', tail: 0 },
  ],
  // 256 threads = 8 warps: 8. 36 × 32 = 1152 → 1280: 48 warps: 6. 2112 + 1024 = 3136 → 3200: ⌊65536/3200⌋ = 20.
  // 585 × 48 = 28080 on 6 × 132 = 792: 35.45.
  [
    'full-eager',
    /nhwcToNchwKernel/,
    [585, 48, 1],
    {
      blocksPerSm: 6,
      warpsPerSm: 48,
      limiter: 'registers',
      waves: 28080 / 792,
      schedule: 'waves',
      tail: (36 * 792 - 28080) / (36 * 792),
    },
  ],
  // 8 warps: 8; 32 registers: 64 warps: 8. 1536 on 8 × 132 = 1056: 1.4545, so 0.5454 of two waves.
  [
    'small-eager',
    /nchwToNhwcKernel/,
    [1, 1, 1536],
    {
      blocksPerSm: 8,
      warpsPerSm: 64,
      limiter: 'warps',
      waves: 1536 / 1056,
      schedule: 'waves',
      tail: (2 * 1056 - 1536) / (2 * 1056),
    },
  ],
  // 46 × 32 = 1472 → 1536: 4 × 10 = 40 warps: 10 blocks of 4. One block in all.
  [
    'full-eager',
    /sin_kernel_cuda/,
    [1, 1, 1],
    { blocksPerSm: 10, warpsPerSm: 40, limiter: 'registers', waves: 1 / 1320, schedule: 'few-blocks' },
  ],
  // 64 threads = 2 warps: 32 blocks, as many as there are slots: of equal limits the first is named.
  [
    'full-eager',
    /elementwise_kernel_with_index.*arange/,
    [2, 1, 1],
    { blocksPerSm: 32, warpsPerSm: 64, limiter: 'warps', waves: 2 / 4224, schedule: 'few-blocks' },
  ],
];

describe('kernels of the committed traces, by hand', async () => {
  const traces = new Map(
    await Promise.all(
      ['full-eager', 'small-eager'].map(
        async (name) => [name, await readTrace(`traces/${name}.trace`)] as const,
      ),
    ),
  );
  it.each(BY_HAND)('%s %s %j', (name, kernel, grid, expected) => {
    const trace = traces.get(name)!;
    const { ops, shapes, shapeRow, strings } = trace;
    const op = ops.name.findIndex((id, i) => {
      const row = shapeRow[ops.shape[i]!]!;
      const [x, y, z] = [shapes.gridX[row], shapes.gridY[row], shapes.gridZ[row]];
      return x === grid[0] && y === grid[1] && z === grid[2] && kernel.test(strings[id]!);
    });
    const limits = smLimits(trace.devices[0]);
    expect(limits).toEqual(H200);
    const { occupancy, waves } = fitOf(
      strings[ops.name[op]!]!,
      launchShape(shapes, shapeRow[ops.shape[op]!]!),
      limits,
    );
    const { blocksPerSm, warpsPerSm, limiter } = occupancy!;
    expect({ blocksPerSm, warpsPerSm, limiter }).toEqual({
      blocksPerSm: expected.blocksPerSm,
      warpsPerSm: expected.warpsPerSm,
      limiter: expected.limiter,
    });
    expect(occupancy!.occupancy).toBe(expected.warpsPerSm / 64);
    expect(waves!.schedule).toBe(expected.schedule);
    expect(waves!.waves).toBeCloseTo(expected.waves, 12);
    expect(waves!.tailShare).toBeCloseTo(expected.tail ?? 0, 12);
    const blocks = grid[0] * grid[1] * grid[2];
    expect(waves!.idleSmShare).toBeCloseTo(Math.max(0, (132 - blocks) / 132), 12);
  });
});

const shape = (over: Partial<BlockShape>): BlockShape => ({
  threads: 128,
  registers: 32,
  shared: 0,
  sharedExecuted: 0,
  cluster: 1,
  ...over,
});

describe('the carve-out', () => {
  // 20,000 + 1024 → 165 × 128 = 21120 a block.
  it('is what was recorded, where a block fits in it', () => {
    const { blocksPerSm, limiter, carveOut } = occupancyOf(
      shape({ shared: 20000, sharedExecuted: 65536 }),
      H200,
    );
    expect([blocksPerSm, limiter, carveOut]).toEqual([3, 'shared', 'executed']);
  });
  it('is the smallest that fits a block, where the record cannot be true', () => {
    const { blocksPerSm, carveOut } = occupancyOf(shape({ shared: 20000, sharedExecuted: 16384 }), H200);
    expect([blocksPerSm, carveOut]).toEqual([1, 'inferred']);
  });
  it('is the largest, where none was recorded', () => {
    const { blocksPerSm, carveOut } = occupancyOf(shape({ shared: 20000 }), H200);
    expect([blocksPerSm, carveOut]).toEqual([11, 'maximum']);
  });
});

it('refuses what the launch check refuses: registers for warps rounded up to all partitions', () => {
  // 33 warps do not exist; 255 × 32 → 8192 a warp: 8 warps are 65536, 9 are counted as 12.
  expect(occupancyOf(shape({ threads: 256, registers: 255 }), H200).blocksPerSm).toBe(1);
  expect(occupancyOf(shape({ threads: 288, registers: 255 }), H200).blocksPerSm).toBe(0);
  expect(occupancyOf(shape({ threads: 1056 }), H200).blocksPerSm).toBe(0);
});

it('takes the granularity of the compute capability: 7.5 rounds shared memory to 256 and reserves none', () => {
  const turing = { ...H200, maxWarps: 32, maxBlocks: 16, shared: 65536, rules: allocationRules(7, 5)! };
  // 6500 → 26 × 256 = 6656: ⌊65536/6656⌋ = 9; with 128 it would be 6528: 10.
  expect(occupancyOf(shape({ threads: 64, shared: 6500 }), turing).blocksPerSm).toBe(9);
  // Nothing asked, nothing reserved: no limit.
  expect(occupancyOf(shape({ threads: 64 }), turing).limits.shared).toBeUndefined();
});

it('says what is not known instead of guessing', () => {
  const limits = new Map([
    ['sms', 132],
    ['computeMajor', 9],
    ['computeMinor', 0],
  ]);
  expect(smLimits({ id: 0, name: 'x', limits })).toBe(
    "the trace lacks the device's warpSize, maxWarpsPerSm, maxBlocksPerSm, maxThreadsPerBlock, maxRegistersPerSm, maxRegistersPerBlock, maxSharedPerSm",
  );
  expect(smLimits(undefined)).toMatch(/none of the device's limits/);
  expect(allocationRules(13, 0)).toBeUndefined();
  expect(fitOf('k', undefined, H200).notKnown).toMatch(/no launch shape/);
  const launch = {
    grid: [1, 1, 1],
    block: [128, 1, 1],
    registers: 0,
    sharedStatic: 0,
    sharedDynamic: 0,
    sharedExecuted: 0,
  } as const;
  expect(fitOf('k', launch, H200)).toEqual({ launch, notKnown: 'the trace has no register count of it' });
  expect(fitOf('k', { ...launch, registers: 300, block: [1024, 1, 1] }, H200).occupancy).toBeUndefined();
  expect(fitOf('k', { ...launch, registers: 32, cluster: [2, 1, 1] }, H200).occupancy?.isUpperBound).toBe(
    true,
  );
});

interface OracleRow {
  threads: number;
  registers: number;
  sharedStatic: number;
  sharedDynamic: number;
  blocksPerSm: number;
}

// Recorded with `python -m bench.capture.occupancy` on the GPU.
const ORACLE = 'test/fixtures/occupancy-h200.json';

it.skipIf(!existsSync(ORACLE))(`agrees with the driver on every row of ${ORACLE}`, () => {
  const { rows } = JSON.parse(readFileSync(ORACLE, 'utf8')) as { rows: OracleRow[] };
  expect(rows.length).toBeGreaterThan(1000);
  const wrong = rows.filter(({ threads, registers, sharedStatic, sharedDynamic, blocksPerSm }) => {
    const one = shape({ threads, registers, shared: sharedStatic + sharedDynamic });
    return occupancyOf(one, H200).blocksPerSm !== blocksPerSm;
  });
  expect(wrong.slice(0, 5)).toEqual([]);
});
