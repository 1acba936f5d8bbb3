import type { Trace } from '../trace/trace.js';
import { rowDurations } from './kernel-durations.js';
import type { Cell, KernelGroups } from './kernel-groups.js';
import { distinctKernelNames } from './kernel-name.js';
import type { KernelRow, KernelsBy } from './kernels-result.js';
import type { LaunchFit } from './launch-shape.js';
import { OP_CLASSES, type OpClass, type OpClassifier } from './op-class.js';
import type { OpPaths } from './paths.js';

export interface KernelContext {
  readonly trace: Trace;
  readonly launch: Int32Array;
  readonly paths: OpPaths;
  readonly classes: OpClassifier;
}

/** Variants and cells of one row. */
interface Members {
  readonly name: number;
  readonly variants: number[];
  readonly cells: Cell[];
}

/** One row a kernel name, or one a name and shape; largest total first. `fits` is by variant. */
export function kernelRows(
  context: KernelContext,
  groups: KernelGroups,
  fits: readonly LaunchFit[],
  by: KernelsBy,
  spanNs: number,
): KernelRow[] {
  const { trace, launch } = context;
  const { variants, cells, began, variantOf, totalNs: kernelNs } = groups;
  const rowOfKey = new Map<number, number>();
  const members: Members[] = [];
  const rowOfVariant = variants.map(({ name }, v) => {
    const key = by === 'name' ? name : v;
    let row = rowOfKey.get(key);
    if (row === undefined) {
      row = members.push({ name, variants: [], cells: [] }) - 1;
      rowOfKey.set(key, row);
    }
    members[row]!.variants.push(v);
    return row;
  });
  for (const cell of cells) members[rowOfVariant[cell.variant]!]!.cells.push(cell);

  const names = shortNames(trace, members);
  const rowOf = variantOf.map((v) => rowOfVariant[v]!);
  const durations = rowDurations(trace, launch, began, rowOf, members.length);
  return members
    .map((row, r): KernelRow => {
      const { totalNs, ...rest } = describe(context, groups, fits, row);
      return {
        name: names.get(row.name)!,
        fullName: trace.strings[row.name] ?? `?${row.name}`,
        ...durations[r]!,
        totalNs,
        share: kernelNs === 0 ? 0 : totalNs / kernelNs,
        shareOfWindow: spanNs === 0 ? 0 : totalNs / spanNs,
        ...rest,
      };
    })
    .sort((a, b) => b.totalNs - a.totalNs || b.count - a.count);
}

function shortNames(trace: Trace, members: readonly Members[]): Map<number, string> {
  const ids = [...new Set(members.map(({ name }) => name))];
  const names = distinctKernelNames(ids.map((id) => trace.strings[id] ?? `?${id}`));
  return new Map(ids.map((id, i) => [id, names[i]!]));
}

type Described = Omit<
  KernelRow,
  'name' | 'fullName' | 'count' | 'share' | 'shareOfWindow' | 'meanNs' | 'p50Ns' | 'p95Ns' | 'short'
>;

function describe(
  { paths, classes }: KernelContext,
  { variants }: KernelGroups,
  fits: readonly LaunchFit[],
  row: Members,
): Described {
  const classNs = new Map<OpClass, number>();
  const pathNs = new Map<number, number>();
  for (const { firstOp, path, totalNs } of row.cells) {
    const opClass = OP_CLASSES[classes.of(firstOp)]!;
    classNs.set(opClass, (classNs.get(opClass) ?? 0) + totalNs);
    pathNs.set(path, (pathNs.get(path) ?? 0) + totalNs);
  }
  let totalNs = 0;
  let tailNs = 0;
  let idleSmNs = 0;
  let main = row.variants[0]!;
  for (const v of row.variants) {
    const { totalNs: ns } = variants[v]!;
    totalNs += ns;
    tailNs += ns * (fits[v]!.waves?.tailShare ?? 0);
    idleSmNs += ns * (fits[v]!.waves?.idleSmShare ?? 0);
    if (ns > variants[main]!.totalNs) main = v;
  }
  const occupancy = meanOccupancy(row.variants.map((v) => [fits[v]!, variants[v]!.totalNs]));
  const [path, pathTotalNs] = largest(pathNs);
  const fit = fits[main]!;
  return {
    class: largest(classNs)[0],
    totalNs,
    shapes: row.variants.length,
    main: {
      share: totalNs === 0 ? 1 : variants[main]!.totalNs / totalNs,
      ...fit,
      schedule: fit.waves?.schedule ?? 'unknown',
    },
    ...(occupancy === undefined ? {} : { occupancy }),
    tailNs: Math.round(tailNs),
    idleSmNs: Math.round(idleSmNs),
    path: paths.text(path),
    pathShare: totalNs === 0 ? 1 : pathTotalNs / totalNs,
  };
}

/** Mean over the time of launches of which it is known; undefined if that is none. */
export function meanOccupancy(parts: readonly (readonly [LaunchFit, number])[]): number | undefined {
  let knownNs = 0;
  let sum = 0;
  for (const [{ occupancy }, ns] of parts) {
    if (occupancy === undefined) continue;
    knownNs += ns;
    sum += ns * occupancy.occupancy;
  }
  return knownNs === 0 ? undefined : sum / knownNs;
}

/** The key with the largest value; of equal ones the first. */
function largest<K>(values: ReadonlyMap<K, number>): [key: K, value: number] {
  return [...values].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
}
