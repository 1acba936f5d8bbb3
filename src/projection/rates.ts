/** One matrix multiplication, m × k times k × n, in two formats. */
export interface MatmulRate {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly bf16Ns: number;
  readonly fp8Ns: number;
  /** Turning the m × k input into FP8: its scale and its cast. */
  readonly quantizeNs: number;
}

/** What FP8 costs the host thread of an eager program. Nothing in a graph. */
export interface Fp8Host {
  /** Calling what quantizes one input, with what the ops around it take longer for it. */
  readonly quantizeNs: number;
  /** An FP8 matmul against a bf16 one. */
  readonly matmulNs: number;
}

/** Self-attention over some blocks of keys, and over all of them by the dense kernel. */
export interface SparseRate {
  readonly tokens: number;
  /** Share of the pairs of blocks that are computed. */
  readonly kept: number;
  readonly denseNs: number;
  readonly sparseNs: number;
}

/** Measured rates of one device. */
export interface Rates {
  /** Where the numbers come from, for people. */
  readonly source: string;
  readonly device: string;
  readonly matmul: readonly MatmulRate[];
  readonly fp8Host?: Fp8Host;
  readonly sparse?: readonly SparseRate[];
}

/**
 * What FP8 makes of a matmul whose shape is not recorded, by the time it takes in bf16: the rates of the two shapes whose
 * bf16 times are next to it, in proportion (on a logarithmic scale); beyond the largest and smallest, theirs.
 */
export function fp8Of(rates: Rates, bf16Ns: number): { fp8Ns: number; quantizeNs: number } {
  const mix = between(rates.matmul, (rate) => rate.bf16Ns, bf16Ns);
  return {
    fp8Ns: bf16Ns * mix((rate) => rate.fp8Ns / rate.bf16Ns),
    quantizeNs: bf16Ns * mix((rate) => rate.quantizeNs / rate.bf16Ns),
  };
}

/**
 * Time of block-sparse attention as a share of the dense kernel's, by the share of blocks that it computes: the share
 * times how much longer a block takes than in the dense kernel. That factor is read off the rates of the token count next
 * to `tokens` (all, where that is not known), between the two shares next to `kept` on a logarithmic scale.
 */
export function sparseShare(rates: readonly SparseRate[], kept: number, tokens: number | undefined): number {
  const distance = (rate: SparseRate): number => Math.abs(Math.log(rate.tokens / (tokens ?? rate.tokens)));
  const nearest = Math.min(...rates.map(distance));
  const own = rates.filter((rate) => distance(rate) === nearest);
  return kept * between(own, (rate) => rate.kept, kept)((rate) => rate.sparseNs / rate.denseNs / rate.kept);
}

/** Reads values off a table at a place: between the rows next to it on a logarithmic scale, at the ends those rows'. */
function between<R>(
  rows: readonly R[],
  placeOf: (row: R) => number,
  place: number,
): (of: (row: R) => number) => number {
  const sorted = rows.toSorted((a, b) => placeOf(a) - placeOf(b));
  const above = sorted.findIndex((row) => placeOf(row) >= place);
  const high = sorted[above < 0 ? sorted.length - 1 : above]!;
  const low = above <= 0 ? high : sorted[above - 1]!;
  const [from, to] = [placeOf(low), placeOf(high)];
  const share = from === to ? 0 : Math.log(place / from) / Math.log(to / from);
  return (of) => of(low) + (of(high) - of(low)) * share;
}
