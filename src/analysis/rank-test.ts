/** Up to so many values in all, every way of dealing the ranks out is counted; beyond, the normal curve is as good. */
const MOST_EXACT = 60;

/**
 * How likely two lists as far apart as these, or further, would be if both came from one distribution: the two-sided
 * p of the rank-sum test, equal values sharing their mean rank. Mann & Whitney, "On a test of whether one of two
 * random variables is stochastically larger than the other", Ann. Math. Statist. 18 (1947), 50-60. Exact up to 60
 * values; above, the normal approximation with corrections for ties and continuity. 1 where a list is empty.
 */
export function rankTest(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const { doubled, ties } = midranks([...few, ...many]);
  const sum = doubled.slice(0, few.length).reduce((all, rank) => all + rank, 0);
  const expected = few.length * (doubled.length + 1);
  const distance = Math.abs(sum - expected);
  if (doubled.length > MOST_EXACT) return normalP(distance / 2, few.length, many.length, ties);
  return exactP(doubled, few.length, expected, distance);
}

/** The smallest p that lists of these lengths can have: all of one below all of the other. */
export function smallestP(a: number, b: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(a, b); i++) ways = (ways * (Math.max(a, b) + i)) / i;
  return Math.min(1, 2 / ways);
}

/** Ranks from 1, doubled so that the mean rank of equal values is whole; `ties`: the sum of t³ − t over equal values. */
function midranks(values: readonly number[]): { readonly doubled: number[]; readonly ties: number } {
  const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
  const doubled = values.map(() => 0);
  let ties = 0;
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) doubled[order[k]!] = from + 1 + to;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { doubled, ties };
}

/** Share of all choices of `few` ranks whose sum is at least `distance` from what is expected. */
function exactP(ranks: readonly number[], few: number, expected: number, distance: number): number {
  const width = ranks.reduce((all, rank) => all + rank, 0) + 1;
  // ways[k * width + s]: choices of k of the ranks seen so far with the sum s.
  const ways = new Float64Array((few + 1) * width);
  ways[0] = 1;
  for (const rank of ranks) {
    for (let k = few; k > 0; k--) {
      const [into, from] = [k * width, (k - 1) * width];
      for (let s = width - 1; s >= rank; s--) ways[into + s]! += ways[from + s - rank]!;
    }
  }
  let all = 0;
  let asFar = 0;
  for (let s = 0; s < width; s++) {
    const count = ways[few * width + s]!;
    all += count;
    if (Math.abs(s - expected) >= distance) asFar += count;
  }
  return asFar / all;
}

function normalP(distance: number, n: number, m: number, ties: number): number {
  const all = n + m;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return 1;
  return Math.min(1, complementaryError(Math.max(0, distance - 0.5) / Math.sqrt(2 * variance)));
}

/** erfc(x) for x ≥ 0, to 1.5e-7: Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.26. */
function complementaryError(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const coefficients = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  return coefficients.reduce((sum, each) => (sum + each) * t, 0) * Math.exp(-x * x);
}
