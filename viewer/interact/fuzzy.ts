/**
 * How well a text matches letters typed in their order; undefined if it does not. Higher is better: the start of a word
 * and letters side by side count more, and of equal matches the shorter text wins.
 */
export function fuzzyScore(typed: string, text: string): number | undefined {
  const wanted = typed.toLowerCase().replace(/\s+/g, '');
  const given = text.toLowerCase();
  if (wanted === '') return 0;
  let best: number | undefined;
  // Greedy from each place where the first letter stands: texts are short, and the first place is often a bad one.
  for (let from = given.indexOf(wanted[0]!); from >= 0; from = given.indexOf(wanted[0]!, from + 1)) {
    const score = scoreFrom(wanted, given, from);
    if (score === undefined) break;
    if (best === undefined || score > best) best = score;
  }
  return best === undefined ? undefined : best - given.length / 100;
}

function scoreFrom(wanted: string, given: string, from: number): number | undefined {
  let score = 0;
  let at = from;
  let before = -2;
  for (const letter of wanted) {
    const found = given.indexOf(letter, at);
    if (found < 0) return undefined;
    score += 1;
    if (found === before + 1) score += 3;
    if (found === 0 || !/[\p{L}\p{N}]/u.test(given[found - 1]!)) score += 2;
    before = found;
    at = found + 1;
  }
  return score;
}
