import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { shortKernelName } from '../../../src/analysis/kernel-name.js';
import { DEFAULT_OP_CLASS_RULES } from '../../../src/analysis/op-class.js';
import { percentile } from '../../../src/analysis/percentile.js';
import { buildTrace } from './build-trace.js';

describe('nearest-rank percentile', () => {
  it('is the value at rank ⌈p·n⌉', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 100 }),
        (values, percent) => {
          const rank = Math.max(1, Math.ceil((percent * values.length) / 100));
          const expected = values.toSorted((a, b) => a - b)[rank - 1];
          expect(percentile(Float64Array.from(values), percent / 100)).toBe(expected);
        },
      ),
    );
    expect(percentile(Float64Array.of(4, 1, 3, 2), 0.5)).toBe(2);
    expect(percentile(new Float64Array(), 0.5)).toBeNaN();
  });
});

describe('hotspots', () => {
  // Gaps of 10, 30 and 20 ns after a matmul, inside `ffn`; one of 5 ns before a copy in a KV range.
  const trace = buildTrace({
    ops: [
      { start: 100, end: 110, correlation: 1, name: 'nvjet_tst_128x256' },
      {
        start: 120,
        end: 130,
        correlation: 2,
        name: 'void at::native::vectorized_elementwise_kernel<4>(int)',
      },
      { start: 130, end: 140, correlation: 3, name: 'nvjet_tst_128x256' },
      {
        start: 170,
        end: 180,
        correlation: 4,
        name: 'void at::native::vectorized_elementwise_kernel<4>(int)',
      },
      { start: 180, end: 190, correlation: 5, name: 'nvjet_tst_128x256' },
      {
        start: 210,
        end: 220,
        correlation: 6,
        name: 'void at::native::vectorized_elementwise_kernel<4>(int)',
      },
      { start: 225, end: 230, correlation: 7, name: 'memcpy', kind: 1 },
      { start: 230, end: 229, correlation: 7, name: 'memset', kind: 2 },
    ],
    calls: [1, 2, 3, 4, 5, 6, 7].map((n) => ({
      start: 2 * n,
      end: 2 * n + 1,
      correlation: n,
      name: 'cudaLaunchKernel',
    })),
    ranges: [
      { start: 0, end: 14, name: 'ffn' },
      { start: 14, end: 16, name: 'kv_roll_and_insert' },
    ],
  });

  it('group gaps by what is around them, largest total first', () => {
    const result = analyzeGaps(trace).devices[0]!;
    expect(result).toMatchObject({
      pid: 7,
      window: { device: 0, startNs: 100, endNs: 230, spanNs: 130 },
      busyNs: 65,
      idleNs: 65,
      gapCount: 4,
      ops: { kernel: 6, memcpy: 1, memset: 1, graph: 0 },
      kernelNs: 60,
      negativeDurations: 1,
      hotspotsOmitted: { count: 0, totalNs: 0 },
    });
    expect(result.hotspots).toEqual([
      {
        before: 'matmul',
        after: 'elementwise',
        path: 'ffn',
        cause: 'dispatch',
        count: 3,
        totalNs: 60,
        share: 60 / 130,
        medianNs: 20,
        p95Ns: 30,
        example: {
          startNs: 140,
          durationNs: 30,
          beforeName: 'nvjet_tst_128x256',
          afterName: 'vectorized_elementwise_kernel',
        },
      },
      {
        before: 'elementwise',
        after: 'kv.roll',
        path: 'kv_roll_and_insert',
        cause: 'dispatch',
        count: 1,
        totalNs: 5,
        share: 5 / 130,
        medianNs: 5,
        p95Ns: 5,
        example: {
          startNs: 220,
          durationNs: 5,
          beforeName: 'vectorized_elementwise_kernel',
          afterName: 'memcpy',
        },
      },
    ]);
  });

  it('show the earliest of the longest', () => {
    const ops = [0, 20, 40].map((start) => ({ start, end: start + 10, name: 'nvjet' }));
    expect(analyzeGaps(buildTrace({ ops })).devices[0]!.hotspots[0]).toMatchObject({
      count: 2,
      example: { startNs: 10, durationNs: 10 },
    });
  });

  it('sum what is left out, and name the edges of a window', () => {
    const cut = analyzeGaps(trace, { top: 1 }).devices[0]!;
    expect(cut.hotspots).toHaveLength(1);
    expect(cut.hotspotsOmitted).toEqual({ count: 1, totalNs: 5 });
    const edges = analyzeGaps(trace, { window: '50..105' }).devices[0]!;
    expect(edges.hotspots[0]).toMatchObject({ before: '(start)', after: 'matmul', totalNs: 50 });
  });
});

describe('op classes', () => {
  const classOf = (rules: readonly (readonly [RegExp, string])[], text: string) =>
    rules.find(([pattern]) => pattern.test(text))?.[1];

  it.each([
    ['void cutlass::device_kernel<flash::enable_sm90<flash::FlashAttnFwdSm90<…', 'attention'],
    ['pytorch_flash::flash_fwd_kernel', 'attention'],
    ['cudnn_generated_fort_native_sdpa_sm90_flash_fprop_wgmma_f16', 'attention'],
    ['nvjet_tst_192x192_64x4_2x1_v_bz_coopB_bias_TNN', 'matmul'],
    ['void cutlass::Kernel2<cutlass_80_wmma_tensorop_bf16_s161616gemm_bf16>', 'matmul'],
    ['void at::native::vectorized_elementwise_kernel<4, at::native::GeluCUDAKernelImpl', 'elementwise'],
    ['void at::native::elementwise_kernel<128, 4, at::native::gpu_kernel_impl_nocast', 'elementwise'],
    ['void at::native::(anonymous namespace)::CatArrayBatchedCopy_contig<', 'elementwise'],
    ['void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::MeanOps', 'elementwise'],
    ['void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<', 'norm'],
    ['triton_per_fused_native_layer_norm_2', 'norm'],
    ['triton_poi_fused_addmm_native_layer_norm_0', 'elementwise'],
    ['triton_tem_fused_mm_3', 'matmul'],
    ['ncclDevKernel_AllReduce_Sum_bf16_RING_LL', 'comm'],
    ['my_kernel', undefined],
  ])('kernel %s: %s', (name, expected) => {
    expect(classOf(DEFAULT_OP_CLASS_RULES.kernels, name)).toBe(expected);
  });

  it.each([
    ['kv_temp_clone', 'kv.clone'],
    ['kv_roll_and_insert', 'kv.roll'],
    ['kv_direct_insert', 'kv.insert'],
    ['kv_sink_concat', 'kv.concat'],
    ['_apply_cache_updates', 'kv.update'],
    ['kv_cache_reset', 'kv.reset'],
    ['crossattn_cache_reset', 'kv.reset'],
    ['initialize_crossattn_cache', 'kv.reset'],
    ['cross_attn_kv', 'cross-kv'],
    ['rope', 'rope'],
    ['self_attn', undefined],
    ['cross_attn', undefined],
    ['ffn', undefined],
    ['clean_context_cache_update', undefined],
    ['recache_after_switch', undefined],
  ])('range %s: %s', (name, expected) => {
    expect(classOf(DEFAULT_OP_CLASS_RULES.ranges, name)).toBe(expected);
  });
});

it.each([
  ['void at::native::(anonymous namespace)::CatArrayBatchedCopy<int>(int)', 'cat i32'],
  ['void flash::flash_fwd_kernel<Traits<64>>(Params)', 'flash_fwd_kernel'],
  ['ncclDevKernel_AllReduce', 'ncclDevKernel_AllReduce'],
  ['memcpy', 'memcpy'],
])('short name of %s: %s', (name, short) => {
  expect(shortKernelName(name)).toBe(short);
});
