import { OP_KIND } from '../trace/schema.js';
import type { IndexIntoOps, Trace } from '../trace/trace.js';

/** CUPTI's kinds of copies within device memory: each byte is read and written there. */
const WITHIN_DEVICE = new Set([5, 6, 7, 8]);
const HOST_TO_HOST = 9;

/**
 * Device memory that a copy or set touches, read + written: a copy within the device of n bytes moves 2n, one to or
 * from the host or a peer n, a memset n. NaN for a kernel.
 */
export function recordedBytes(trace: Trace, op: IndexIntoOps): number {
  const { ops, shapes, shapeRow } = trace;
  const row = shapeRow[ops.shape[op]!] ?? -1;
  if (row < 0) return NaN;
  const bytes = shapes.bytes[row]!;
  if (ops.kind[op] === OP_KIND.memset) return bytes;
  if (ops.kind[op] !== OP_KIND.memcpy) return NaN;
  const kind = shapes.copyKind[row]!;
  if (kind === HOST_TO_HOST) return 0;
  return WITHIN_DEVICE.has(kind) ? 2 * bytes : bytes;
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  'c10::BFloat16': 2,
  'c10::Half': 2,
  float: 4,
  double: 8,
};
/** PyTorch's strided copy: each block of `threads` copies `threads × per thread` elements of one type. */
const STRIDED_COPY =
  /[^_]elementwise_kernel<(\d+), (\d+), .*direct_copy_kernel_cuda.*\{lambda\((c10::BFloat16|c10::Half|float|double)\)#1\}>/;
/** PyTorch's fill of a 16-bit type: 8 elements a thread. */
const FILL = /vectorized_elementwise_kernel<8, at::native::FillFunctor<(c10::BFloat16|c10::Half)>/;
const FILL_PER_THREAD = 8;

/**
 * What a PyTorch copy or fill kernel moves, from its launch shape: at most a block's worth too much, because the last
 * block need not be full. NaN where the kernel is neither, or a single block, which may be nearly empty.
 */
export function kernelBytes(trace: Trace, op: IndexIntoOps): number {
  const { ops, shapes, shapeRow, strings } = trace;
  const row = shapeRow[ops.shape[op]!] ?? -1;
  if (row < 0 || ops.kind[op] !== OP_KIND.kernel) return NaN;
  const blocks = shapes.gridX[row]! * shapes.gridY[row]! * shapes.gridZ[row]!;
  if (blocks < 2) return NaN;
  const name = strings[ops.name[op]!] ?? '';
  const copy = STRIDED_COPY.exec(name);
  if (copy !== null) {
    const [, threads = '', perThread = '', type = ''] = copy;
    return 2 * blocks * Number(threads) * Number(perThread) * ELEMENT_BYTES[type]!;
  }
  const fill = FILL.exec(name);
  if (fill === null) return NaN;
  return blocks * shapes.blockX[row]! * FILL_PER_THREAD * ELEMENT_BYTES[fill[1]!]!;
}
