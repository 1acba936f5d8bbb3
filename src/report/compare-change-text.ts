import type { Paint, TextStyle } from './style.js';
import { formatPercent } from './units.js';

/** Less time is better; the sign says the same without colour. */
export function deltaPaint(ns: number, { colors }: TextStyle): Paint {
  return ns < 0 ? colors.green : ns > 0 ? colors.red : colors.dim;
}

/** `61.3 %`, `−4.0 %`: a part of a difference. */
export function shareText(share: number): string {
  const text = formatPercent(Math.abs(share));
  return (share < 0 && text !== formatPercent(0) ? '−' : '') + text;
}

/** `+3.2 %`, `−63.5 %`, `0.0 %`: how much more or less. */
export function changeText(share: number): string {
  const text = formatPercent(Math.abs(share));
  if (text === formatPercent(0)) return text;
  return (share < 0 ? '−' : '+') + text;
}
