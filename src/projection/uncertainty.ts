/**
 * A 95 % confidence interval of the median from order statistics (no assumption about the distribution): the k-th
 * smallest and k-th largest of n values, with the largest k for which that many fair coin tosses fall outside with
 * probability ≤ 5 %. Fewer than six values reach no 95 %: the interval is then their minimum and maximum (n = 5: 94 %).
 * Source: the sign test's interval, e.g. Conover, Practical Nonparametric Statistics, 3.2.
 */
export function medianInterval(values: Float64Array): { lowNs: number; highNs: number } {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const n = sorted.length;
  let k = 1;
  // P(X < k) for X ~ Binomial(n, 1/2), both tails.
  let term = Math.pow(0.5, n);
  let tail = term;
  for (let next = 2; next <= Math.floor(n / 2); next++) {
    term *= (n - next + 2) / (next - 1);
    tail += term;
    if (2 * tail > 0.05) break;
    k = next;
  }
  return { lowNs: sorted[k - 1] ?? NaN, highNs: sorted[n - k] ?? NaN };
}
