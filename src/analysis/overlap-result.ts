import type { ResultWindow } from './device-windows.js';

export interface OverlapOptions {
  /** Device to analyze; all that ran something by default. */
  readonly device?: number;
  /** `--window`, as `parseWindow` reads it. */
  readonly window?: string;
  /** Host waits to list, 20 by default; the rest are summed in `hostWaits.omitted`. */
  readonly top?: number;
}

/** Time in which exactly so many ops ran on the device. */
export interface ConcurrencyLevel {
  readonly ops: number;
  readonly totalNs: number;
  /** Of the window, 0 to 1. */
  readonly share: number;
}

export interface StreamRow {
  readonly context: number;
  /** CUPTI's id. */
  readonly stream: number;
  /** Ops that began within a window, by kind; `graph`: whole replays not traced by node. */
  readonly kernels: number;
  readonly copies: number;
  readonly sets: number;
  readonly graphs: number;
  /** Union of its ops within the windows. */
  readonly busyNs: number;
  readonly share: number;
  /** Of `busyNs`, the time in which no other stream of the device ran anything. */
  readonly aloneNs: number;
}

/** Copies of one direction, or sets. */
export interface CopyRow {
  readonly kind: string;
  /** That began within a window. */
  readonly count: number;
  readonly bytes: number;
  /** Sum of durations within the windows. */
  readonly totalNs: number;
  /** Of that, while a kernel ran on the device too. */
  readonly hiddenNs: number;
  readonly exposedNs: number;
}

export type WaitKind = 'stream' | 'event' | 'device' | 'blocking-copy' | 'other';

/** Host waits of one thread, from one place, by one call. */
export interface HostWait {
  readonly thread: number;
  /** Empty where the trace has none. */
  readonly threadName: string;
  /** Template path open when the call was made. */
  readonly path: string;
  /** The outermost call, as the trace names it. */
  readonly call: string;
  readonly kind: WaitKind;
  /** Waits that reach into a window. */
  readonly count: number;
  /** Of waiting, within the windows. */
  readonly totalNs: number;
  /** Of `totalNs`, while nothing ran on the device. */
  readonly idleNs: number;
  readonly longest: { readonly startNs: number; readonly durationNs: number };
}

export interface DeviceOverlapResult {
  readonly pid: number;
  readonly window: ResultWindow;
  readonly windows: number;
  readonly clippedNs: number;
  readonly busyNs: number;
  readonly idleNs: number;
  /** 0, 1, 2, … ops at once, without levels that never occur (0 is always there); sums to the span. */
  readonly concurrency: readonly ConcurrencyLevel[];
  /** Mean number of ops at once while busy; 1 where nothing overlaps. */
  readonly meanOps: number;
  /** Busiest first. */
  readonly streams: readonly StreamRow[];
  /** Copies and sets together, each instant once: `busyNs = hiddenNs + exposedNs`. */
  readonly copies: {
    readonly busyNs: number;
    readonly hiddenNs: number;
    readonly exposedNs: number;
    /** Most time first; sums of durations, so copies that overlap each other count twice here. */
    readonly kinds: readonly CopyRow[];
  };
  readonly hostWaits: {
    readonly count: number;
    /** Over all threads: two threads that wait at once count twice. */
    readonly totalNs: number;
    readonly idleNs: number;
    /** Largest total first. */
    readonly waits: readonly HostWait[];
    readonly omitted: { readonly count: number; readonly totalNs: number };
  };
}

export interface OverlapResult {
  readonly schema: 'gapscope.overlap/1';
  readonly devices: readonly DeviceOverlapResult[];
}
