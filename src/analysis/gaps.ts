import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import { busyNs, findGaps, type DeviceGaps } from './busy.js';
import { CAUSE, CAUSES, mainCause, type Cause } from './causes.js';
import { GapSplitter } from './gap-split.js';
import { HotspotGroups, NO_OP, type GapExample, type Hotspot, type HotspotGroup } from './hotspots.js';
import { OP_CLASSES, OpClassifier } from './op-class.js';
import { totalOps, type OpCounts } from './op-counts.js';
import { NO_PATH } from './path-trie.js';
import { pathOfOps, type GraphCoverage, type OpPaths } from './paths.js';
import { QueuedBehindTotals, shortOpName, type QueuedBehind } from './queued-behind.js';
import { nestRanges } from './ranges.js';
import { parseWindow } from './window-spec.js';
import { selectWindows, type WindowSelection } from './window.js';

export interface GapsOptions {
  /** Device to analyze; all that ran something by default. */
  readonly device?: number;
  /** `--window`, as `parseWindow` reads it. */
  readonly window?: string;
  /** Hotspots to list, 20 by default; the rest are summed in `hotspotsOmitted`. */
  readonly top?: number;
}

/** The idle budget of one device. Times in nanoseconds since the trace's start; sums are exact. */
export interface DeviceGapsResult {
  readonly pid: number;
  readonly window: {
    readonly device: number;
    readonly startNs: number;
    readonly endNs: number;
    /** The sum over all windows: `busyNs + idleNs`. Less than `endNs - startNs` if there are several. */
    readonly spanNs: number;
  };
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
  const devices = devicesToAnalyze(trace, options.device);
  const spec = parseWindow(options.window);
  const splitter = new GapSplitter(trace);
  const selections = devices
    .map((device) => ({ device, selection: selectWindows(trace, splitter.launch, device, spec) }))
    .filter(({ selection }) => selection.windows.length > 0);
  if (selections.length === 0) {
    throw new UserError(`'${options.window}' launched nothing on ${deviceList(devices)}.`, {
      hint: 'Choose a range whose thread launched GPU work while it was open.',
    });
  }
  const paths = pathOfOps(trace, splitter.launch, nestRanges(trace));
  const context = { trace, splitter, paths, classes: new OpClassifier(trace, paths) };
  return {
    schema: 'gapscope.gaps/1',
    devices: selections.map(({ device, selection }) =>
      analyzeDevice(context, device, selection, options.top ?? DEFAULT_TOP),
    ),
  };
}

interface Context {
  readonly trace: Trace;
  readonly splitter: GapSplitter;
  readonly paths: OpPaths;
  readonly classes: OpClassifier;
}

function analyzeDevice(
  context: Context,
  device: number,
  selection: WindowSelection,
  top: number,
): DeviceGapsResult {
  const { trace, paths } = context;
  const { windows, clippedNs } = selection;
  const startNs = windows[0]!.startNs;
  const endNs = windows.at(-1)!.endNs;
  const budget = chargeGaps(context, findGaps(trace, device, { startNs, endNs }), windows);
  const spanNs = windows.reduce((sum, window) => sum + (window.endNs - window.startNs), 0);
  const ranked = budget.groups.rank();
  const listed = ranked.slice(0, top);
  const omitted = ranked.slice(top);
  return {
    pid: trace.pid,
    window: { device, startNs, endNs, spanNs },
    windows: windows.length,
    clippedNs,
    busyNs: busyNs(trace, device, windows),
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

/** One pass over gaps and windows, both sorted and disjoint. */
function chargeGaps(context: Context, gaps: DeviceGaps, windows: WindowSelection['windows']): Budget {
  const { trace, splitter, paths, classes } = context;
  const capacity = gaps.length + windows.length;
  const pieces: Pieces = { length: 0, gap: new Int32Array(capacity), startNs: new Float64Array(capacity) };
  const groups = new HotspotGroups(capacity, paths.template.length);
  const queuedBehind = new QueuedBehindTotals(trace);
  const parts = new Float64Array(CAUSES.length);
  const piece = new Float64Array(CAUSES.length);
  let idleNs = 0;
  let unknownLaunches = 0;
  let w = 0;
  for (let g = 0; g < gaps.length; g++) {
    const gapStart = gaps.startNs[g]!;
    const gapEnd = gaps.endNs[g]!;
    const before = gaps.before[g]!;
    const after = gaps.after[g]!;
    while (w < windows.length && windows[w]!.endNs <= gapStart) w++;
    for (let v = w; v < windows.length && windows[v]!.startNs < gapEnd; v++) {
      const from = Math.max(gapStart, windows[v]!.startNs);
      const to = Math.min(gapEnd, windows[v]!.endNs);
      let cause = splitter.wholeCause(gapStart, before, after);
      if (cause >= 0) {
        parts[cause]! += to - from;
      } else {
        piece.fill(0);
        splitter.split(gapStart, before, after, from, to, piece);
        for (let c = 0; c < piece.length; c++) parts[c]! += piece[c]!;
        cause = mainCause(piece);
      }
      idleNs += to - from;
      if (cause === CAUSE.unknown && after >= 0) unknownLaunches++;
      if (cause === CAUSE.queued) queuedBehind.add(splitter.dependencyOf(after)!, to - from);
      groups.add(
        before < 0 ? NO_OP : classes.of(before),
        after < 0 ? NO_OP : classes.of(after),
        after < 0 ? NO_PATH : paths.pathId[after]!,
        cause,
        to - from,
      );
      pieces.gap[pieces.length] = g;
      pieces.startNs[pieces.length++] = from;
    }
  }
  return { gaps, pieces, groups, queuedBehind, parts, idleNs, unknownLaunches };
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

function devicesToAnalyze(trace: Trace, wanted: number | undefined): number[] {
  const used = new Uint8Array(256);
  for (let i = 0; i < trace.ops.length; i++) used[trace.ops.device[i]!] = 1;
  const devices = [...used.keys()].filter((device) => used[device] === 1);
  if (devices.length === 0) {
    throw new UserError(`The trace '${trace.name}' holds no GPU operations.`, {
      hint: "Was the GPU used while collection was on? 'gapscope info' shows what was recorded, and why not.",
    });
  }
  if (wanted === undefined) return devices;
  if (!devices.includes(wanted)) {
    throw new UserError(`Nothing ran on device ${wanted}.`, {
      hint: `The trace has ${deviceList(devices)}.`,
    });
  }
  return [wanted];
}

function deviceList(devices: readonly number[]): string {
  return `${devices.length === 1 ? 'device' : 'devices'} ${devices.join(', ')}`;
}
