import { formatNs } from '../../src/report/units.js';

/** A change: `+1.23 ms`, `−4.56 µs`, `0 ns`. */
export function signedNs(ns: number): string {
  if (ns === 0) return '0 ns';
  return `${ns > 0 ? '+' : '−'}${formatNs(Math.abs(ns))}`;
}
