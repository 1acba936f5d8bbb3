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

/** Measured rates of one device. */
export interface Rates {
  /** Where the numbers come from, for people. */
  readonly source: string;
  readonly device: string;
  readonly matmul: readonly MatmulRate[];
}

/**
 * What FP8 makes of a matmul whose shape is not recorded, by the time it takes in bf16: the rates of the two shapes whose
 * bf16 times are next to it, in proportion (on a logarithmic scale); beyond the largest and smallest, theirs.
 */
export function fp8Of(rates: Rates, bf16Ns: number): { fp8Ns: number; quantizeNs: number } {
  const sorted = rates.matmul.toSorted((a, b) => a.bf16Ns - b.bf16Ns);
  const above = sorted.findIndex((rate) => rate.bf16Ns >= bf16Ns);
  const high = sorted[above < 0 ? sorted.length - 1 : above]!;
  const low = above <= 0 ? high : sorted[above - 1]!;
  const between =
    low.bf16Ns === high.bf16Ns ? 0 : Math.log(bf16Ns / low.bf16Ns) / Math.log(high.bf16Ns / low.bf16Ns);
  const mix = (of: (rate: MatmulRate) => number): number => of(low) + (of(high) - of(low)) * between;
  return {
    fp8Ns: bf16Ns * mix((rate) => rate.fp8Ns / rate.bf16Ns),
    quantizeNs: bf16Ns * mix((rate) => rate.quantizeNs / rate.bf16Ns),
  };
}
