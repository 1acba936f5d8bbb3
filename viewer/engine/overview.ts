import type { OpenedTrace } from './opened-trace.js';
import type { ProcessView } from './process-view.js';
import type { Overview } from './protocol.js';

/** Busy share of every device in `buckets` equal parts of the trace. */
export function overviewOf(opened: OpenedTrace, shiftNs: number, buckets: number): Overview {
  const n = Math.min(1 << 14, Math.max(1, Math.floor(buckets)));
  return {
    startNs: shiftNs,
    endNs: shiftNs + opened.endNs,
    lanes: opened.devices.map(({ track, label, view, device }) => ({
      track,
      label,
      busy: busyShares(view, device, opened.endNs / n, n),
    })),
  };
}

/** Of each bucket of `widthNs` the share in which at least one op ran. */
export function busyShares(
  { trace, offsetNs }: ProcessView,
  device: number,
  widthNs: number,
  buckets: number,
): Float32Array {
  const { startNs, durationNs, device: devices, length } = trace.ops;
  const sums = new Float64Array(buckets);
  let until = -Infinity;
  for (let i = 0; i < length; i++) {
    if (devices[i] !== device) continue;
    const end = startNs[i]! + offsetNs + durationNs[i]!;
    if (end <= until) continue;
    let from = Math.max(startNs[i]! + offsetNs, until);
    until = end;
    let bucket = Math.min(buckets - 1, Math.floor(from / widthNs));
    for (; bucket < buckets - 1 && from < end; bucket++) {
      const to = Math.min(end, (bucket + 1) * widthNs);
      if (to > from) sums[bucket]! += to - from;
      from = Math.max(from, to);
    }
    if (from < end) sums[bucket]! += end - from;
  }
  return Float32Array.from(sums, (ns) => Math.min(1, ns / widthNs));
}
