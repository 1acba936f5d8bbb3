import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nestedRows, rowsUnderParents } from '../../../viewer/layout/nesting.js';
import { subRows } from '../../../viewer/layout/sub-rows.js';
import { CounterLine } from '../../../viewer/lod/counter-line.js';
import { Lane, type EventColumns } from '../../../viewer/lod/lane.js';
import { LongestForest } from '../../../viewer/lod/longest-forest.js';
import { Slots } from '../../../viewer/lod/slots.js';

/** Rows of a table: sorted by start, some without length, some that end before they start. */
const intervals = (most: number, span: number, longest: number): fc.Arbitrary<EventColumns> =>
  fc
    .array(fc.tuple(fc.nat(span), fc.integer({ min: -2, max: longest })), { maxLength: most, size: 'max' })
    .map((rows) => rows.toSorted((a, b) => a[0] - b[0]))
    .map((rows) => ({
      startNs: Float64Array.from(rows, ([start]) => start),
      durationNs: Float64Array.from(rows, ([, duration]) => duration),
    }));

const all = ({ startNs }: EventColumns): Uint32Array => Uint32Array.from(startNs, (_, i) => i);
const endOf = ({ startNs, durationNs }: EventColumns, i: number): number =>
  startNs[i]! + Math.max(0, durationNs[i]!);

function expectNoOverlap(columns: EventColumns, rows: readonly Uint32Array[]): void {
  for (const row of rows) {
    for (let k = 1; k < row.length; k++) {
      expect(endOf(columns, row[k - 1]!)).toBeLessThanOrEqual(columns.startNs[row[k]!]!);
    }
  }
}

describe('rows', () => {
  test('of overlapping events hold no two at once, and all of them', () => {
    fc.assert(
      fc.property(intervals(60, 80, 30), (columns) => {
        const { rows, crowded } = subRows(columns, all(columns));
        expectNoOverlap(columns, rows);
        expect(rows.flatMap((row) => [...row]).toSorted((a, b) => a - b)).toEqual([...all(columns)]);
        expect(crowded).toBe(0);
      }),
    );
  });

  test('are as few as run at once, the first free one taken', () => {
    fc.assert(
      fc.property(intervals(40, 60, 20), (columns) => {
        const { rows } = subRows(columns, all(columns));
        const rowOf = new Map(rows.flatMap((row, r) => [...row].map((event) => [event, r] as const)));
        const ends: number[] = [];
        columns.startNs.forEach((start, i) => {
          const free = ends.findIndex((end) => end <= start);
          const row = free < 0 ? ends.length : free;
          ends[row] = endOf(columns, i);
          expect(rowOf.get(i)).toBe(row);
        });
      }),
    );
  });

  test('of ranges are their depth where they nest, and never hold two at once where they cross', () => {
    const columns = {
      startNs: Float64Array.of(0, 0, 1, 5, 10, 10),
      durationNs: Float64Array.of(10, 8, 2, 3, 0, 4),
    };
    expect(nestedRows(columns, all(columns)).map((row) => [...row])).toEqual([[0, 4, 5], [1], [2, 3]]);
    fc.assert(
      fc.property(intervals(60, 80, 30), (random) => {
        const rows = nestedRows(random, all(random));
        expectNoOverlap(random, rows);
        expect(rows.flatMap((row) => [...row]).length).toBe(random.startNs.length);
      }),
    );
  });

  test('of ranges with known parents are below them', () => {
    fc.assert(
      fc.property(
        intervals(40, 60, 20),
        fc.array(fc.nat(100), { minLength: 40, maxLength: 40 }),
        (columns, picks) => {
          const parent = Int32Array.from(
            columns.startNs,
            (_, i) => (i === 0 ? -1 : (picks[i] ?? 0) % (i + 1)) - 1,
          );
          const rows = rowsUnderParents(columns, parent);
          expectNoOverlap(columns, rows);
          const rowOf = new Map(rows.flatMap((row, r) => [...row].map((event) => [event, r] as const)));
          expect(rowOf.size).toBe(columns.startNs.length);
          parent.forEach((around, i) => {
            if (around >= 0) expect(rowOf.get(i)).toBeGreaterThan(rowOf.get(around)!);
          });
        },
      ),
    );
  });
});

describe('the longest-event forest', () => {
  test('finds the longest of any slots, of equals the first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1, max: 6 }), { minLength: 1, maxLength: 300, size: 'max' }),
        fc.nat(1000),
        fc.nat(1000),
        (durations, a, b) => {
          const forest = new LongestForest(Float64Array.from(durations), Slots.all(durations.length));
          const from = a % durations.length;
          const to = from + 1 + (b % (durations.length - from));
          const inside = durations.slice(from, to);
          expect(forest.longest(from, to)).toBe(from + inside.indexOf(Math.max(...inside)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('takes no more than 8 bytes an event', () => {
    const forest = new LongestForest(new Float64Array(10_000).fill(1), Slots.all(10_000));
    expect(forest.bytes).toBeLessThan(8 * 10_000);
  });
});

describe('a lane', () => {
  const step = fc.constantFrom(0.5, 1, 2, 4, 8, 16, 64, 1024);

  test('shows of every bucket its longest event and how many it stands for, and what began before', () => {
    fc.assert(
      fc.property(
        intervals(300, 900, 12),
        fc.integer({ min: -50, max: 950 }),
        fc.nat(600),
        step,
        fc.boolean(),
        (random, start, length, stepNs, listed) => {
          // A lane of every second row, or of all: both ways of keeping slots.
          const { rows } = subRows(
            random,
            all(random).filter((row) => !listed || row % 2 === 0),
          );
          const [row = new Uint32Array(0)] = rows;
          const lane = new Lane(random, Slots.of(row));
          const shown: [number, number][] = [];
          lane.visit(start, start + length, stepNs, (event, from, to) => {
            expect(from <= lane.slotOf(event) && lane.slotOf(event) < to).toBe(true);
            shown.push([event, to - from]);
          });
          expect(shown).toEqual(bruteForce(random, [...row], start, start + length, stepNs));
        },
      ),
      { numRuns: 600 },
    );
  });

  test('of many events, crowded here and sparse there, shows the same at coarse steps as at fine ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(1, 2, 5, 400, 90_000), fc.nat(700)), {
          minLength: 12,
          maxLength: 12,
          size: 'max',
        }),
        fc.integer({ min: -1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, exponent, a, b) => {
          let time = 0;
          const starts: number[] = [];
          parts.forEach(([gap, count], p) => {
            for (let i = 0; i < count + 200; i++) starts.push((time += gap + ((i * 7 + p) % 3)));
          });
          const columns = {
            startNs: Float64Array.from(starts),
            durationNs: Float64Array.from(starts, (start, i) =>
              i % 5 === 0 ? 0 : ((starts[i + 1] ?? start + 9) - start) * (i % 3 === 0 ? 1 : 0.5),
            ),
          };
          const lane = new Lane(columns, Slots.all(starts.length));
          const [from, to] = [Math.min(a, b) * time, Math.max(a, b) * time];
          const shown: [number, number][] = [];
          lane.visit(from, to, 2 ** exponent, (event, first, next) => shown.push([event, next - first]));
          expect(shown).toEqual(bruteForce(columns, [...all(columns)], from, to, 2 ** exponent));
          const line = new CounterLine(
            columns.startNs,
            Float32Array.from(starts, (_, i) => (i * i) % 37),
          );
          const steps: number[] = [];
          line.visit(from, to, 2 ** exponent, (_at, min, max, last) => steps.push(min, max, last));
          expect(steps).toEqual(counterBruteForce(line, from, to, 2 ** exponent));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('finds slots by time', () => {
    fc.assert(
      fc.property(intervals(200, 300, 3), fc.integer({ min: -5, max: 310 }), (random, time) => {
        const [row = new Uint32Array(0)] = subRows(random, all(random)).rows;
        const lane = new Lane(random, Slots.of(row));
        const at = [...row].findIndex((event) => random.startNs[event]! >= time);
        expect(lane.slotAt(time)).toBe(at < 0 ? row.length : at);
        const ending = [...row].findIndex(
          (event) => random.startNs[event]! >= time || endOf(random, event) > time,
        );
        expect(lane.slotEndingAfter(time)).toBe(ending < 0 ? row.length : ending);
        row.forEach((event, slot) => expect(lane.slotOf(event)).toBe(slot));
      }),
    );
  });
});

function counterBruteForce(
  { timeNs, value }: CounterLine,
  startNs: number,
  endNs: number,
  stepNs: number,
): number[] {
  const from = Math.floor(startNs / stepNs) * stepNs;
  const before = timeNs.findIndex((time) => time >= from);
  let last = value[(before < 0 ? timeNs.length : before) - 1] ?? 0;
  const steps = [last, last, last];
  for (let i = before; i >= 0 && i < timeNs.length && timeNs[i]! < endNs;) {
    const bucket = Math.floor(timeNs[i]! / stepNs);
    const values = [last];
    for (; i < timeNs.length && Math.floor(timeNs[i]! / stepNs) === bucket; i++) values.push(value[i]!);
    last = values.at(-1)!;
    steps.push(Math.min(...values), Math.max(...values), last);
  }
  return steps;
}

/** Buckets of `stepNs`, whole ones from that of the start on; what began before them and still runs comes first. */
function bruteForce(
  columns: EventColumns,
  row: readonly number[],
  startNs: number,
  endNs: number,
  stepNs: number,
): [number, number][] {
  const from = Math.floor(startNs / stepNs) * stepNs;
  const before = row.filter((event) => columns.startNs[event]! < from && endOf(columns, event) > from);
  const shown: [number, number][] = before.slice(-1).map((event) => [event, 1]);
  const buckets = new Map<number, number[]>();
  for (const event of row) {
    const bucket = Math.floor(columns.startNs[event]! / stepNs);
    if (columns.startNs[event]! < from) continue;
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), event]);
  }
  for (const events of buckets.values()) {
    // The bucket in which the window ends counts whole, if any of it lies inside.
    if (columns.startNs[events[0]!]! >= endNs) continue;
    const longest = Math.max(...events.map((event) => columns.durationNs[event]!));
    shown.push([events.find((event) => columns.durationNs[event] === longest)!, events.length]);
  }
  return shown;
}

describe('a counter', () => {
  test('keeps the least, the largest and the last value of every bucket', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -20, max: 20 })), {
          maxLength: 200,
          size: 'max',
        }),
        fc.integer({ min: -20, max: 500 }),
        fc.nat(600),
        fc.constantFrom(1, 4, 32, 256),
        (points, start, length, stepNs) => {
          let time = 0;
          const timeNs = Float64Array.from(points, ([gap]) => (time += gap));
          const value = Float32Array.from(points, ([, one]) => one);
          const forest = new CounterLine(timeNs, value);
          const from = Math.floor(start / stepNs) * stepNs;
          const at = (t: number): number => value[timeNs.findLastIndex((one) => one <= t)] ?? 0;
          const before = value[timeNs.findLastIndex((one) => one < from)] ?? 0;
          const expected = [[from, before, before, before]];
          for (let bucket = from; bucket < start + length; bucket += stepNs) {
            const inside = [...timeNs].filter((one) => one >= bucket && one < bucket + stepNs);
            const [first] = inside;
            if (first === undefined || first >= start + length) continue;
            const entered = expected.at(-1)![3]!;
            const values = [entered, ...inside.map(at)];
            const shownAt = inside.length === 1 ? first : bucket;
            expected.push([shownAt, Math.min(...values), Math.max(...values), at(inside.at(-1)!)]);
          }
          const shown: number[][] = [];
          forest.visit(start, start + length, stepNs, (...one) => shown.push(one));
          expect(shown).toEqual(expected);
          expect(forest.max).toBe(Math.max(0, ...value));
        },
      ),
      { numRuns: 400 },
    );
  });
});
