import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import { busyNs, findGaps } from './busy.js';
import { CAUSES, mainCause } from './causes.js';
import type { WindowChoice } from './compare-windows.js';
import type { DeviceWindows } from './device-windows.js';
import { GapSplitter } from './gap-split.js';
import { HotspotGroups, NO_OP } from './hotspots.js';
import { visitIdle } from './idle-pieces.js';
import { callsByCorrelation } from './launch.js';
import { OP_CLASSES, OpClassifier, type OpClassRules } from './op-class.js';
import { visitOps } from './ops-in-windows.js';
import { NO_PATH } from './path-trie.js';
import { pathOfOps, type OpPaths } from './paths.js';
import { nestRanges } from './ranges.js';

export interface Sum {
  count: number;
  ns: number;
}
/** By a label that is the same in every run. */
export type Sums = Map<string, Sum>;

/** What tells hotspots apart. */
export interface HotspotKey {
  readonly before: string;
  readonly after: string;
  readonly path: string;
  readonly cause: string;
}

/** One run's sums, over the windows of all its processes and devices. */
export interface RunSums {
  readonly totals: {
    ops: number;
    opNs: number;
    busyNs: number;
    idleNs: number;
    spanNs: number;
    clippedNs: number;
  };
  /** Length of every window. */
  readonly windowsNs: number[];
  readonly byTemplate: Sums;
  readonly byKernel: Sums;
  readonly byCause: Sums;
  readonly byHotspot: Sums;
  readonly hotspots: Map<string, HotspotKey>;
  /** How many devices, over the processes, have windows. */
  devices: number;
  /** Processes that take no part, and why. */
  readonly leftOut: string[];
}

/** @throws UserError if no process has such windows */
export function sumsOf(traces: readonly Trace[], choose: WindowChoice, classes?: OpClassRules): RunSums {
  const sums: RunSums = {
    totals: { ops: 0, opNs: 0, busyNs: 0, idleNs: 0, spanNs: 0, clippedNs: 0 },
    windowsNs: [],
    byTemplate: new Map(),
    byKernel: new Map(),
    byCause: new Map(),
    byHotspot: new Map(),
    hotspots: new Map(),
    devices: 0,
    leftOut: [],
  };
  let failure: UserError | undefined;
  for (const trace of traces) {
    try {
      addTrace(sums, trace, choose, classes);
    } catch (error) {
      // A process that has no such window takes no part in it.
      if (!(error instanceof UserError)) throw error;
      failure ??= error;
      sums.leftOut.push(`process ${trace.pid}: ${error.message}`);
    }
  }
  if (sums.devices === 0 && failure !== undefined) throw failure;
  return sums;
}

interface Context {
  readonly trace: Trace;
  readonly splitter: GapSplitter;
  readonly paths: OpPaths;
  readonly classes: OpClassifier;
}

function addTrace(sums: RunSums, trace: Trace, choose: WindowChoice, rules?: OpClassRules): void {
  const splitter = new GapSplitter(trace, callsByCorrelation(trace));
  const selections = choose(trace, splitter.launch);
  if (selections.length === 0) {
    sums.leftOut.push(`process ${trace.pid}: it has none of the blocks that are compared`);
    return;
  }
  const paths = pathOfOps(trace, splitter.launch, nestRanges(trace));
  const context = { trace, splitter, paths, classes: new OpClassifier(trace, paths, rules) };
  const ofPath = new Counts(paths.template.length);
  const ofName = new Counts(trace.strings.length);
  const ofCause = new Counts(CAUSES.length);
  for (const selection of selections) {
    addOps(sums, context, selection, ofPath, ofName);
    addIdle(sums, context, selection, ofCause);
    sums.devices++;
  }
  ofPath.addTo(sums.byTemplate, (path) => paths.text(path));
  ofName.addTo(sums.byKernel, (name) => trace.strings[name] ?? `?${name}`);
  ofCause.addTo(sums.byCause, (cause) => CAUSES[cause]!);
}

function addOps(
  { totals, windowsNs }: RunSums,
  { trace, paths }: Context,
  { device, windows, window, clippedNs }: DeviceWindows,
  ofPath: Counts,
  ofName: Counts,
): void {
  const { ops } = trace;
  totals.spanNs += window.spanNs;
  totals.clippedNs += clippedNs;
  totals.busyNs += busyNs(trace, device, windows);
  for (const { startNs, endNs } of windows) windowsNs.push(endNs - startNs);
  visitOps(trace, device, windows, (op, insideNs, began) => {
    ofPath.add(paths.pathId[op]!, insideNs, began ? 1 : 0);
    ofName.add(ops.name[op]!, insideNs, began ? 1 : 0);
    totals.opNs += insideNs;
    if (began) totals.ops++;
  });
}

function addIdle(
  sums: RunSums,
  { trace, splitter, paths, classes }: Context,
  { device, windows, window }: DeviceWindows,
  ofCause: Counts,
): void {
  const gaps = findGaps(trace, device, window);
  const groups = new HotspotGroups(gaps.length + windows.length, paths.template.length);
  const classOf = (op: number): number => (op < 0 ? NO_OP : classes.of(op));
  visitIdle(splitter, gaps, windows, ({ gap, after, durationNs, whole, parts }) => {
    if (whole >= 0) ofCause.add(whole, durationNs, 1);
    else for (let c = 0; c < CAUSES.length; c++) if (parts[c]! > 0) ofCause.add(c, parts[c]!, 1);
    groups.add(
      classOf(gaps.before[gap]!),
      classOf(after),
      after < 0 ? NO_PATH : paths.pathId[after]!,
      whole >= 0 ? whole : mainCause(parts),
      durationNs,
    );
  });
  for (const group of groups.rank()) {
    sums.totals.idleNs += group.totalNs;
    const key: HotspotKey = {
      before: OP_CLASSES[group.before] ?? '(start)',
      after: OP_CLASSES[group.after] ?? '(end)',
      path: paths.text(group.path),
      cause: CAUSES[group.cause]!,
    };
    // No class or cause holds a line break, so that no two kinds share a label.
    const label = [key.before, key.after, key.cause, key.path].join('\n');
    sums.hotspots.set(label, key);
    addSum(sums.byHotspot, label, group.count, group.totalNs);
  }
}

function addSum(sums: Sums, label: string, count: number, ns: number): void {
  const sum = sums.get(label);
  if (sum === undefined) {
    sums.set(label, { count, ns });
    return;
  }
  sum.count += count;
  sum.ns += ns;
}

class Counts {
  readonly #ns: Float64Array;
  readonly #count: Float64Array;

  constructor(length: number) {
    this.#ns = new Float64Array(length);
    this.#count = new Float64Array(length);
  }

  add(id: number, ns: number, count: number): void {
    this.#ns[id]! += ns;
    this.#count[id]! += count;
  }

  addTo(sums: Sums, label: (id: number) => string): void {
    for (let id = 0; id < this.#ns.length; id++) {
      if (this.#count[id] === 0 && this.#ns[id] === 0) continue;
      addSum(sums, label(id), this.#count[id]!, this.#ns[id]!);
    }
  }
}
