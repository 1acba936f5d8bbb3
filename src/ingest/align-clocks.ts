import { OP_KIND } from '../trace/schema.js';
import { sortOrder } from '../trace/sort.js';
import type { Trace } from '../trace/trace.js';

/** Ends of a collective on two ranks further apart than this are not those of one collective. */
export const TOLERANCE_NS = 100_000;
/** Fewer say nothing. */
const MIN_COLLECTIVES = 8;
/** How many collectives one rank may have begun to record before another. */
const MAX_SHIFT = 512;
const QUANTILE = 0.9;

export interface Alignment {
  /** Trace → what to add to its times for those of the first trace. */
  readonly offsetsNs: readonly number[];
  /** After that, nine in ten collectives end within this of their counterpart; the worst of all pairs. */
  readonly residualNs: number;
  /** Matched with the first trace; the least of all pairs. */
  readonly collectives: number;
  /** In how many ways they would have matched, where the files' own clocks said which; 1 where there was but one. */
  readonly ways: number;
}

interface Collectives {
  readonly endNs: Float64Array;
  /** What each is, the same for every trace. */
  readonly what: readonly string[];
}

/**
 * The clock offsets of ranks, from collectives: a kernel that takes part in one cannot end before the last rank has
 * joined, so the n-th ends on all ranks at nearly the same instant. Offset = median of the differences. Where one rank
 * began earlier, its first collectives have no counterpart: every shift with the same sequence of names is tried. Steps
 * that take the same time to a few microseconds fit in several ways; then the files' own clocks tell, if both count from
 * 1970 and one way is much nearer to what they say than any other. A sentence says why if it cannot be told.
 */
export function alignClocks(traces: readonly Trace[]): Alignment | string {
  const all = traces.map(collectivesOf);
  const first = all[0]!;
  const offsetsNs = [0];
  let residualNs = 0;
  let collectives = Infinity;
  let ways = 1;
  for (const [i, other] of all.entries()) {
    if (Math.min(first.endNs.length, other.endNs.length) < MIN_COLLECTIVES) {
      return `${traces[i]!.name} has too few collectives to tell from (${other.endNs.length})`;
    }
    if (i === 0) continue;
    const match = bestShift(first, other, claimedOffset(traces[0]!, traces[i]!));
    if (typeof match === 'string') {
      return `the collectives of ${traces[0]!.name} and ${traces[i]!.name} ${match}`;
    }
    offsetsNs.push(match.offsetNs);
    residualNs = Math.max(residualNs, match.residualNs);
    collectives = Math.min(collectives, match.count);
    ways = Math.max(ways, match.ways);
  }
  return { offsetsNs, residualNs, collectives, ways };
}

/** 2001, in nanoseconds since 1970: a time from here on was taken from a clock that counts from there. */
const EPOCH_NS = 10n ** 18n;

/** What the clocks that the files were written with say; undefined where one counts from some other instant. */
function claimedOffset(a: Trace, b: Trace): number | undefined {
  return a.baseNs >= EPOCH_NS && b.baseNs >= EPOCH_NS ? Number(b.baseNs - a.baseNs) : undefined;
}

interface Match {
  readonly offsetNs: number;
  readonly residualNs: number;
  readonly count: number;
}

/** Of several ways to match, one must be so many times as near to what the clocks say as the next. */
const MUCH_NEARER = 4;

function bestShift(
  a: Collectives,
  b: Collectives,
  claimedNs: number | undefined,
): (Match & { ways: number }) | string {
  const matches: Match[] = [];
  for (let shift = -MAX_SHIFT; shift <= MAX_SHIFT; shift++) {
    const match = matchAt(a, b, shift);
    if (match !== undefined) matches.push(match);
  }
  matches.sort((x, y) => x.residualNs - y.residualNs);
  const [best, next] = matches;
  if (best === undefined) return 'are not the same sequence';
  if (best.residualNs > TOLERANCE_NS) {
    return `end up to ${(best.residualNs / 1000).toFixed(0)} µs apart however they are matched`;
  }
  if (next === undefined || next.residualNs > TOLERANCE_NS) return { ...best, ways: 1 };
  if (claimedNs === undefined) return 'match in more than one way';
  const fitting = matches.filter(({ residualNs }) => residualNs <= TOLERANCE_NS);
  const distance = ({ offsetNs }: Match): number => Math.abs(offsetNs - claimedNs);
  const [nearest, second] = fitting.sort((x, y) => distance(x) - distance(y));
  if (distance(nearest!) * MUCH_NEARER > distance(second!)) {
    return 'match in more than one way, and the clocks of the files do not tell which';
  }
  return { ...nearest!, ways: fitting.length };
}

/** Collective `n + shift` of `a` against `n` of `b`; at least half of the shorter sequence must take part. */
function matchAt(a: Collectives, b: Collectives, shift: number): Match | undefined {
  const from = Math.max(0, -shift);
  const to = Math.min(b.what.length, a.what.length - shift);
  const count = to - from;
  if (count < Math.max(MIN_COLLECTIVES, Math.min(a.what.length, b.what.length) / 2)) return undefined;
  for (let n = from; n < to; n++) if (a.what[n + shift] !== b.what[n]) return undefined;
  const differences = new Float64Array(count);
  for (let n = from; n < to; n++) differences[n - from] = a.endNs[n + shift]! - b.endNs[n]!;
  const offsetNs = differences.toSorted()[Math.floor(count / 2)]!;
  const residuals = differences.map((difference) => Math.abs(difference - offsetNs)).sort();
  return { offsetNs, residualNs: residuals[Math.ceil(count * QUANTILE) - 1]!, count };
}

/** A rank's collectives in order of their ends. Sends and receives end on each side when that side is done. */
function collectivesOf({ ops, strings }: Trace): Collectives {
  const whatOfName = strings.map(collectiveOf);
  const rows: number[] = [];
  for (let i = 0; i < ops.length; i++) {
    if (ops.kind[i] === OP_KIND.kernel && whatOfName[ops.name[i]!] !== undefined) rows.push(i);
  }
  const ends = Float64Array.from(rows, (i) => ops.startNs[i]! + ops.durationNs[i]!);
  const order = sortOrder(ends) ?? Uint32Array.from(rows, (_, n) => n);
  return {
    endNs: ends.toSorted(),
    what: Array.from(order, (n) => whatOfName[ops.name[rows[n]!]!]!),
  };
}

const COLLECTIVE =
  /^(?:void )?(?:nccl|rccl)[A-Za-z]*(?:Kernel|Dev)\w*?[_<](AllReduce|AllGather|ReduceScatter|Broadcast|Reduce)/i;

/** `AllReduce` of `ncclDevKernel_AllReduce_Sum_bf16_RING_LL(…)`; ranks may choose another protocol. */
function collectiveOf(name: string): string | undefined {
  return COLLECTIVE.exec(name)?.[1]?.toLowerCase();
}
