/**
 * Each value divided by `divisor` and rounded so that the quotients sum to `round(sum / divisor)`: the largest
 * remainders are rounded up, of equal ones the first (Hamilton's method of apportionment). Values are whole and not
 * negative.
 */
export function apportion(values: readonly number[], divisor: number): number[] {
  if (divisor === 1) return [...values];
  const shares = values.map((value) => Math.floor(value / divisor));
  const target = Math.round(values.reduce((sum, value) => sum + value, 0) / divisor);
  let missing = target - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = [...values.keys()].sort((i, j) => (values[j]! % divisor) - (values[i]! % divisor));
  for (const i of byRemainder) {
    if (missing-- <= 0) break;
    shares[i]!++;
  }
  return shares;
}
