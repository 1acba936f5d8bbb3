/** What becomes of an event, by its category. */
export const CATEGORY = {
  /** Generic: a range if it has a length. */
  other: 0,
  kernel: 1,
  memcpy: 2,
  memset: 3,
  call: 4,
  sync: 5,
  overhead: 6,
  annotation: 7,
  cpuOp: 8,
  python: 9,
  /** The profiler's own copies of what is there already, and kinds with no place in a trace. */
  leftOut: 10,
  /** A whole graph replay that was not recorded node by node: our own export's. */
  graph: 11,
} as const;

/**
 * Categories of the PyTorch profiler, of all versions, and of our own export. XPU and other vendors' runtimes
 * are calls like CUDA's.
 */
const OF_NAME: ReadonlyMap<string, number> = new Map([
  ['kernel', CATEGORY.kernel],
  ['concurrent_kernel', CATEGORY.kernel],
  ['gpu_memcpy', CATEGORY.memcpy],
  ['memcpy', CATEGORY.memcpy],
  ['gpu_memset', CATEGORY.memset],
  ['memset', CATEGORY.memset],
  ['gpu_graph', CATEGORY.graph],
  ['cuda_runtime', CATEGORY.call],
  ['cuda_driver', CATEGORY.call],
  ['hip_runtime', CATEGORY.call],
  ['runtime', CATEGORY.call],
  ['xpu_runtime', CATEGORY.call],
  ['xpu_driver', CATEGORY.call],
  ['privateuse1_runtime', CATEGORY.call],
  ['privateuse1_driver', CATEGORY.call],
  ['cuda_sync', CATEGORY.sync],
  ['overhead', CATEGORY.overhead],
  ['user_annotation', CATEGORY.annotation],
  ['record_function', CATEGORY.annotation],
  ['cpu_op', CATEGORY.cpuOp],
  ['operator', CATEGORY.cpuOp],
  ['python_function', CATEGORY.python],
  ['gpu_user_annotation', CATEGORY.leftOut],
  ['trace', CATEGORY.leftOut],
  ['cpu_instant_event', CATEGORY.leftOut],
  ['external_correlation', CATEGORY.leftOut],
  ['cuda_event', CATEGORY.leftOut],
  ['cuda_profiler_range', CATEGORY.leftOut],
  ['ac2g', CATEGORY.leftOut],
  ['async_cpu_to_gpu', CATEGORY.leftOut],
  ['fwdbwd', CATEGORY.leftOut],
  ['mtia_runtime', CATEGORY.leftOut],
  ['mtia_ccp_events', CATEGORY.leftOut],
  ['mtia_insight', CATEGORY.leftOut],
  ['gap', CATEGORY.leftOut],
]);

export function categoryOf(name: string): number {
  return OF_NAME.get(name.toLowerCase()) ?? CATEGORY.other;
}
