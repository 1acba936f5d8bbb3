import { demangled, dtypeOf } from './demangled.js';

/**
 * PyTorch's own kernels by what they compute. An elementwise kernel is one template for everything, and only the
 * functor in its arguments tells `mul` from `gelu`:
 * `at::native::vectorized_elementwise_kernel<4, at::native::FillFunctor<float>, …>` → `fill f32`.
 *
 * How it goes over memory is kept, because it is what can be put right: `(strided)` is TensorIterator's kernel
 * for operands that are not contiguous or are broadcast, `(cast)` reads or writes another type than it computes in
 * (ATen's `CUDALoops.cuh`: contiguous operands take the vectorized kernel, or the unrolled one if cast).
 */
export function torchKernelName(name: string): string | undefined {
  const { base, args } = demangled(name);
  switch (base) {
    case 'vectorized_elementwise_kernel':
      return elementwise(args[1], '');
    case 'unrolled_elementwise_kernel':
      return elementwise(args[0], name.includes('LoadWithCast') ? 'cast' : 'unrolled');
    case 'elementwise_kernel':
      return elementwise(args[2], /gpu_kernel_impl</.test(name) ? 'strided, cast' : 'strided');
    case 'elementwise_kernel_with_index':
    case 'index_elementwise_kernel':
    case 'distribution_elementwise_grid_stride_kernel':
      return elementwise(
        args.find((arg) => /[:<]/.test(arg)),
        '',
      );
    case 'reduce_kernel':
      return reduction(args[2]);
    case 'CatArrayBatchedCopy':
    case 'CatArrayBatchedCopy_contig':
    case 'CatArrayBatchedCopy_aligned16_contig':
    case 'CatArrayBatchedCopy_vectorized':
      return withType(base.endsWith('vectorized') ? 'cat (vectorized)' : 'cat', args[0]);
    default:
      return undefined;
  }
}

function elementwise(functor: string | undefined, how: string): string | undefined {
  if (functor === undefined) return undefined;
  const inner = unwrap(functor);
  const op = operation(inner);
  if (op === undefined) return undefined;
  const type = typeOf(inner);
  // What `LoadWithCast` reads is not in the name: only what is computed, and for a copy written.
  if (op === 'copy' && how.endsWith('cast')) {
    const arrow = `copy →${type ?? '?'}`;
    return how === 'cast' ? arrow : `${arrow} (strided)`;
  }
  const typed = op === 'copy' && /bfloat16_copy|float16_copy/.test(inner) ? narrowing(inner) : type;
  return [op, typed, how === '' ? undefined : `(${how})`].filter((part) => part !== undefined).join(' ');
}

/** The functor inside what only launches it: `gpu_kernel_impl_nocast<F>(…)::{lambda(int)#1}` → `F`. */
function unwrap(functor: string): string {
  const { base, args } = demangled(functor);
  const wraps =
    /^(?:gpu_kernel_impl(?:_nocast)?|gpu_index_kernel|normal_and_transform|uniform_and_transform)$/;
  if (!wraps.test(base)) return functor;
  return args.findLast((arg) => /[:<]/.test(arg) && dtypeOf(arg) === undefined) ?? functor;
}

/** `MulFunctor<float>`, `CUDAFunctorOnSelf_add<…>`, `rsqrt_kernel_cuda(…)::{lambda…}` → what is computed. */
function operation(functor: string): string | undefined {
  const { base, args } = demangled(functor);
  const binary = /^(B|A)UnaryFunctor$|^BinaryFunctor$/.exec(base);
  if (binary !== null) {
    const inner = operation(args.at(-1) ?? '');
    return inner === undefined || base === 'BinaryFunctor' ? inner : `${inner} scalar`;
  }
  const scalar = /^CUDAFunctorOn(?:Self|Other)_(\w+)$/.exec(base);
  if (scalar !== null) return `${scalar[1]} scalar`;
  const named =
    /^CUDAFunctor_(\w+)$/.exec(base) ??
    /^(\w+?)Functor$/.exec(base) ??
    /^(\w+?)(?:_tensor_scalar)?_?(?:kernel_impl|kernel_cuda|cuda_kernel|CUDAKernelImpl|cuda_out|kernel)$/.exec(
      base,
    );
  const word = named?.[1]?.toLowerCase();
  if (word === undefined || word === '') return undefined;
  return /(?:^|_)copy$/.test(word) ? 'copy' : word;
}

/** What a functor computes in: the argument of its innermost lambda, or the first type in its own arguments. */
function typeOf(functor: string): string | undefined {
  const lambdas = [...functor.matchAll(/\{lambda\(([^(){}]*)\)#\d+\}/g)];
  for (const [, parameters = ''] of lambdas.reverse()) {
    const type = dtypeOf(parameters.split(',')[0] ?? '');
    if (type !== undefined && type !== 'i32') return type;
  }
  for (const arg of demangled(functor).args) {
    const type = dtypeOf(arg) ?? typeOf(arg);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** `bfloat16_copy_kernel_cuda(…)::{lambda(float)#1}`: from the lambda's argument to the type in the name. */
function narrowing(functor: string): string {
  return `${typeOf(functor) ?? ''}→${functor.includes('bfloat16_copy') ? 'bf16' : 'f16'}`;
}

function reduction(op: string | undefined): string | undefined {
  if (op === undefined) return undefined;
  const { args } = demangled(op);
  const name = /(\w+?)(?:Ops|Functor|Op)?$/.exec(demangled(args[1] ?? '').base)?.[1]?.toLowerCase();
  const known = name === undefined || name === 'func_wrapper_t' ? '' : ` ${name}`;
  return withType(`reduce${known}`, args[0]);
}

function withType(text: string, type: string | undefined): string {
  const known = type === undefined ? undefined : dtypeOf(type);
  return known === undefined ? text : `${text} ${known}`;
}
