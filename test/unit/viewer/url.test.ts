import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, PLACE_KINDS } from '../../../src/report/timeline-address.js';
import { readUrl, writeUrl } from '../../../viewer/state/url.js';
import { INITIAL_STATE, type Selection, type ViewState } from '../../../viewer/state/view-state.js';

const slot = fc.constantFrom(0 as const, 1 as const);
/** Any text a trace may name a track with, separators of the address included. */
const track = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const event = fc.integer({ min: 0, max: 0xffff_ffff });
const time = fc.integer({ min: 0, max: 1e13 });
const span = fc
  .tuple(time, fc.integer({ min: 1, max: 1e12 }))
  .map(([start, width]) => [start, start + width] as const);
const ref = fc.record({ slot, track, event });
const selection: fc.Arbitrary<Selection | undefined> = fc.oneof(
  fc.constant(undefined),
  ref.map((ref) => ({ kind: 'event' as const, ref })),
  fc.tuple(slot, span).map(([slot, [startNs, endNs]]) => ({ kind: 'time' as const, slot, startNs, endNs })),
  fc
    .tuple(slot, fc.array(track, { minLength: 1, maxLength: 5 }), span)
    .map(([slot, tracks, [startNs, endNs]]) => ({
      kind: 'area' as const,
      area: { slot, tracks, startNs, endNs },
    })),
);
const place = fc.record({
  slot,
  within: track,
  kind: fc.constantFrom(...PLACE_KINDS),
  startNs: time,
  durationNs: time,
});
const state: fc.Arbitrary<ViewState> = fc
  .record({
    view: span,
    selection,
    place: fc.option(place, { nil: undefined }),
    search: fc.string({ unit: 'grapheme', maxLength: 60 }),
    filterOn: fc.boolean(),
    pinned: fc.array(track, { maxLength: 4 }),
    hidden: fc.array(track, { maxLength: 4 }),
    collapsed: fc.array(track, { maxLength: 4 }),
    side: fc.constantFrom(undefined, 'idle' as const, 'blocks' as const, 'notes' as const),
    bottom: fc.constantFrom(undefined, 'details' as const, 'table' as const),
    theme: fc.constantFrom('system' as const, 'light' as const, 'dark' as const),
    align: fc.option(fc.record({ base: ref, candidate: ref }), { nil: undefined }),
  })
  .map(({ view: [startNs, endNs], ...rest }) => ({ ...rest, startNs, endNs }));

describe('the view in the address', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(state, (given) => {
        const { state: read, problem } = readUrl(`#${writeUrl(given)}`);
        expect(problem).toBeUndefined();
        expect(read).toEqual(given);
      }),
      { numRuns: 300 },
    );
  });

  it('survives what a browser does to an address', () => {
    fc.assert(
      fc.property(state, (given) => {
        const { hash } = new URL(`http://localhost/x/#${writeUrl(given)}`);
        expect(readUrl(hash).state).toEqual(given);
      }),
    );
  });

  it('reads what a report links to', () => {
    fc.assert(
      fc.property(span, place, ([startNs, endNs], place) => {
        const { hash } = new URL(`file:///x/report-timeline.html#${addressOf({ startNs, endNs, place })}`);
        expect(readUrl(hash)).toEqual({ state: { ...INITIAL_STATE, startNs, endNs, place } });
        expect(readUrl(addressOf({ startNs, endNs }))).toEqual({
          state: { ...INITIAL_STATE, startNs, endNs },
        });
      }),
    );
  });

  it('keeps fractions of a nanosecond only where they can be seen', () => {
    const at = (startNs: number, endNs: number): string => writeUrl({ ...INITIAL_STATE, startNs, endNs });
    expect(at(1.23456, 31.5)).toBe('v1&t=1.235,31.5');
    expect(at(1000.4, 9_000_000.6)).toBe('v1&t=1000,9000001');
  });

  it('is short, and readable where it can be', () => {
    const given: ViewState = {
      ...INITIAL_STATE,
      startNs: 100,
      endNs: 300_000,
      selection: { kind: 'event', ref: { slot: 0, track: 'p7/d0/s13', event: 481 } },
      search: 'gemm 128',
    };
    expect(writeUrl(given)).toBe('v1&t=100,300000&e=0,p7/d0/s13,481&q=gemm+128');
    expect(writeUrl(INITIAL_STATE)).toBe('v1');
  });

  it('never throws, and never yields a state that the page could not have written', () => {
    const hostile = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.string({ maxLength: 200 }).map((text) => `#v1&${text}`),
      fc
        .tuple(
          fc.constantFrom('t', 'e', 'at', 'a', 's', 'q', 'pin', 'side', 'align', '__proto__', 'constructor'),
          fc.string(),
        )
        .map(([key, text]) => `#v1&${key}=${text}`),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const { state: read } = readUrl(text);
        expect(Number.isFinite(read.startNs) && Number.isFinite(read.endNs)).toBe(true);
        expect(read.endNs === 0 || read.endNs > read.startNs).toBe(true);
        expect(readUrl(`#${writeUrl(read)}`).state).toEqual(read);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['t=5,1', 't'],
    ['t=1e3,2e3', 't'],
    ['t=NaN,Infinity', 't'],
    ['e=2,x,1', 'e'],
    ['e=0,x,-1', 'e'],
    ['e=0,x,4294967296', 'e'],
    ['a=0,1,2', 'a'],
    ['side=nowhere', 'side'],
    ['at=0,p1/d0,gaps,5', 'at'],
    ['at=0,p1/d0,counter,5,1', 'at'],
    ['at=0,p1/d0,gaps,5,-1', 'at'],
    ['at=2,p1/d0,gaps,5,1', 'at'],
    ['q=%E0%A4%A', 'q'],
    ['nonsense', 'nonsense'],
    ['__proto__=1', '__proto__'],
  ])('leaves out %s, says so, and keeps the rest', (field, key) => {
    const { state: read, problem } = readUrl(`#v1&theme=dark&${field}`);
    expect(read).toEqual({ ...INITIAL_STATE, theme: 'dark' });
    expect(problem).toContain(`“${key}”`);
  });

  it('refuses another version and a text without end as a whole', () => {
    expect(readUrl('#v2&theme=dark')).toMatchObject({
      state: INITIAL_STATE,
      problem: expect.stringContaining('version') as string,
    });
    expect(readUrl(`#v1&q=${'x'.repeat(200_000)}`)).toMatchObject({
      state: INITIAL_STATE,
      problem: expect.stringContaining('long') as string,
    });
    expect(readUrl('')).toEqual({ state: INITIAL_STATE });
  });
});
