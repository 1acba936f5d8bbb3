import { RANGE_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import type { BreakdownResult, DeviceBreakdown } from './breakdown-result.js';
import { TreeSums } from './breakdown-tree.js';
import { findGaps } from './busy.js';
import { CAUSES } from './causes.js';
import { addIdlePiece, idleAt, idleByCauseAt } from './charge-sums.js';
import { selectDeviceWindows, type DeviceWindows } from './device-windows.js';
import { GapSplitter } from './gap-split.js';
import { visitIdle } from './idle-pieces.js';
import { instancesOfOps, projectInstances, type Instances } from './instances.js';
import { placePaths, type LayerPlaces } from './layer-places.js';
import { LayerSums } from './layer-sums.js';
import { layerTable } from './layer-table.js';
import { chargeOps } from './op-charges.js';
import { OpClassifier } from './op-class.js';
import { totalOps } from './op-counts.js';
import { pathOfOps, type OpPaths } from './paths.js';
import { nestRanges, type RangeNesting } from './ranges.js';
import { DEFAULT_RULES, type Rules } from './rules.js';
import { startEndRows } from './start-end.js';

export type * from './breakdown-result.js';

export interface BreakdownOptions {
  /** Device to analyze; all that ran something by default. */
  readonly device?: number;
  /** `--window`, as `parseWindow` reads it. */
  readonly window?: string;
  /** Which ranges and kernels are what; `DEFAULT_RULES` by default. */
  readonly rules?: Rules;
}

/**
 * The time of the window by range template, and by what a transformer layer is made of. Both close: every busy
 * nanosecond is charged to one op and through it to one path and one row, every idle one to the op it waited for.
 * @throws UserError if the trace has no GPU work, or the device or window does not exist.
 */
export function analyzeBreakdown(trace: Trace, options: BreakdownOptions = {}): BreakdownResult {
  const splitter = new GapSplitter(trace);
  const selections = selectDeviceWindows(trace, splitter.launch, options);
  const nesting = nestRanges(trace);
  const paths = pathOfOps(trace, splitter.launch, nesting);
  const rules = options.rules ?? DEFAULT_RULES;
  const context: Context = {
    trace,
    splitter,
    paths,
    nesting,
    instances: instancesOfOps(trace, splitter.launch, nesting, paths),
    places: placePaths(paths, rules),
    classes: new OpClassifier(trace, paths, rules.classes),
  };
  return {
    schema: 'gapscope.breakdown/1',
    devices: selections.map((selection) => breakDown(context, selection)),
  };
}

interface Context {
  readonly trace: Trace;
  readonly splitter: GapSplitter;
  readonly paths: OpPaths;
  readonly nesting: RangeNesting;
  readonly instances: Instances;
  readonly places: LayerPlaces;
  readonly classes: OpClassifier;
}

function breakDown(context: Context, selection: DeviceWindows): DeviceBreakdown {
  const { trace, splitter, paths, instances, places, classes } = context;
  const { device, window, windows, clippedNs } = selection;
  const { launch } = splitter;
  const tree = new TreeSums(paths, instances);
  const layers = new LayerSums(paths.pathId, instances, places, classes);
  const ofCall = {
    ops: new Float64Array(trace.calls.length),
    gpuNs: new Float64Array(trace.calls.length),
  };
  const sums = { gpuNs: 0, busyNs: 0, unknownLaunches: 0 };
  chargeOps(trace, device, windows, (op, started, gpuNs, busyNs) => {
    sums.gpuNs += gpuNs;
    sums.busyNs += busyNs;
    const call = launch[op]!;
    if (call >= 0) {
      ofCall.ops[call]! += started;
      ofCall.gpuNs[call]! += gpuNs;
    } else {
      sums.unknownLaunches += started;
    }
    tree.addOp(op, started, gpuNs, busyNs);
    layers.addOp(op, started, busyNs);
  });
  const idle = new Float64Array(CAUSES.length);
  visitIdle(splitter, findGaps(trace, device, window), windows, (piece) => {
    addIdlePiece(idle, 0, piece);
    tree.addIdle(piece);
    layers.addIdle(piece);
  });

  const projections = projectInstances(trace, instances, device);
  const isIn = tree.instancesIn();
  const { spanNs } = window;
  const { ops, negativeDurations } = totalOps(trace, device, windows);
  return {
    pid: trace.pid,
    window,
    windows: windows.length,
    clippedNs,
    busyNs: sums.busyNs,
    idleNs: idleAt(idle, 0),
    idleByCause: idleByCauseAt(idle, 0),
    gpuNs: sums.gpuNs,
    ops,
    tree: tree.nodes(projections, windows, spanNs),
    layerTable: layerTable(layers, { trace, paths, places, instances, projections, isIn, spanNs }),
    startEnd: startEndRows(trace, launch, device, windows, ofCall),
    odd: {
      unknownLaunches: sums.unknownLaunches,
      negativeDurations,
      openRanges: trace.openRanges.length,
      crossingRanges: context.nesting.crossing,
      deepRanges: context.nesting.tooDeep,
      pathsOnSeveralThreads: pathsOnSeveralThreads(trace, paths, isIn),
    },
    graphOps: paths.graphOps,
  };
}

/** Paths whose instances in the windows were opened by more than one thread. */
function pathsOnSeveralThreads({ ranges }: Trace, { pathOfRange }: OpPaths, isIn: Uint8Array): number {
  const threadOf = new Map<number, number>();
  const several = new Set<number>();
  for (let r = 0; r < ranges.length; r++) {
    if (ranges.kind[r] !== RANGE_KIND.pushPop || isIn[r] === 0) continue;
    const path = pathOfRange[r]!;
    const thread = threadOf.get(path);
    if (thread === undefined) threadOf.set(path, ranges.thread[r]!);
    else if (thread !== ranges.thread[r]) several.add(path);
  }
  return several.size;
}
