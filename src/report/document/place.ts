import type { Place } from '../findings/finding.js';
import type { Spot } from './spot.js';

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
export function placeText(place: Place, written = pathText): string {
  const { before, time, after } = placeParts(place, written);
  return before + time + after;
}

/** The same around the time, for who makes a link of that. */
export function placeParts(
  { startNs, path, mostly }: Place,
  written = pathText,
): { readonly before: string; readonly time: string; readonly after: string } {
  const where = path === undefined ? '' : `${mostly === true ? 'most of the time ' : ''}in ${written(path)}`;
  if (startNs === undefined) return { before: where, time: '', after: '' };
  const after = where === '' ? '' : `${mostly === true ? ',' : ''} ${where}`;
  return { before: 'at ', time: atText(startNs), after };
}

/** What of a place the timeline can show. */
export function spotOf({ startNs, durationNs, on, thread }: Place): Spot | undefined {
  if (startNs === undefined || durationNs === undefined || on === undefined) return undefined;
  return { startNs, durationNs, on, ...(thread === undefined ? {} : { thread }) };
}
