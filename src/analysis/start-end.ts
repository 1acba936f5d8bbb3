import { RANGE_KIND } from '../trace/schema.js';
import type { IndexIntoRanges, Trace } from '../trace/trace.js';
import type { StartEndRow } from './breakdown-result.js';
import type { Interval } from './busy.js';
import { firstAtOrAfter } from './first-at-or-after.js';
import { projectRanges } from './projection.js';
import { spreadOf } from './spread.js';
import { templateOf } from './template.js';

/** What of the windows was launched by each call: op counts and durations, filled by the caller. */
export interface CallCharges {
  readonly ops: Float64Array;
  readonly gpuNs: Float64Array;
}

/**
 * Start/end ranges, by template. They overlap each other and cross push/pop ranges freely, so their sums are no
 * parts of anything. An op belongs to those that its thread had opened and that were open at its launch.
 */
export function startEndRows(
  trace: Trace,
  launch: Int32Array,
  device: number,
  windows: readonly Interval[],
  charges: CallCharges,
): StartEndRow[] {
  const { ranges, calls, strings } = trace;
  const rowsOf = new Map<string, IndexIntoRanges[]>();
  for (let r = 0; r < ranges.length; r++) {
    if (ranges.kind[r] !== RANGE_KIND.startEnd) continue;
    const template = templateOf(strings[ranges.name[r]!] ?? '');
    const rows = rowsOf.get(template);
    if (rows === undefined) rowsOf.set(template, [r]);
    else rows.push(r);
  }
  if (rowsOf.size === 0) return [];

  const seen = new Int32Array(calls.length);
  let round = 0;
  const result: StartEndRow[] = [];
  for (const [template, rows] of rowsOf) {
    round++;
    const inside = projectRanges(trace, launch, device, rows).filter(({ startNs, endNs }) =>
      windows.some((window) => startNs < window.endNs && endNs > window.startNs),
    );
    if (inside.length === 0) continue;
    let ops = 0;
    let gpuNs = 0;
    for (const { range } of inside) {
      const until = ranges.startNs[range]! + ranges.durationNs[range]!;
      for (let c = firstAtOrAfter(calls.startNs, ranges.startNs[range]!); c < calls.length; c++) {
        if (calls.startNs[c]! >= until) break;
        // A call in two instances of the template counts once.
        if (calls.thread[c] !== ranges.thread[range] || seen[c] === round) continue;
        seen[c] = round;
        ops += charges.ops[c]!;
        gpuNs += charges.gpuNs[c]!;
      }
    }
    const durations = Float64Array.from(inside, ({ startNs, endNs }) => endNs - startNs);
    result.push({ template, instances: inside.length, duration: spreadOf(durations), ops, gpuNs });
  }
  return result.toSorted((a, b) => b.gpuNs - a.gpuNs);
}
