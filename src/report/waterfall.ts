/**
 * A step of a waterfall: the stretch from `from` to `to` on a scale from `low` to `high`, `width` columns wide. A step
 * up is `█`, a step down `▒`; one that is less than a column is still `▏`.
 */
export function fallBar(from: number, to: number, low: number, high: number, width: number): string {
  if (from === to || high <= low) return '';
  const column = (value: number): number => Math.round(((value - low) / (high - low)) * width);
  const left = Math.min(column(from), column(to));
  const length = Math.max(column(from), column(to)) - left;
  const start = Math.min(left, width - 1);
  if (length === 0) return ' '.repeat(start) + '▏';
  return ' '.repeat(start) + (to > from ? '█' : '▒').repeat(length);
}
