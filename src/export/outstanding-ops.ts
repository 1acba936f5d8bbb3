import type { Trace } from '../trace/trace.js';

/** Changes closer together than this are one: a counter that changes with every op would double the file. */
const LEAST_STEP_NS = 10_000;

/**
 * How many ops of a device were launched and had not ended, at the times at which that changes; of changes within 10 µs
 * the largest count. An op whose launch is not known counts from its start.
 */
export function* outstandingOps(
  { ops, calls }: Trace,
  launch: Int32Array,
  device: number,
): Generator<readonly [timeNs: number, count: number]> {
  const ups = new Float64Array(ops.length);
  const downs = new Float64Array(ops.length);
  let n = 0;
  for (let i = 0; i < ops.length; i++) {
    if (ops.device[i] !== device) continue;
    const startNs = ops.startNs[i]!;
    ups[n] = launch[i]! < 0 ? startNs : Math.min(startNs, calls.startNs[launch[i]!]!);
    downs[n++] = startNs + Math.max(0, ops.durationNs[i]!);
  }
  yield* counted(ups.subarray(0, n).sort(), downs.subarray(0, n).sort());
}

function* counted(ups: Float64Array, downs: Float64Array): Generator<readonly [number, number]> {
  let u = 0;
  let d = 0;
  while (d < downs.length) {
    const fromNs = Math.min(u < ups.length ? ups[u]! : Infinity, downs[d]!);
    let most = 0;
    for (;;) {
      const timeNs = Math.min(u < ups.length ? ups[u]! : Infinity, d < downs.length ? downs[d]! : Infinity);
      if (timeNs >= fromNs + LEAST_STEP_NS) break;
      while (d < downs.length && downs[d] === timeNs) d++;
      while (u < ups.length && ups[u] === timeNs) u++;
      most = Math.max(most, u - d);
    }
    yield [fromNs, most];
  }
  if (downs.length > 0) yield [downs.at(-1)!, 0];
}
