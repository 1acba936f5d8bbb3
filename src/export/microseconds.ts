/** Whole nanoseconds as microseconds with three decimals, exact: what the Chrome trace format counts in. */
export function microseconds(ns: number): string {
  const sign = ns < 0 ? '-' : '';
  const size = Math.abs(ns);
  const whole = Math.floor(size / 1000);
  return `${sign}${whole}.${String(size - whole * 1000).padStart(3, '0')}`;
}
