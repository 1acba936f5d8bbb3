import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import { findGaps } from './busy.js';
import { CAUSES } from './causes.js';
import { selectDeviceWindows } from './device-windows.js';
import { GapSplitter } from './gap-split.js';
import { visitIdle } from './idle-pieces.js';
import { distinctKernelNames } from './kernel-name.js';
import { callsByCorrelation } from './launch.js';
import { visitOps } from './ops-in-windows.js';
import { pathOfOps } from './paths.js';
import { nestRanges } from './ranges.js';

export interface CompareOptions {
  /** `--window`, as `parseWindow` reads it; the same for both. */
  readonly window?: string;
  readonly device?: number;
}

/** One thing that is in either run, or in both. Times are sums over all devices and processes. */
export interface CompareRow {
  /** A template path, a kernel's short name, a cause. */
  readonly label: string;
  /** Kernels: the whole name, by which they are matched. */
  readonly fullName?: string;
  readonly baseCount: number;
  readonly candidateCount: number;
  readonly baseNs: number;
  readonly candidateNs: number;
}

/** Sums of a run within the windows. */
export interface CompareTotals {
  readonly ops: number;
  /** Sum of the ops' durations, clipped to the windows: ops that overlap count twice. */
  readonly opNs: number;
  readonly idleNs: number;
  readonly spanNs: number;
}

/** What changed from one run to another. Largest difference first; the rows of each list sum to the totals. */
export interface CompareResult {
  readonly schema: 'gapscope.compare/1';
  readonly window?: string;
  readonly base: CompareTotals;
  readonly candidate: CompareTotals;
  /** Time of ops by their template path. */
  readonly byTemplate: readonly CompareRow[];
  /** Time of ops by name. */
  readonly byKernel: readonly CompareRow[];
  /** Idle time by cause; `count` is the gaps in which the cause has a part. */
  readonly byCause: readonly CompareRow[];
}

/**
 * Compares two runs, given as the traces of their processes. Ops are matched by template path and by name, both of
 * which stay the same from run to run; times as they are, not scaled to equal lengths.
 * @throws UserError if the window holds nothing in one of them
 */
export function compareRuns(
  base: readonly Trace[],
  candidate: readonly Trace[],
  options: CompareOptions = {},
): CompareResult {
  const one = sumsOf(base, options);
  const other = sumsOf(candidate, options);
  const kernels = rowsOf(one.byKernel, other.byKernel);
  const short = distinctKernelNames(kernels.map(({ label }) => label));
  return {
    schema: 'gapscope.compare/1',
    ...(options.window === undefined ? {} : { window: options.window }),
    base: one.totals,
    candidate: other.totals,
    byTemplate: rowsOf(one.byTemplate, other.byTemplate),
    byKernel: kernels.map((row, i) => ({ ...row, label: short[i]!, fullName: row.label })),
    byCause: rowsOf(one.byCause, other.byCause),
  };
}

interface Sum {
  count: number;
  ns: number;
}
type Sums = Map<string, Sum>;

interface RunSums {
  readonly totals: { ops: number; opNs: number; idleNs: number; spanNs: number };
  readonly byTemplate: Sums;
  readonly byKernel: Sums;
  readonly byCause: Sums;
}

function sumsOf(traces: readonly Trace[], options: CompareOptions): RunSums {
  const sums: RunSums = {
    totals: { ops: 0, opNs: 0, idleNs: 0, spanNs: 0 },
    byTemplate: new Map(),
    byKernel: new Map(),
    byCause: new Map(),
  };
  let failure: UserError | undefined;
  let added = 0;
  for (const trace of traces) {
    try {
      addTrace(sums, trace, options);
      added++;
    } catch (error) {
      // A process that has no such window takes no part in it.
      if (!(error instanceof UserError)) throw error;
      failure ??= error;
    }
  }
  if (added === 0 && failure !== undefined) throw failure;
  return sums;
}

function addTrace(sums: RunSums, trace: Trace, options: CompareOptions): void {
  const { ops, strings } = trace;
  const splitter = new GapSplitter(trace, callsByCorrelation(trace));
  const selections = selectDeviceWindows(trace, splitter.launch, options);
  const paths = pathOfOps(trace, splitter.launch, nestRanges(trace));
  const ofPath = new Counts(paths.template.length);
  const ofName = new Counts(strings.length);
  const ofCause = new Counts(CAUSES.length);
  for (const { device, windows, window } of selections) {
    sums.totals.spanNs += window.spanNs;
    visitOps(trace, device, windows, (op, insideNs, began) => {
      ofPath.add(paths.pathId[op]!, insideNs, began ? 1 : 0);
      ofName.add(ops.name[op]!, insideNs, began ? 1 : 0);
      sums.totals.opNs += insideNs;
      if (began) sums.totals.ops++;
    });
    visitIdle(splitter, findGaps(trace, device, window), windows, ({ durationNs, whole, parts }) => {
      sums.totals.idleNs += durationNs;
      if (whole >= 0) {
        ofCause.add(whole, durationNs, 1);
        return;
      }
      for (let c = 0; c < CAUSES.length; c++) if (parts[c]! > 0) ofCause.add(c, parts[c]!, 1);
    });
  }
  ofPath.addTo(sums.byTemplate, (path) => paths.text(path));
  ofName.addTo(sums.byKernel, (name) => strings[name] ?? `?${name}`);
  ofCause.addTo(sums.byCause, (cause) => CAUSES[cause]!);
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
      const key = label(id);
      const sum = sums.get(key) ?? { count: 0, ns: 0 };
      sum.count += this.#count[id]!;
      sum.ns += this.#ns[id]!;
      sums.set(key, sum);
    }
  }
}

function rowsOf(base: Sums, candidate: Sums): CompareRow[] {
  return [...new Set([...base.keys(), ...candidate.keys()])]
    .map((label) => ({
      label,
      baseCount: base.get(label)?.count ?? 0,
      candidateCount: candidate.get(label)?.count ?? 0,
      baseNs: base.get(label)?.ns ?? 0,
      candidateNs: candidate.get(label)?.ns ?? 0,
    }))
    .sort((a, b) => Math.abs(b.candidateNs - b.baseNs) - Math.abs(a.candidateNs - a.baseNs));
}
