import { describe, expect, it } from 'vitest';
import type { Track, TrackKind, TraceSummary } from '../../../viewer/engine/protocol.js';
import {
  isInStrip,
  layoutTracks,
  rowAt,
  trackAt,
  tracksBetween,
} from '../../../viewer/timeline/track-layout.js';
import { visibleTracks } from '../../../viewer/timeline/visible.js';

const track = (id: string, kind: TrackKind, parent?: string, rows = 1): Track => ({
  id,
  slot: 0,
  kind,
  parent,
  label: id,
  detail: '',
  rows: kind === 'group' ? 0 : rows,
  events: 1,
});
const TRACKS = [
  track('gpu', 'group'),
  track('s1', 'ops', 'gpu', 2),
  track('s2', 'ops', 'gpu'),
  track('host', 'group'),
  track('calls', 'calls', 'host'),
  track('ranges', 'ranges', 'host', 8),
];
const summary = (slot: 0 | 1 = 0): TraceSummary =>
  ({
    slot,
    name: `trace ${slot}`,
    tracks: TRACKS.map((one) => ({ ...one, slot })),
  }) as unknown as TraceSummary;
const NONE = { pinned: [], hidden: [], collapsed: [] };
const keys = (tracks: readonly { readonly key: string }[]): string => tracks.map(({ key }) => key).join(' ');

describe('where tracks lie', () => {
  it('is one under the other, without holes', () => {
    const { main, height } = layoutTracks([summary()], NONE);
    expect(keys(main)).toBe('gpu s1 s2 host calls ranges');
    let y = 0;
    for (const one of main) {
      expect(one.y).toBe(y);
      y += one.height;
    }
    expect(height).toBe(y);
    expect(main.map(({ depth }) => depth)).toEqual([0, 1, 1, 0, 1, 1]);
    expect(main.map(({ parent }) => parent)).toEqual([-1, 0, 0, -1, 3, 3]);
  });

  it('gives every sub-row its room', () => {
    const { main } = layoutTracks([summary()], NONE);
    const ranges = main.find(({ key }) => key === 'ranges')!;
    expect(ranges.height).toBeGreaterThanOrEqual(8 * ranges.rowHeight);
    expect(rowAt(ranges, ranges.y)).toBe(0);
    expect(rowAt(ranges, ranges.y + ranges.padding + 3.5 * ranges.rowHeight)).toBe(3);
    expect(rowAt(ranges, ranges.y + ranges.height - 1)).toBe(7);
  });

  it('keeps all rows of a folded track, thinner, and folds groups away', () => {
    const folded = layoutTracks([summary()], { ...NONE, collapsed: ['ranges', 'gpu'] });
    expect(keys(folded.main)).toBe('gpu host calls ranges');
    const ranges = folded.main.at(-1)!;
    expect(ranges.track.rows).toBe(8);
    expect(ranges.height).toBeLessThan(30);
  });

  it('moves pinned tracks to the top in the order of their pinning, out of folded groups too', () => {
    const { pinned, pinnedHeight, main } = layoutTracks([summary()], {
      ...NONE,
      pinned: ['calls', 's2', 'calls', 'gone'],
      collapsed: ['gpu'],
    });
    expect(keys(pinned)).toBe('calls s2');
    expect(pinned.map(({ y }) => y)).toEqual([0, pinned[0]!.height]);
    expect(pinnedHeight).toBe(pinned[0]!.height + pinned[1]!.height);
    expect(keys(main)).toBe('gpu host ranges');
  });

  it('counts what is hidden, and drops groups with nothing left in them', () => {
    const { main, hidden } = layoutTracks([summary()], { ...NONE, hidden: ['s1', 's2', 'ranges'] });
    expect(keys(main)).toBe('host calls');
    expect(hidden).toBe(3);
  });

  it('puts two traces under headings of their own, and keeps them apart', () => {
    const { main } = layoutTracks([summary(0), summary(1)], {
      ...NONE,
      hidden: ['1:gpu'],
      collapsed: ['host'],
    });
    expect(keys(main)).toBe('#base gpu s1 s2 host #candidate 1:host 1:calls 1:ranges');
  });

  it('survives a track whose parent is not there', () => {
    const broken = { ...summary(), tracks: [track('a', 'ops', 'nowhere'), track('b', 'ops', 'b')] };
    expect(keys(layoutTracks([broken], NONE).main)).toBe('a b');
  });

  it('leaves a strip above the events of each track for its label, where there is no room beside', () => {
    const all = { ...summary(), tracks: [...TRACKS, track('load', 'counter'), track('idle', 'gaps')] };
    for (const collapsed of [[], ['ranges', 'load', 's1']]) {
      const state = { ...NONE, collapsed, pinned: ['s2'] };
      const beside = layoutTracks([all], state);
      const { pinned, main, height } = layoutTracks([all], state, 'above');
      expect(keys(main)).toBe(keys(beside.main));
      for (const one of [...pinned, ...main].filter((placed) => placed.track.kind !== 'group')) {
        const events = { from: one.y + one.padding, rows: Math.max(1, one.track.rows) };
        expect(one.labelHeight).toBeGreaterThan(12);
        expect(one.y + one.labelHeight).toBeLessThanOrEqual(events.from);
        expect(events.from + events.rows * one.rowHeight).toBeLessThanOrEqual(one.y + one.height + 0.5);
        expect(isInStrip(one, one.y + 1)).toBe(true);
        expect(isInStrip(one, events.from)).toBe(false);
        expect(rowAt(one, events.from + (events.rows - 0.5) * one.rowHeight)).toBe(events.rows - 1);
      }
      expect(main.reduce((y, one) => (one.y === y ? y + one.height : NaN), 0)).toBe(height);
      for (const one of beside.main) {
        expect(one.labelHeight).toBe(one.height);
        expect(isInStrip(one, one.y + 1)).toBe(false);
      }
    }
  });

  it('finds the track at a height as a search from the top does', () => {
    const { main, height } = layoutTracks([summary()], NONE);
    for (let y = -3; y < height + 3; y += 0.5) {
      expect(trackAt(main, y)).toBe(main.findIndex((one) => y >= one.y && y < one.y + one.height));
    }
    for (let top = 0; top < height; top += 7) {
      const expected = main.filter((one) => one.y < top + 50 && one.y + one.height > top);
      expect(keys(tracksBetween(main, top, top + 50))).toBe(keys(expected));
    }
  });
});

describe('what of it is on screen', () => {
  const layout = layoutTracks([summary()], NONE);

  it('keeps the header of a group while its tracks are in view', () => {
    expect(visibleTracks(layout, 0, 100).sticky).toBeUndefined();
    const { sticky, clipTop, mainTop } = visibleTracks(layout, 40, 100);
    expect(sticky?.placed.key).toBe('gpu');
    expect(sticky?.y).toBe(0);
    expect(clipTop).toBe(mainTop + sticky!.placed.height);
  });

  it('lets the next group push it out', () => {
    const host = layout.main.find(({ key }) => key === 'host')!;
    const { sticky, clipTop } = visibleTracks(layout, host.y - 10, 100);
    expect(sticky?.placed.key).toBe('gpu');
    expect(sticky?.y).toBe(10 - sticky!.placed.height);
    expect(clipTop).toBe(10);
  });

  it('never lets pinned tracks take everything', () => {
    const crowded = layoutTracks([summary()], { ...NONE, pinned: ['s1', 's2', 'calls', 'ranges'] });
    const { mainTop } = visibleTracks(crowded, 0, 100);
    expect(mainTop).toBeLessThanOrEqual(61);
  });
});
