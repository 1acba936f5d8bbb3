import type { ResultWindow } from './device-windows.js';
import type { LaunchShape } from './launch-shape.js';
import type { Occupancy } from './occupancy.js';
import type { OpClass } from './op-class.js';
import type { Schedule, Waves } from './waves.js';

export interface KernelsOptions {
  /** Device to analyze; all that ran something by default. */
  readonly device?: number;
  /** `--window`, as `parseWindow` reads it. */
  readonly window?: string;
  /** Rows to list, 20 by default; the rest are summed in `omitted`. */
  readonly top?: number;
  /** A row is one kernel name (the default), or one name with one launch shape. */
  readonly by?: KernelsBy;
}

export type KernelsBy = 'name' | 'shape';

/** One kernel (or one kernel in one shape). Times in nanoseconds. */
export interface KernelRow {
  /** Short and readable; two kernels never share one, but rows by shape of one kernel do. Foreign text. */
  readonly name: string;
  /** As the trace has it. */
  readonly fullName: string;
  /** Of several (the same kernel in different ranges) the one with most of the time. */
  readonly class: OpClass;
  /** Launches that began within a window. */
  readonly count: number;
  /** Time within the windows: over all kernels this is `kernelNs`. */
  readonly totalNs: number;
  /** `totalNs` over `kernelNs`, 0 to 1. */
  readonly share: number;
  /** `totalNs` over the window's span. */
  readonly shareOfWindow: number;
  /** Of whole durations of the `count` launches; absent if none began within a window. Nearest-rank. */
  readonly meanNs?: number;
  readonly p50Ns?: number;
  readonly p95Ns?: number;
  /** Different launch shapes; what follows under `main` is of the one with most of the time. */
  readonly shapes: number;
  readonly main: {
    /** Of the row's time, 0 to 1. */
    readonly share: number;
    /** Absent where the trace has no launch shape (another tool's file). */
    readonly launch?: LaunchShape;
    readonly occupancy?: Occupancy;
    readonly waves?: Waves;
    readonly schedule: Schedule;
    /** Why occupancy and waves are not known. */
    readonly notKnown?: string;
  };
  /** Mean occupancy over the time of launches where it is known, 0 to 1; absent where none is. */
  readonly occupancy?: number;
  /** Time lost in last, partly filled waves: at most this much. 0 for persistent kernels. */
  readonly tailNs: number;
  /** SM time (÷ SMs) of SMs that got no block, in grids with fewer blocks than SMs: at least this much. */
  readonly idleSmNs: number;
  /** Launches shorter than what their launch call took on the host, graph replays apart. */
  readonly short: {
    /** Median duration of the row's launch calls; absent where none is in the trace, or all are graph replays. */
    readonly launchNs?: number;
    readonly count: number;
    /** `count` over the launches that were compared. */
    readonly share: number;
    readonly totalNs: number;
  };
  /** Template path with most of the row's time, and that part of it, 0 to 1. */
  readonly path: string;
  readonly pathShare: number;
}

export interface DeviceKernelsResult {
  readonly pid: number;
  readonly window: ResultWindow;
  /** How many windows the result sums over: the instances of a range pattern. */
  readonly windows: number;
  readonly clippedNs: number;
  /** Time in which any op ran. */
  readonly busyNs: number;
  /** Sum of kernel durations within the windows: what the rows and `omitted` sum to. */
  readonly kernelNs: number;
  /** Launches that began within a window. */
  readonly count: number;
  /** All rows there are, listed or not. */
  readonly rowCount: number;
  /** Largest total first. */
  readonly kernels: readonly KernelRow[];
  readonly omitted: { readonly count: number; readonly totalNs: number; readonly launches: number };
  /** Sums over all rows. */
  readonly tailNs: number;
  readonly idleSmNs: number;
  readonly short: { readonly count: number; readonly totalNs: number };
  /** Kernel time by schedule; sums to `kernelNs`. */
  readonly scheduleNs: Readonly<Record<Schedule, number>>;
  /** Mean occupancy over the kernel time for which it is known; absent if none. */
  readonly occupancy?: number;
  /** Limits that the trace lacks of this device, or its unknown compute capability: why nothing is known. */
  readonly notKnown?: string;
}

export interface KernelsResult {
  readonly schema: 'gapscope.kernels/1';
  readonly by: KernelsBy;
  readonly devices: readonly DeviceKernelsResult[];
}
