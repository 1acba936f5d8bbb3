/**
 * The nearest-rank percentile: of n values in ascending order, the one at rank ⌈p·n⌉ (from 1), so always a
 * value that occurred; the median of an even count is the lower of the middle two. Reorders `values`.
 * NaN for no values. Linear on average (Hoare's selection).
 */
export function percentile(values: Float64Array, p: number): number {
  const n = values.length;
  if (n === 0) return NaN;
  // The subtrahend undoes rounding in p·n: 0.07 × 100 is a little more than 7.
  const k = Math.min(n - 1, Math.max(0, Math.ceil(p * n - 1e-9) - 1));
  let low = 0;
  let high = n - 1;
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
