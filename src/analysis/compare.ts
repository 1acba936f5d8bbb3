import { UserError } from '../trace/errors.js';
import type { Trace } from '../trace/trace.js';
import { apportion } from './apportion.js';
import type { BlocksOptions } from './blocks-options.js';
import { compareNotices } from './compare-notices.js';
import type {
  CompareHotspot,
  CompareResult,
  CompareRow,
  CompareTimes,
  CompareTotals,
} from './compare-result.js';
import { sumsOf, type RunSums, type Sums } from './compare-sums.js';
import { chooseWindows } from './compare-windows.js';
import { headlineChanges } from './headline-changes.js';
import { distinctKernelNames } from './kernel-name.js';
import { runBlocks, type ProcessBlocks } from './run-blocks.js';
import { peakMemory, runDifferences } from './run-differences.js';

export type {
  CompareBasis,
  CompareHotspot,
  CompareResult,
  CompareRow,
  CompareTimes,
  CompareTotals,
} from './compare-result.js';

/** Blocks, switches and rules as elsewhere; the same for both runs. */
export interface CompareOptions extends BlocksOptions {
  /** `--window`, as `parseWindow` reads it; the same for both. */
  readonly window?: string;
  /** Sums as they are, the default, or an instance's share of them: of a block, or of a range of the window. */
  readonly per?: 'total' | 'instance';
}

/**
 * Compares two runs, given as the traces of their processes. Ops are matched by template path and by name, gaps by
 * what lies before and after, place and cause: all of which stay the same from run to run.
 * @throws UserError if the window, blocks or device asked for are missing in one of them, or it has no GPU work
 */
export function compareRuns(
  base: readonly Trace[],
  candidate: readonly Trace[],
  options: CompareOptions = {},
): CompareResult {
  const { window, per = 'total', rules } = options;
  // A window stands on its own: blocks are asked for where there is none, or where they are named.
  const withBlocks = window === undefined || options.block !== undefined;
  const blocksOf = (traces: readonly Trace[]): ProcessBlocks[] =>
    withBlocks ? runBlocks(traces, options) : [];
  const baseBlocks = saying('base', () => blocksOf(base));
  const candidateBlocks = saying('candidate', () => blocksOf(candidate));
  const chosen = chooseWindows(baseBlocks, candidateBlocks, { ...options, per });
  const one = saying('base', () => sumsOf(base, chosen.base, rules?.classes));
  const other = saying('candidate', () => sumsOf(candidate, chosen.candidate, rules?.classes));
  const isEach = per === 'instance' && chosen.basis !== 'window';
  const baseBy = isEach ? one.windowsNs.length : 1;
  const candidateBy = isEach ? other.windowsNs.length : 1;
  const rows = (key: 'byTemplate' | 'byKernel' | 'byCause' | 'byHotspot'): CompareRow[] =>
    rowsOf(one[key], other[key], baseBy, candidateBy);
  const kernels = rows('byKernel');
  const short = distinctKernelNames(kernels.map(({ label }) => label));
  const { differences, optionsKnown } = runDifferences(base, candidate);
  const memory = peakMemory(base, candidate);
  return {
    schema: 'gapscope.compare/1',
    ...(window === undefined ? {} : { window }),
    basis: chosen.basis,
    per,
    base: totalsOf(one, baseBy),
    candidate: totalsOf(other, candidateBy),
    latencies: headlineChanges(
      { blocks: baseBlocks, sums: one },
      { blocks: candidateBlocks, sums: other },
      chosen.basis,
    ),
    byTemplate: rows('byTemplate'),
    byKernel: kernels.map((row, i) => ({ ...row, label: short[i]!, fullName: row.label })),
    byCause: rows('byCause'),
    byHotspot: rows('byHotspot').map((row) => hotspot(row, one, other)),
    differences,
    ...(memory === undefined ? {} : { peakMemoryBytes: memory }),
    notices: compareNotices(
      { traces: base, blocks: baseBlocks, sums: one },
      { traces: candidate, blocks: candidateBlocks, sums: other },
      { basis: chosen.basis, per, withBlocks, differences, optionsKnown },
    ),
  };
}

/** Says of a mistake in which run it is. */
function saying<T>(run: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, hint } = error;
    throw new UserError(`In the ${run}: ${message}`, hint === undefined ? {} : { hint });
  }
}

function totalsOf({ totals, windowsNs, devices }: RunSums, dividedBy: number): CompareTotals {
  const { ops, opNs, busyNs, idleNs, spanNs, clippedNs } = totals;
  const share = (ns: number): number => Math.round(ns / dividedBy);
  const each = { opNs: share(opNs), overlapNs: share(opNs - busyNs), idleNs: share(idleNs) };
  // Each part is rounded by itself, and the sums are made of the parts, so that they close.
  const eachBusyNs = each.opNs - each.overlapNs;
  const eachTimes: CompareTimes = { ...each, busyNs: eachBusyNs, spanNs: eachBusyNs + each.idleNs };
  return {
    ops,
    opNs,
    overlapNs: opNs - busyNs,
    busyNs,
    idleNs,
    spanNs,
    instances: windowsNs.length,
    devices,
    clippedNs,
    dividedBy,
    each: eachTimes,
  };
}

/** Rows of both, matched by label; the largest difference first. */
function rowsOf(base: Sums, candidate: Sums, baseBy: number, candidateBy: number): CompareRow[] {
  const baseEach = eachOf(base, baseBy);
  const candidateEach = eachOf(candidate, candidateBy);
  return [...new Set([...base.keys(), ...candidate.keys()])]
    .map((label) => {
      const baseEachNs = baseEach.get(label) ?? 0;
      const candidateEachNs = candidateEach.get(label) ?? 0;
      return {
        label,
        baseCount: base.get(label)?.count ?? 0,
        candidateCount: candidate.get(label)?.count ?? 0,
        baseNs: base.get(label)?.ns ?? 0,
        candidateNs: candidate.get(label)?.ns ?? 0,
        baseEachNs,
        candidateEachNs,
        differenceNs: candidateEachNs - baseEachNs,
      };
    })
    .sort((a, b) => Math.abs(b.differenceNs) - Math.abs(a.differenceNs) || compareTexts(a.label, b.label));
}

function eachOf(sums: Sums, divisor: number): Map<string, number> {
  const shares = apportion(
    [...sums.values()].map(({ ns }) => ns),
    divisor,
  );
  return new Map([...sums.keys()].map((label, i) => [label, shares[i]!]));
}

function hotspot(row: CompareRow, base: RunSums, candidate: RunSums): CompareHotspot {
  const key = base.hotspots.get(row.label) ?? candidate.hotspots.get(row.label)!;
  return { ...row, ...key, label: `${key.before} → ${key.after}` };
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
