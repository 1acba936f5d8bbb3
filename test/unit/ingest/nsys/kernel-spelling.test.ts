import { expect, it } from 'vitest';
import { shortKernelName } from '../../../../src/analysis/kernel-name.js';
import { kernelSpelling } from '../../../../src/ingest/nsys/kernel-spelling.js';

it.each([
  ['nvjet_tst_192x192_64x4_2x1', 'nvjet_tst_192x192_64x4_2x1'],
  [
    'void at::native::<unnamed>::norm<float, (bool)0, (int)-4, (unsigned long)2>(int, const T1 *, T2 &)',
    'void at::native::(anonymous namespace)::norm<float, false, -4, 2ul>(int, const T1*, T2&)',
  ],
  [
    'void f<g(at::TensorIteratorBase &)::[lambda() (instance 3)]::operator ()() const::[lambda(float) (instance 7)]>(T1)',
    'void f<g(at::TensorIteratorBase&)::{lambda()#3}::operator()() const::{lambda(float)#7}>(T1)',
  ],
])('%s', (theirs, abi) => {
  expect(kernelSpelling(theirs)).toBe(abi);
});

it('makes PyTorch kernels recognizable', () => {
  const copy =
    'void at::native::vectorized_elementwise_kernel<(int)8, at::native::bfloat16_copy_kernel_cuda(at::TensorIteratorBase &)::[lambda(float) (instance 1)], std::array<char *, (unsigned long)2>>(int, T2, T3)';
  expect(shortKernelName(kernelSpelling(copy))).toBe('copy f32→bf16');
});
