import { describe, expect, it } from 'vitest';
import { distinctKernelNames, shortKernelName } from '../../../src/analysis/kernel-name.js';

const at = 'at::native::';
const iter = 'at::TensorIteratorBase&';
const nocast = (functor: string): string =>
  `void ${at}elementwise_kernel<128, 4, ${at}gpu_kernel_impl_nocast<${functor} >(${iter}, ${functor} const&)::{lambda(int)#1}>(int, x)`;
const copyTo = (lambda: string): string =>
  `${at}direct_copy_kernel_cuda(${iter})::{lambda()#3}::operator()() const::{lambda()#12}::operator()() const::{lambda(${lambda})#1}`;

describe('short kernel names', () => {
  it.each([
    [nocast(`${at}CUDAFunctor_add<c10::BFloat16>`), 'add bf16 (strided)'],
    [
      nocast(
        `${at}BinaryFunctor<c10::complex<double>, c10::complex<double>, c10::complex<double>, ${at}binary_internal::MulFunctor<c10::complex<double> > >`,
      ),
      'mul c128 (strided)',
    ],
    [nocast(copyTo('c10::BFloat16')), 'copy bf16 (strided)'],
    [
      `void ${at}unrolled_elementwise_kernel<${copyTo('double')}, std::array<char*, 2ul>, 4, ${at}memory::LoadWithCast<1>, ${at}memory::StoreWithCast<1> >(int)`,
      'copy →f64',
    ],
    [
      `void ${at}vectorized_elementwise_kernel<8, ${at}bfloat16_copy_kernel_cuda(${iter})::{lambda(float)#1}, std::array<char*, 2ul> >(int)`,
      'copy f32→bf16',
    ],
    [
      `void ${at}vectorized_elementwise_kernel<2, ${at}FillFunctor<long>, std::array<char*, 1ul> >(int)`,
      'fill i64',
    ],
    [
      `void ${at}vectorized_elementwise_kernel<8, ${at}GeluCUDAKernelImpl(${iter}, ${at}GeluType)::{lambda()#1}::operator()() const::{lambda()#4}::operator()() const::{lambda(c10::BFloat16)#1}, std::array<char*, 2ul> >(int)`,
      'gelu bf16',
    ],
    [
      `void ${at}reduce_kernel<512, 1, ${at}ReduceOp<float, ${at}MeanOps<float, float, float, float>, unsigned int, float, 4, 4> >(x)`,
      'reduce mean f32',
    ],
    [
      `void ${at}(anonymous namespace)::CatArrayBatchedCopy_vectorized<${at}(anonymous namespace)::OpaqueType<2u>, unsigned int, 2, 128, 1, 16, 8>(char*)`,
      'cat (vectorized) 2B',
    ],
    [
      `void ${at}(anonymous namespace)::vectorized_layer_norm_kernel<c10::BFloat16, float, false>(int)`,
      'vectorized_layer_norm_kernel bf16',
    ],
    ['nvjet_sm90_tst_192x144_64x5_2x1_v_bz_coopB_bias_TNT', 'nvjet 192x144 2x1 TNT'],
    [
      'cudnn_generated_fort_native_sdpa_sm90_flash_fprop_wgmma_f16_knob_7_64x128x128_4x1x1_cga1x1x1_kernel0_0',
      'cudnn sdpa flash_fprop 64x128x128',
    ],
    [
      'void cutlass::device_kernel<flash::enable_sm90<flash::FlashAttnFwdSm90<flash::Mainloop<2, cute::C<1> > > > >(P)',
      'FlashAttnFwdSm90',
    ],
    [
      'void cutlass::Kernel2<cutlass_80_wmma_tensorop_bf16_s161616gemm_bf16_32x32_128x2_tn_align8>(Params)',
      'cutlass_80_wmma_tensorop_bf16_s161616gemm_bf16_32x32_128x2_tn_align8',
    ],
    ['void gemv2T_kernel_val<int, int, __nv_bfloat16, float, 128>(x)', 'gemv2T_kernel_val bf16'],
    ['triton_poi_fused_add_mul_0', 'triton_poi_fused_add_mul_0'],
    ['', ''],
    // Cut, hostile or nonsense: something is printed, and nothing throws.
    [`void ${at}vectorized_elementwise_kernel<4, ${at}`, 'vectorized_elementwise_kernel'],
    ['<<<>>>', '<<<>>>'],
    ['void <script>', '<script>'],
  ])('%s → %s', (name, short) => {
    expect(shortKernelName(name)).toBe(short);
  });
});

it('two kernels never share a name', () => {
  const fill = (width: number): string =>
    `void ${at}vectorized_elementwise_kernel<${width}, ${at}FillFunctor<float>, std::array<char*, 1ul> >(int)`;
  expect(distinctKernelNames([fill(2), 'k', fill(4)])).toEqual(['fill f32 <2>', 'k', 'fill f32 <4>']);
  expect(distinctKernelNames(['a::k(int)', 'b::k(int)', 'c::k(int)'])).toEqual(['k', 'k #2', 'k #3']);
  expect(new Set(distinctKernelNames(['a::k(int)', 'b::k(int)', 'k #2'])).size).toBe(3);
});
