import type { Place } from '../findings/finding.js';

/** A time as the timeline and `--window` take it: milliseconds since the trace's start. */
export function atText(startNs: number): string {
  return `${(startNs / 1e6).toFixed(3)} ms`;
}

export function pathText(path: string): string {
  return path === '' ? '(no range)' : path;
}

/**
 * The ends of a long path: where in the program, and which part of a layer. What lies between is the same for
 * most of them; the whole path is there on hovering, and in the data.
 */
export function shortPathText(path: string): string {
  const parts = path.split(' > ');
  return parts.length <= 4 ? pathText(path) : [...parts.slice(0, 2), '…', ...parts.slice(-2)].join(' > ');
}

/** `at 2267.458 ms in temporal_block_# > …`. */
export function placeText({ startNs, path }: Place, written = pathText): string {
  return [
    ...(startNs === undefined ? [] : [`at ${atText(startNs)}`]),
    ...(path === undefined ? [] : [`in ${written(path)}`]),
  ].join(' ');
}
