import type { Cause } from './causes.js';
import type { ResultWindow } from './device-windows.js';
import type { LayerPart } from './layer-parts.js';
import type { OpCounts } from './op-counts.js';
import type { GraphCoverage } from './paths.js';
import type { Spread } from './spread.js';

/** Idle time by cause; every cause is there, 0 where none. */
export type IdleByCause = Readonly<Record<Cause, number>>;

/**
 * One template path. Of the sums, the inclusive ones count the paths under it too; `own` ones only what was
 * launched in no deeper range.
 */
export interface BreakdownNode {
  /** Innermost template, `(no range)` for the ops outside any range. */
  readonly template: string;
  /** `A > B > C`. */
  readonly path: string;
  /** 0 for the outermost ranges and `(no range)`. */
  readonly depth: number;
  /** Index of the node around it, -1 for the outermost. Parents come before their children. */
  readonly parent: number;
  /** Range instances of which an op, or the wait for one, is in the window; 0 for `(no range)`. */
  readonly instances: number;
  /** Of these, how many reach beyond the window: their durations are whole all the same. */
  readonly instancesCut: number;
  /** Projections (first op start to last op end) of the instances; absent for `(no range)`. */
  readonly duration?: Spread;
  /** Ops that started within the window. */
  readonly ops: number;
  readonly ownOps: number;
  /** Sum of op durations within the window: ops that overlap count twice. */
  readonly gpuNs: number;
  readonly ownGpuNs: number;
  /** Time in which an op ran, each nanosecond charged once: of ops that overlap, to the one that began first. */
  readonly busyNs: number;
  readonly ownBusyNs: number;
  /** Idle time that ended with an op of the path. */
  readonly idleNs: number;
  readonly ownIdleNs: number;
  /** Inclusive; sums to `idleNs`. */
  readonly idleByCause: IdleByCause;
  /** `(busyNs + idleNs)` over the window's span, 0 to 1. */
  readonly share: number;
}

/** Start/end ranges of one template. They nest with nothing, so they stand beside the tree, not in it. */
export interface StartEndRow {
  readonly template: string;
  /** Instances of which an op is in the window. Those that launched nothing have no place on the device. */
  readonly instances: number;
  readonly duration: Spread;
  /** Within the window, of ops launched by the opening thread while an instance was open; ops of two count once. */
  readonly ops: number;
  readonly gpuNs: number;
}

/** A row of the layer table. All rows together sum to the window: `busyNs` to busy, `idleNs` to idle. */
export interface LayerRow {
  /** `layer`: inside a pass through a transformer layer; `block`: everything else. */
  readonly scope: 'layer' | 'block';
  /** What ran, or for idle rows the cause of the wait. */
  readonly kind: 'busy' | 'idle';
  /** Only of busy rows. */
  readonly part?: LayerPart;
  /** Of the self-attention rows: the first layer, or the rest. */
  readonly layers?: 'first' | 'rest';
  /** Only of idle rows. */
  readonly cause?: Cause;
  /** As shown, e.g. `self-attention, first`. */
  readonly label: string;
  readonly ns: number;
  /** Of busy rows: the idle time that ended with one of their ops. A second view of the idle rows, not a part. */
  readonly idleBeforeNs: number;
  /** `ns` over the window's span. */
  readonly share: number;
  /** Ops that started within the window; 0 for idle rows. */
  readonly ops: number;
  /** What `count` counts: layer passes, instances of the range that gave the row its name, or blocks. */
  readonly per: 'layer' | 'range' | 'block' | 'window';
  /** Of those, how many have some of this row. Means and percentiles are over these. */
  readonly count: number;
  readonly each: Spread;
  /** What of `ns` lies inside temporal blocks, over their number; absent where none does. */
  readonly perBlockNs?: number;
}

/** A transformer layer over all its passes in the window. */
export interface LayerColumn {
  readonly index: number;
  /** Passes through the layer. */
  readonly passes: number;
  readonly busyNs: number;
  readonly idleNs: number;
  /** Parts that occur; sum to `busyNs`. */
  readonly busyByPart: Readonly<Partial<Record<LayerPart, number>>>;
  readonly idleByCause: IdleByCause;
  /** Projections of its passes. */
  readonly duration: Spread;
}

export interface LayerTable {
  /** In the order of the table: layer rows, then block rows; within both, busy before idle. */
  readonly rows: readonly LayerRow[];
  /** By index. */
  readonly layers: readonly LayerColumn[];
  /** Passes through any layer: layers × forwards. */
  readonly passes: number;
  /** Temporal blocks in the window. */
  readonly blocks: number;
  /** Templates that were taken as a layer and as a temporal block. */
  readonly layerTemplates: readonly string[];
  readonly blockTemplates: readonly string[];
}

/** The breakdown of one device. Times in nanoseconds since the trace's start; sums are exact. */
export interface DeviceBreakdown {
  readonly pid: number;
  readonly window: ResultWindow;
  /** How many windows the result sums over: the instances of a range pattern. */
  readonly windows: number;
  /** Time claimed by two range instances and given to the earlier. */
  readonly clippedNs: number;
  /** The sum of `ownBusyNs` over the tree, and of the busy rows. */
  readonly busyNs: number;
  /** The sum of `ownIdleNs` over the tree, and of the idle rows. */
  readonly idleNs: number;
  readonly idleByCause: IdleByCause;
  /** The sum of op durations; `gpuNs - busyNs` is time in which ops overlapped. */
  readonly gpuNs: number;
  readonly ops: OpCounts;
  /** Parents before children, siblings by time, largest first. */
  readonly tree: readonly BreakdownNode[];
  readonly layerTable: LayerTable;
  readonly startEnd: readonly StartEndRow[];
  readonly odd: {
    /** Ops whose launch is not in the trace: `(no range)`. */
    readonly unknownLaunches: number;
    /** Ops that end before they start: no length. */
    readonly negativeDurations: number;
    /** Range rows never closed: taken to end with the trace. */
    readonly openRanges: number;
    /** Ranges that end inside one they began in: no parent and child. */
    readonly crossingRanges: number;
    /** Ranges in more than 256 others: taken to lie beside the one around them. */
    readonly deepRanges: number;
    /** Paths that were opened on more than one thread: their instances are summed. */
    readonly pathsOnSeveralThreads: number;
  };
  readonly graphOps: GraphCoverage;
}

export interface BreakdownResult {
  readonly schema: 'gapscope.breakdown/1';
  readonly devices: readonly DeviceBreakdown[];
}
