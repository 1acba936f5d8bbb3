import { describe, expect, it } from 'vitest';
import { wavesOf } from '../../../src/analysis/waves.js';

const schedule = (name: string, blocks: number, cluster = 1, perSm = 2) =>
  wavesOf(name, blocks, cluster, perSm, 132)?.schedule;

describe('waves', () => {
  it('are blocks over resident blocks; the last one is the tail', () => {
    // 660 on 2 × 132 = 264: 2.5 waves, so half of the third, a sixth of all, is missing.
    expect(wavesOf('k', 660, 1, 2, 132)).toEqual({
      blocks: 660,
      resident: 264,
      waves: 2.5,
      efficiency: 2.5 / 3,
      schedule: 'waves',
      tailShare: 0.5 / 3,
      idleSmShare: 0,
    });
  });
  it('of a full number have no tail', () => {
    expect(wavesOf('k', 528, 1, 2, 132)).toMatchObject({ waves: 2, tailShare: 0, schedule: 'waves' });
  });
  it('keep clusters whole: 132 SMs hold 8 clusters of 16, not 8.25', () => {
    expect(wavesOf('k', 160, 16, 1, 132)).toMatchObject({ resident: 128, waves: 1.25, schedule: 'waves' });
  });
  it('are not known where no block fits', () => {
    expect(wavesOf('k', 1, 1, 0, 132)).toBeUndefined();
    expect(wavesOf('k', 0, 1, 1, 132)).toBeUndefined();
    // A cluster that is larger than the device.
    expect(wavesOf('k', 300, 300, 1, 132)).toBeUndefined();
  });
});

describe('persistent kernels', () => {
  it('are those with a block for every SM, or two', () => {
    expect(schedule('k', 132)).toBe('persistent');
    expect(schedule('k', 264)).toBe('persistent');
    expect(schedule('k', 133)).toBe('one-wave');
    // In clusters of 16 only 128 of the SMs can be used.
    expect(schedule('k', 128, 16)).toBe('persistent');
  });
  it.each([
    'nvjet_sm90_tst_88x64_64x11_2x1_v_bz_bias_TNN',
    'matmul_kernel_persistent',
    'void cutlass::device_kernel<GemmUniversal<KernelTmaWarpSpecializedPersistent>>(P)',
    'ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
    'gemm_streamk',
  ])('are those that say so: %s', (name) => {
    expect(schedule(name, 24)).toBe('persistent');
    expect(wavesOf(name, 24, 1, 2, 132)?.tailShare).toBe(0);
  });
  it('are never those with more blocks than fit at once', () => {
    expect(schedule('nvjet_sm90_tst_88x64', 396)).toBe('waves');
    expect(schedule('matmul_kernel_persistent', 265)).toBe('waves');
  });
  it('may leave SMs without a block all the same', () => {
    expect(wavesOf('nvjet_tst', 66, 1, 1, 132)?.idleSmShare).toBe(0.5);
  });
});

it('a grid with fewer blocks than SMs is too small, not a tail', () => {
  expect(wavesOf('k', 33, 1, 2, 132)).toMatchObject({
    schedule: 'few-blocks',
    tailShare: 0,
    idleSmShare: 0.75,
  });
});
