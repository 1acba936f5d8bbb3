import type { Trace } from '../trace/trace.js';
import { copyOverlap } from './copy-overlap.js';
import { selectDeviceWindows, type DeviceWindows } from './device-windows.js';
import { HostWaits } from './host-waits.js';
import { IntervalUnion } from './interval-union.js';
import { callsByCorrelation, launchOfOps } from './launch.js';
import { nsByCount, opPieces, type OpPieces } from './op-pieces.js';
import type { DeviceOverlapResult, OverlapOptions, OverlapResult } from './overlap-result.js';
import { streamRows } from './stream-overlap.js';

export type * from './overlap-result.js';

const DEFAULT_TOP = 20;

/**
 * What runs at once on each device: ops, streams, copies beside kernels; and where the host waits for it.
 * @throws UserError if the trace has no GPU work, or the device or window does not exist.
 */
export function analyzeOverlap(trace: Trace, options: OverlapOptions = {}): OverlapResult {
  const lookup = callsByCorrelation(trace);
  const launch = launchOfOps(trace, lookup);
  const devices = selectDeviceWindows(trace, launch, options);
  const waits = new HostWaits(trace, launch, lookup);
  return {
    schema: 'gapscope.overlap/1',
    devices: devices.map((device) => analyzeDevice(trace, waits, device, options.top ?? DEFAULT_TOP)),
  };
}

function analyzeDevice(
  trace: Trace,
  hostWaits: HostWaits,
  { device, window, windows, clippedNs }: DeviceWindows,
  top: number,
): DeviceOverlapResult {
  const { spanNs } = window;
  const pieces = opPieces(trace, device, windows);
  const busy = unionOf(pieces);
  const byCount = nsByCount(pieces);
  byCount[0] = spanNs - busy.totalNs;
  const waits = hostWaits.within(windows, busy);
  const omitted = waits.slice(top);
  const total = (list: typeof waits, value: (wait: (typeof waits)[number]) => number): number =>
    list.reduce((sum, wait) => sum + value(wait), 0);
  return {
    pid: trace.pid,
    window,
    windows: windows.length,
    clippedNs,
    busyNs: busy.totalNs,
    idleNs: spanNs - busy.totalNs,
    concurrency: byCount
      .map((totalNs, ops) => ({ ops, totalNs, share: spanNs === 0 ? 0 : totalNs / spanNs }))
      .filter(({ ops, totalNs }) => ops === 0 || totalNs > 0),
    meanOps: busy.totalNs === 0 ? 0 : byCount.reduce((sum, ns, ops) => sum + ns * ops, 0) / busy.totalNs,
    streams: streamRows(trace, device, windows, pieces, spanNs),
    copies: copyOverlap(trace, device, windows, pieces),
    hostWaits: {
      count: total(waits, ({ count }) => count),
      totalNs: total(waits, ({ totalNs }) => totalNs),
      idleNs: total(waits, ({ idleNs }) => idleNs),
      waits: waits.slice(0, top),
      omitted: { count: omitted.length, totalNs: total(omitted, ({ totalNs }) => totalNs) },
    },
  };
}

function unionOf({ startNs, endNs, length }: OpPieces): IntervalUnion {
  const union = new IntervalUnion();
  for (let i = 0; i < length; i++) union.add(startNs[i]!, endNs[i]!);
  return union;
}
