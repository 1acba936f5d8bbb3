import type { RunClocks, Trace, TraceNotice } from '../trace/trace.js';
import { alignClocks } from './align-clocks.js';

/** A machine's CLOCK_MONOTONIC starts at boot and is slewed like CLOCK_REALTIME: their difference names the boot. */
const BOOT_TOLERANCE_NS = 1e6;

/** `TraceNotice.table` of what is found out about clocks whenever a run is opened. */
export const CLOCKS = 'clocks';

export interface ClockFindings {
  readonly clocks: RunClocks;
  /** What the user must know of it. */
  readonly notice?: TraceNotice;
}

/** How the clocks of several traces relate: the same clock, or matched by their collectives, or not known. */
export function clocksOf(traces: readonly Trace[]): ClockFindings {
  if (onOneClock(traces)) {
    const first = traces.reduce((min, { baseNs }) => (baseNs < min ? baseNs : min), traces[0]!.baseNs);
    const offsetsNs = traces.map(({ baseNs }) => Number(baseNs - first));
    return { clocks: { relation: 'same', offsetsNs } };
  }
  const matched = alignClocks(traces);
  if (typeof matched !== 'string') {
    const { offsetsNs, residualNs, collectives, ways } = matched;
    const earliest = Math.min(...offsetsNs);
    const message =
      `${traces.length} traces recorded on different clocks were aligned by ${collectives} collectives, ` +
      `which end within ${(residualNs / 1000).toFixed(1)} µs of each other` +
      (ways === 1 ? '' : `; of ${ways} ways to match them, the one that the files' own clocks say`);
    return {
      clocks: { relation: 'matched', offsetsNs: offsetsNs.map((offset) => offset - earliest), residualNs },
      notice: { table: CLOCKS, message },
    };
  }
  const message =
    `${traces.length} traces are side by side, each from its own first record: ` +
    `nothing says that they were recorded on one clock, and ${matched}`;
  return {
    clocks: { relation: 'apart', offsetsNs: traces.map(() => 0) },
    notice: { table: CLOCKS, message },
  };
}

function onOneClock(traces: readonly Trace[]): boolean {
  if (traces.some(({ baseNs }) => baseNs === 0n)) return false;
  const domains = new Set(traces.map(({ status }) => status.get('clockDomain')));
  if (domains.size === 1 && !domains.has(undefined)) return true;
  const boots = traces.map(bootNs);
  if (boots.some((boot) => boot === undefined)) return false;
  const known = boots as bigint[];
  return known.every((boot) => abs(boot - known[0]!) <= BigInt(BOOT_TOLERANCE_NS));
}

/** When the machine was booted, on CLOCK_REALTIME; undefined where the trace has no clock anchors. */
function bootNs({ clock, baseNs }: Trace): bigint | undefined {
  if (clock.length === 0 || clock.monotonicNs[0] === 0) return undefined;
  return baseNs + BigInt(Math.round(clock.realtimeNs[0]!)) - BigInt(Math.round(clock.monotonicNs[0]!));
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
