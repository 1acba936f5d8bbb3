import { z } from 'zod';
import {
  ADDRESS_VERSION,
  addressField,
  PLACE_KINDS,
  placeItems,
  spanItems,
  type EventPlace,
} from '../../src/report/timeline-address.js';
import type { EventRef } from '../engine/protocol.js';
import { INITIAL_STATE, type Selection, type ViewState } from './view-state.js';

// A page's policy forbids making code from text, which zod would otherwise try.
z.config({ jitless: true });

/**
 * The view in the part of the address behind `#`, which never reaches a server:
 * `#v1&t=1200000,4800000&e=0,p7/d0/s13,481&q=gemm&f=1`. A field that has its default is left out. Items of a list are
 * percent-encoded, so that the commas between them are the only ones. How fields are written is shared with the reports,
 * whose links lead here: `src/report/timeline-address.ts`.
 */
const MAX_LENGTH = 131_072;
/** Bound of each list: far above what anybody pins, far below what would hurt. */
const MAX_ITEMS = 400;

const SIDES = ['idle', 'hotspots', 'blocks', 'kv', 'switch', 'compare', 'notes'] as const;
const BOTTOMS = ['details', 'area', 'table'] as const;
const THEMES = ['system', 'light', 'dark'] as const;
/** An open place that is closed. */
const NONE = 'none';

const timeNs = z
  .string()
  .regex(/^-?\d{1,16}(?:\.\d{1,3})?$/)
  .transform(Number);
const span = z.tuple([timeNs, timeNs]).refine(([start, end]) => end > start);
const slot = z.enum(['0', '1']).transform((text) => (text === '1' ? 1 : 0));
const track = z.string().min(1).max(300);
const event = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number)
  .pipe(z.number().max(0xffff_ffff));
const tracks = z.array(track).max(MAX_ITEMS);
const ref = z
  .tuple([slot, track, event])
  .transform(([slot, track, event]): EventRef => ({ slot, track, event }));

const place = z
  .tuple([slot, track, z.enum(PLACE_KINDS), timeNs, timeNs.refine((ns) => ns >= 0)])
  .transform(([slot, within, kind, startNs, durationNs]): EventPlace => ({
    slot,
    within,
    kind,
    startNs,
    durationNs,
  }));

type Change = { -readonly [K in keyof ViewState]?: ViewState[K] };
type Reader = (items: readonly string[]) => Change | undefined;

function reader<T>(schema: z.ZodType<T>, change: (value: T) => Change): Reader {
  return (items) => {
    const result = schema.safeParse(items);
    return result.success ? change(result.data) : undefined;
  };
}

const one = <T extends z.ZodType>(schema: T) =>
  z.tuple([schema]).transform(([value]) => value as z.output<T>);

const READERS: Readonly<Record<string, Reader>> = {
  t: reader(span, ([startNs, endNs]) => ({ startNs, endNs })),
  e: reader(ref, (ref) => ({ selection: { kind: 'event', ref } })),
  at: reader(place, (place) => ({ place })),
  s: reader(
    z.tuple([slot, timeNs, timeNs]).refine(([, start, end]) => end >= start),
    ([slot, startNs, endNs]) => ({ selection: { kind: 'time', slot, startNs, endNs } }),
  ),
  a: reader(
    z
      .tuple([slot, timeNs, timeNs], track)
      .refine(([, start, end, ...ids]) => end >= start && ids.length > 0 && ids.length <= MAX_ITEMS),
    ([slot, startNs, endNs, ...tracks]) => ({
      selection: { kind: 'area', area: { slot, tracks, startNs, endNs } },
    }),
  ),
  q: reader(one(z.string().max(1000)), (search) => ({ search })),
  f: reader(one(z.literal('1')), () => ({ filterOn: true })),
  pin: reader(tracks, (pinned) => ({ pinned })),
  hide: reader(tracks, (hidden) => ({ hidden })),
  fold: reader(tracks, (collapsed) => ({ collapsed })),
  side: reader(one(z.enum([...SIDES, NONE])), (side) => ({ side: side === NONE ? undefined : side })),
  bottom: reader(one(z.enum([...BOTTOMS, NONE])), (bottom) => ({
    bottom: bottom === NONE ? undefined : bottom,
  })),
  theme: reader(one(z.enum(THEMES)), (theme) => ({ theme })),
  align: reader(
    z.tuple([slot, track, event, slot, track, event]),
    ([slotA, trackA, eventA, slotB, trackB, eventB]) => ({
      align: {
        base: { slot: slotA, track: trackA, event: eventA },
        candidate: { slot: slotB, track: trackB, event: eventB },
      },
    }),
  ),
};

/** The part behind `#`, without it. */
export function writeUrl(state: ViewState): string {
  const parts: string[] = [ADDRESS_VERSION];
  const put = (key: string, ...items: readonly (string | number)[]): void => {
    parts.push(addressField(key, ...items));
  };
  if (state.endNs > state.startNs) put('t', ...spanItems(state.startNs, state.endNs));
  if (state.selection !== undefined) writeSelection(state.selection, put);
  if (state.place !== undefined) put('at', ...placeItems(state.place));
  if (state.search !== '') put('q', state.search);
  if (state.filterOn) put('f', 1);
  if (state.pinned.length > 0) put('pin', ...state.pinned);
  if (state.hidden.length > 0) put('hide', ...state.hidden);
  if (state.collapsed.length > 0) put('fold', ...state.collapsed);
  if (state.side !== INITIAL_STATE.side) put('side', state.side ?? NONE);
  if (state.bottom !== INITIAL_STATE.bottom) put('bottom', state.bottom ?? NONE);
  if (state.theme !== INITIAL_STATE.theme) put('theme', state.theme);
  if (state.align !== undefined) {
    put('align', ...refItems(state.align.base), ...refItems(state.align.candidate));
  }
  return parts.join('&');
}

/**
 * The state that an address asks for. Never throws: a field that makes no sense keeps its default and is named in
 * `problem`; an address of another version, or one far too long, is ignored as a whole.
 */
export function readUrl(hash: string): { readonly state: ViewState; readonly problem?: string } {
  const text = hash.replace(/^#/, '');
  if (text === '') return { state: INITIAL_STATE };
  if (text.length > MAX_LENGTH) {
    return {
      state: INITIAL_STATE,
      problem: 'The address is too long to be a view; showing the whole trace.',
    };
  }
  const [version, ...fields] = text.split('&');
  if (version !== ADDRESS_VERSION) {
    return {
      state: INITIAL_STATE,
      problem: 'The address was written by another version of this page; showing the whole trace.',
    };
  }
  let state: ViewState = INITIAL_STATE;
  const bad: string[] = [];
  for (const field of fields) {
    const at = field.indexOf('=');
    const key = at < 0 ? field : field.slice(0, at);
    const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
    const items = field
      .slice(at + 1)
      .split(',')
      .map(unescapeItem);
    const whole = at >= 0 && !items.includes(undefined) ? (items as readonly string[]) : undefined;
    const change = whole === undefined ? undefined : read?.(whole);
    if (change === undefined) bad.push(key);
    else state = { ...state, ...change };
  }
  if (bad.length === 0) return { state };
  const named = bad.slice(0, 3).map((key) => `“${key.slice(0, 12)}”`);
  const rest = bad.length > named.length ? ` and ${bad.length - named.length} more` : '';
  return {
    state,
    problem: `Parts of the address could not be understood and were left out: ${named.join(', ')}${rest}.`,
  };
}

function writeSelection(
  selection: Selection,
  put: (key: string, ...items: readonly (string | number)[]) => void,
): void {
  switch (selection.kind) {
    case 'event':
      put('e', ...refItems(selection.ref));
      break;
    case 'time':
      put('s', selection.slot, ...spanItems(selection.startNs, selection.endNs));
      break;
    case 'area': {
      const { slot, startNs, endNs, tracks } = selection.area;
      put('a', slot, ...spanItems(startNs, endNs), ...tracks.slice(0, MAX_ITEMS));
      break;
    }
  }
}

function refItems(ref: EventRef): readonly (string | number)[] {
  return [ref.slot, ref.track, ref.event];
}

function unescapeItem(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return undefined;
  }
}
