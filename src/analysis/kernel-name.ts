import { demangled, dtypeOf } from './demangled.js';
import { libraryKernelName } from './library-kernel-name.js';
import { torchKernelName } from './torch-kernel-name.js';

/** Kernels that only call what their first template argument names. */
const SHELLS = /^(?:Kernel2?|device_kernel|GlobalKernel|enable_sm\d+(?:_\w+)?|kernel_entry)$/;
const MAX_SHELLS = 4;

/**
 * A kernel's name as people say it: what PyTorch's computes (`mul bf16 (strided)`), else without return type,
 * namespaces, template arguments and parameters, but with the first type:
 * `void at::native::vectorized_layer_norm_kernel<c10::BFloat16, float, false>(int, …)` →
 * `vectorized_layer_norm_kernel bf16`.
 */
export function shortKernelName(name: string): string {
  if (!/[<(]/.test(name)) return libraryKernelName(name) ?? name;
  const torch = torchKernelName(name);
  if (torch !== undefined) return torch;
  let { base, args } = demangled(name);
  for (let i = 0; i < MAX_SHELLS && SHELLS.test(base) && args[0] !== undefined; i++) {
    ({ base, args } = demangled(args[0]));
  }
  if (base === '') return name;
  const types = args.map(dtypeOf).filter((one) => one !== undefined);
  // Index types come first in many templates, and say nothing.
  const type = types.find((one) => one !== 'i32' && one !== 'i64') ?? types[0];
  return type === undefined ? base : `${base} ${type}`;
}

/**
 * Short names of kernels, all different: of those that share one, each gets the template arguments in which they
 * differ (`fill f32 <2>`, `fill f32 <4>`), or where that does not tell them apart a number.
 */
export function distinctKernelNames(names: readonly string[]): string[] {
  const rowsOf = new Map<string, number[]>();
  const short = names.map(shortKernelName);
  short.forEach((name, row) => {
    const rows = rowsOf.get(name);
    if (rows === undefined) rowsOf.set(name, [row]);
    else rows.push(row);
  });
  const taken = new Set([...rowsOf].filter(([, rows]) => rows.length === 1).map(([name]) => name));
  for (const [name, rows] of rowsOf) {
    if (rows.length === 1) continue;
    const args = rows.map((row) => demangled(names[row]!).args);
    const differ = args[0]!.map((_, i) => i).filter((i) => new Set(args.map((list) => list[i])).size > 1);
    rows.forEach((row, k) => {
      const own = differ.map((i) => args[k]![i] ?? '').filter((arg) => arg.length <= MAX_ARGUMENT);
      const base = own.length === 0 ? name : `${name} <${own.join(', ')}>`;
      let distinct = own.length === 0 && k > 0 ? `${base} #${k + 1}` : base;
      for (let n = 2; taken.has(distinct); n++) distinct = `${base} #${n}`;
      taken.add(distinct);
      short[row] = distinct;
    });
  }
  return short;
}

/** A longer template argument is no help to a reader. */
const MAX_ARGUMENT = 16;
