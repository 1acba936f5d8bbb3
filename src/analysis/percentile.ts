/**
 * The nearest-rank percentile: of n values in ascending order, the one at rank ⌈p·n⌉ (from 1), so always a
 * value that occurred; the median of an even count is the lower of the middle two. Reorders `values`.
 * NaN for no values. Linear on average (Hoare's selection).
 */
export function percentile(values: Float64Array, p: number): number {
  const k = indexOfRank(values.length, p);
  return values.length === 0 ? NaN : select(values, k, 0);
}

/** The median and the 95th percentile, as `percentile` has them. */
export function medianAndP95(values: Float64Array): { medianNs: number; p95Ns: number } {
  if (values.length === 0) return { medianNs: NaN, p95Ns: NaN };
  const middle = indexOfRank(values.length, 0.5);
  const medianNs = select(values, middle, 0);
  // What lies before the median now is no larger.
  return { medianNs, p95Ns: select(values, indexOfRank(values.length, 0.95), middle) };
}

function indexOfRank(n: number, p: number): number {
  // The subtrahend undoes rounding in p·n: 0.07 × 100 is a little more than 7.
  return Math.min(n - 1, Math.max(0, Math.ceil(p * n - 1e-9) - 1));
}

/** Puts the value of index `k` in ascending order there; all values before `from` are no larger than those from it on. */
function select(values: Float64Array, k: number, from: number): number {
  let low = from;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const swapped = values[i]!;
        values[i] = values[j]!;
        values[j] = swapped;
        i++;
        j--;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k]!;
}
