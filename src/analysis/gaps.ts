import type { Trace } from '../trace/trace.js';
import { busyNs, findGaps, type DeviceGaps } from './busy.js';
import { CAUSE, CAUSES, type Cause } from './causes.js';
import { selectDeviceWindows, type DeviceWindows, type ResultWindow } from './device-windows.js';
import { GapSplitter } from './gap-split.js';
import type { Groundwork } from './groundwork.js';
import { HotspotGroups, NO_OP, type GapExample, type Hotspot, type HotspotGroup } from './hotspots.js';
import { visitIdleInSlices } from './idle-pieces.js';
import { OP_CLASSES, OpClassifier, type OpClassRules } from './op-class.js';
import { totalOps, type OpCounts } from './op-counts.js';
import { NO_PATH } from './path-trie.js';
import { pathOfOps, type GraphCoverage, type OpPaths } from './paths.js';
import { QueuedBehindTotals, shortOpName, type QueuedBehind } from './queued-behind.js';
import { nestRanges } from './ranges.js';
import { runThrough, type Sliced } from './slices.js';
import { streamIdle, type StreamIdleResult } from './stream-idle.js';
import type { WindowSelection } from './window.js';

export interface GapsOptions {
  /** Device to analyze; all that ran something by default. */
  readonly device?: number;
  /** `--window`, as `parseWindow` reads it. */
  readonly window?: string;
  /** Hotspots to list, 20 by default; the rest are summed in `hotspotsOmitted`. */
  readonly top?: number;
  /** What tells op classes apart; the built-in rules by default. */
  readonly classes?: OpClassRules;
  /** Also gives the gaps of each stream; below this length one may be a kernel wait. */
  readonly streamKernelWaitBelowNs?: number;
}

/** The idle budget of one device. Times in nanoseconds since the trace's start; sums are exact. */
export interface DeviceGapsResult {
  readonly pid: number;
  /** `spanNs` is `busyNs + idleNs`. */
  readonly window: ResultWindow;
  /** How many windows the result sums over: the instances of a range pattern. */
  readonly windows: number;
  /** Time claimed by two range instances and given to the earlier. */
  readonly clippedNs: number;
  readonly busyNs: number;
  readonly idleNs: number;
  readonly gapCount: number;
  readonly ops: OpCounts;
  readonly kernelNs: number;
  /** Every cause, 0 where none; they sum to `idleNs`. */
  readonly idleByCause: Readonly<Record<Cause, number>>;
  /** Largest total first. */
  readonly hotspots: readonly Hotspot[];
  readonly hotspotsOmitted: { readonly count: number; readonly totalNs: number };
  /** What `queued` time waited for. */
  readonly queuedBehind: readonly QueuedBehind[];
  /** Gaps that ended with an op whose launch is not in the trace. */
  readonly unknownLaunches: number;
  /** Ops of graph replays in the whole trace, and how many carry the ranges of their capture. */
  readonly graphOps: GraphCoverage;
  readonly negativeDurations: number;
  /** Where asked for. Not part of the idle budget: streams are idle side by side. */
  readonly byStream?: StreamIdleResult;
}

export interface GapsResult {
  readonly schema: 'gapscope.gaps/1';
  readonly devices: readonly DeviceGapsResult[];
}

const DEFAULT_TOP = 20;

/**
 * Where the GPU waits and for what: each device's idle time within the window, every nanosecond charged once.
 * @throws UserError if the trace has no GPU work, or the device or window does not exist.
 */
export function analyzeGaps(trace: Trace, options: GapsOptions = {}): GapsResult {
  return runThrough(gapsInSlices(trace, options));
}

/** The same in slices, from work that others have done. */
export function* gapsInSlices(trace: Trace, options: GapsOptions, ground?: Groundwork): Sliced<GapsResult> {
  const splitter = ground?.splitter ?? new GapSplitter(trace);
  const selections = selectDeviceWindows(trace, splitter.launch, options);
  const paths = ground?.paths ?? pathOfOps(trace, splitter.launch, nestRanges(trace));
  const classes =
    (options.classes === undefined ? ground?.classes : undefined) ??
    new OpClassifier(trace, paths, options.classes);
  const keys = HotspotGroups.keys(paths.template.length);
  const context = { trace, splitter, paths, classes, keys };
  const devices: DeviceGapsResult[] = [];
  for (const selection of selections) devices.push(yield* analyzeDevice(context, selection, options));
  return { schema: 'gapscope.gaps/1', devices };
}

interface Context {
  readonly trace: Trace;
  readonly splitter: GapSplitter;
  readonly paths: OpPaths;
  readonly classes: OpClassifier;
  /** Of `HotspotGroups`, for one device after the other. */
  readonly keys: Int32Array;
}

function* analyzeDevice(
  context: Context,
  selection: DeviceWindows,
  options: GapsOptions,
): Sliced<DeviceGapsResult> {
  const { trace, paths, splitter } = context;
  const { top = DEFAULT_TOP, streamKernelWaitBelowNs: belowNs } = options;
  const { device, window, windows, clippedNs } = selection;
  const { spanNs } = window;
  yield;
  const gaps = findGaps(trace, device, window);
  yield;
  const budget = yield* chargeGaps(context, gaps, windows);
  const ranked = yield* budget.groups.rankInSlices();
  const listed = ranked.slice(0, top);
  const omitted = ranked.slice(top);
  const busy = busyNs(trace, device, windows);
  yield;
  return {
    pid: trace.pid,
    window,
    windows: windows.length,
    clippedNs,
    busyNs: busy,
    idleNs: budget.idleNs,
    gapCount: budget.pieces.length,
    ...totalOps(trace, device, windows),
    idleByCause: Object.fromEntries(CAUSES.map((cause, c) => [cause, budget.parts[c]!])) as Record<
      Cause,
      number
    >,
    hotspots: listed.map((group) => describe(context, budget, group, spanNs)),
    hotspotsOmitted: {
      count: omitted.length,
      totalNs: omitted.reduce((sum, group) => sum + group.totalNs, 0),
    },
    queuedBehind: budget.queuedBehind.list(),
    unknownLaunches: budget.unknownLaunches,
    graphOps: paths.graphOps,
    ...(belowNs === undefined
      ? {}
      : { byStream: streamIdle(trace, splitter.launch, device, windows, belowNs) }),
  };
}

/** Gaps cut to the windows. */
interface Pieces {
  length: number;
  readonly gap: Int32Array;
  readonly startNs: Float64Array;
}

interface Budget {
  readonly gaps: DeviceGaps;
  readonly pieces: Pieces;
  readonly groups: HotspotGroups;
  readonly queuedBehind: QueuedBehindTotals;
  readonly parts: Float64Array;
  readonly idleNs: number;
  readonly unknownLaunches: number;
}

function* chargeGaps(
  context: Context,
  gaps: DeviceGaps,
  windows: WindowSelection['windows'],
): Sliced<Budget> {
  const { trace, splitter, paths, classes } = context;
  const capacity = gaps.length + windows.length;
  const pieces: Pieces = { length: 0, gap: new Int32Array(capacity), startNs: new Float64Array(capacity) };
  const groups = new HotspotGroups(capacity, paths.template.length, context.keys);
  const queuedBehind = new QueuedBehindTotals(trace);
  const parts = new Float64Array(CAUSES.length);
  let unknownLaunches = 0;
  let lastAfter = -1;
  let lastClass: number = NO_OP;
  yield* visitIdleInSlices(splitter, gaps, windows, (piece) => {
    const { gap, after, durationNs } = piece;
    const before = gaps.before[gap]!;
    let cause = piece.whole;
    if (cause >= 0) parts[cause]! += durationNs;
    else cause = addParts(piece.parts, parts);
    // The op before a gap is mostly the one that ended the gap before.
    const classBefore = before < 0 ? NO_OP : before === lastAfter ? lastClass : classes.of(before);
    lastAfter = after;
    lastClass = after < 0 ? NO_OP : classes.of(after);
    if (cause === CAUSE.unknown && after >= 0) unknownLaunches++;
    if (cause === CAUSE.queued) queuedBehind.add(splitter.dependencyOf(after)!, durationNs);
    groups.add(classBefore, lastClass, after < 0 ? NO_PATH : paths.pathId[after]!, cause, durationNs);
    pieces.gap[pieces.length] = gap;
    pieces.startNs[pieces.length++] = piece.startNs;
  });
  // Not summed above: a float that a closure changes is a new heap number each time.
  const idleNs = parts.reduce((sum, ns) => sum + ns, 0);
  return { gaps, pieces, groups, queuedBehind, parts, idleNs, unknownLaunches };
}

/** Adds parts of a gap to the sums by cause and returns the main one, as `mainCause` does, in one go. */
function addParts(parts: Float64Array, sums: Float64Array): number {
  let main = 0;
  let most = parts[0]!;
  for (let c = 0; c < parts.length; c++) {
    const ns = parts[c]!;
    if (ns === 0) continue;
    sums[c]! += ns;
    if (ns > most) {
      most = ns;
      main = c;
    }
  }
  return main;
}

function describe(
  { trace, splitter, paths }: Context,
  budget: Budget,
  group: HotspotGroup,
  spanNs: number,
): Hotspot {
  const { gaps, pieces, groups } = budget;
  const gap = pieces.gap[group.longest]!;
  const before = gaps.before[gap]!;
  const after = gaps.after[gap]!;
  const held = group.cause === CAUSE.queued ? splitter.dependencyOf(after) : undefined;
  const example: GapExample = {
    startNs: pieces.startNs[group.longest]!,
    durationNs: groups.durationNs(group.longest),
    ...(before < 0 ? {} : { beforeName: shortOpName(trace, before) }),
    ...(after < 0 ? {} : { afterName: shortOpName(trace, after) }),
    ...(held === undefined ? {} : { waitedFor: { stream: held.stream, name: shortOpName(trace, held.op) } }),
  };
  return {
    before: OP_CLASSES[group.before] ?? '(start)',
    after: OP_CLASSES[group.after] ?? '(end)',
    path: paths.text(group.path),
    cause: CAUSES[group.cause]!,
    count: group.count,
    totalNs: group.totalNs,
    share: group.totalNs / spanNs,
    medianNs: group.medianNs,
    p95Ns: group.p95Ns,
    example,
  };
}
