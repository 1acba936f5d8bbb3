/**
 * A kernel's name without return type, namespaces, template arguments and parameters:
 * `void at::native::vectorized_elementwise_kernel<4, …>(int, …)` → `vectorized_elementwise_kernel`.
 */
export function shortKernelName(name: string): string {
  const plain = name.replaceAll('(anonymous namespace)', '').replace(/^(?:void|int|bool|float) +/, '');
  const end = plain.search(/[<(]/);
  const head = end > 0 ? plain.slice(0, end) : plain;
  const short = head.split('::').at(-1)!.trim();
  return short === '' ? name : short;
}
