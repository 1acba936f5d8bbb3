/**
 * The part behind `#` of the timeline's address: a version, then fields `key=item,item` between ampersands. Items are
 * percent-encoded, so that the commas between them are the only ones. `viewer/state/url.ts` writes all of a view with
 * these, and reads it back; a report writes what a link needs.
 */
export const ADDRESS_VERSION = 'v1';

/** The tracks that a link can look for an event on, by their kind (`TrackKind` of the viewer). */
export const PLACE_KINDS = ['ops', 'gaps', 'projection', 'calls'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** An event named by when it ran, for who does not know how the timeline numbers events. */
export interface EventPlace {
  /** 0: the trace being looked at; 1: the one it is compared with. */
  readonly slot: 0 | 1;
  /** Which device or thread of which process: `p402/d0`, `p402/t402`. */
  readonly within: string;
  readonly kind: PlaceKind;
  /** Nanoseconds on the timeline's axis: since the start of the run's earliest process. */
  readonly startNs: number;
  /** Tells apart what started at the same time. */
  readonly durationNs: number;
}

/** What a link shows: a window, and in it something selected. */
export interface LinkedView {
  readonly startNs: number;
  readonly endNs: number;
  readonly place?: EventPlace;
}

/** The part behind `#`, without it: `v1&t=1200000,4800000&at=0,p402/d0,gaps,2000000,12000`. */
export function addressOf({ startNs, endNs, place }: LinkedView): string {
  return [
    ADDRESS_VERSION,
    addressField('t', ...spanItems(startNs, endNs)),
    ...(place === undefined ? [] : [addressField('at', ...placeItems(place))]),
  ].join('&');
}

export function addressField(key: string, ...items: readonly (string | number)[]): string {
  return `${key}=${items.map((item) => escapeItem(String(item))).join(',')}`;
}

/** Whole nanoseconds, unless the span is so short that a fraction of one can be seen. */
export function spanItems(startNs: number, endNs: number): readonly [start: string, end: string] {
  const digits = endNs - startNs >= 1e5 ? 0 : 3;
  return [timeItem(startNs, digits), timeItem(endNs, digits)];
}

export function placeItems({ slot, within, kind, startNs, durationNs }: EventPlace): readonly string[] {
  return [String(slot), within, kind, timeItem(startNs, 0), timeItem(Math.max(0, durationNs), 0)];
}

function timeItem(ns: number, digits: number): string {
  const text = ns.toFixed(digits);
  const short = digits === 0 ? text : text.replace(/\.?0+$/, '');
  return short === '-0' ? '0' : short;
}

/** Slashes and colons stay readable; nothing that the address uses as a separator does. */
function escapeItem(text: string): string {
  // A lone surrogate has no encoding; a name from a trace may hold one.
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'))
    .replace(/%2F/g, '/')
    .replace(/%3A/g, ':')
    .replace(/%20/g, '+');
}
