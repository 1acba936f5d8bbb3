/**
 * Where idle time can go, in the order in which tables show them.
 *
 * - `graph`: inside one graph replay
 * - `queued`: the launch had returned; the op waited for another stream's op
 * - `dispatch`: the launch had returned and nothing held the op: the device's own start cost
 * - `launch`: the launch call itself and the way to the device
 * - `sync`, `blocking-copy`, `alloc`, `api`: another CUDA call of the launching thread, before the launch
 * - `queue-full`: the driver's command buffer was full
 * - `profiler`: the profiler's own stall
 * - `host`: the launching thread was outside CUDA
 * - `unknown`: the launch is not in the trace, or no op follows
 */
export const CAUSES = [
  'graph',
  'queued',
  'dispatch',
  'launch',
  'sync',
  'blocking-copy',
  'alloc',
  'api',
  'queue-full',
  'profiler',
  'host',
  'unknown',
] as const;

export type Cause = (typeof CAUSES)[number];

/** Cause → its place in `CAUSES`, by which hot loops know it. */
export const CAUSE = {
  graph: 0,
  queued: 1,
  dispatch: 2,
  launch: 3,
  sync: 4,
  blockingCopy: 5,
  alloc: 6,
  api: 7,
  queueFull: 8,
  profiler: 9,
  host: 10,
  unknown: 11,
} as const;

/** Index into `CAUSES` of the largest part; of equal parts the first. */
export function mainCause(parts: Float64Array): number {
  let best = 0;
  for (let c = 1; c < parts.length; c++) {
    if (parts[c]! > parts[best]!) best = c;
  }
  return best;
}
