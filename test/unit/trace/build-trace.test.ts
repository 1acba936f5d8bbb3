import { describe, expect, it } from 'vitest';
import { buildTrace, type TraceParts } from '../../../src/trace/build-trace.js';
import { RANGE_KIND } from '../../../src/trace/schema.js';

function parts(over: Partial<TraceParts>): TraceParts {
  return {
    name: 'x',
    path: '/x',
    pid: 7,
    originNs: 0n,
    bytesOnDisk: 0,
    tables: {},
    strings: [''],
    devices: [],
    status: new Map(),
    notices: [],
    ...over,
  };
}

function ranges(
  rows: readonly (readonly [start: number, duration: number, thread: number, kind?: number])[],
) {
  return {
    length: rows.length,
    startNs: Float64Array.from(rows, ([start]) => start),
    durationNs: Float64Array.from(rows, ([, duration]) => duration),
    thread: Uint32Array.from(rows, ([, , thread]) => thread),
    kind: Uint8Array.from(rows, ([, , , kind]) => kind ?? RANGE_KIND.pushPop),
    // The row's number, to follow it through the sort.
    name: Uint32Array.from(rows, (_, row) => row),
  };
}

describe('buildTrace', () => {
  it('rebases to the first record of any table, negative times included, and sorts every column', () => {
    const trace = buildTrace(
      parts({
        originNs: 1_000_000n,
        tables: {
          ops: {
            length: 3,
            startNs: Float64Array.of(50, 10, 30),
            durationNs: Float64Array.of(5, 5, 40),
            stream: Uint32Array.of(5, 1, 3),
          },
          calls: { length: 1, startNs: Float64Array.of(-20), durationNs: Float64Array.of(4) },
        },
      }),
    );
    expect(trace.baseNs).toBe(999_980n);
    expect([...trace.ops.startNs]).toEqual([30, 50, 70]);
    expect([...trace.ops.stream]).toEqual([1, 3, 5]);
    expect([...trace.ops.correlation]).toEqual([0, 0, 0]);
    expect(trace.endNs).toBe(90);
    expect(trace.devices.map(({ name }) => name)).toEqual(['GPU 0']);
  });

  it('takes sorted columns over without a copy', () => {
    const startNs = Float64Array.of(0, 1, 2);
    const trace = buildTrace(parts({ tables: { ops: { length: 3, startNs } } }));
    expect(trace.ops.startNs).toBe(startNs);
  });

  it('nests push/pop ranges of each thread; of those that start together the longer is outside', () => {
    const trace = buildTrace(
      parts({
        tables: {
          ranges: ranges([
            [10, 5, 1],
            [10, 20, 1],
            [12, 4, 2],
            [11, 1, 1, RANGE_KIND.startEnd],
            [16, 2, 1],
            [10, -1, 1],
          ]),
        },
      }),
    );
    const { name, depth, parent, id } = trace.ranges;
    expect([...name]).toEqual([5, 1, 0, 3, 2, 4]);
    expect([...depth]).toEqual([0, 1, 2, 0, 0, 2]);
    expect([...parent].map((one) => (one === 0 ? -1 : [...id].indexOf(one)))).toEqual([-1, 0, 1, -1, -1, 1]);
    expect(trace.openRanges).toEqual([0]);
    expect(trace.ranges.durationNs[0]).toBe(trace.endNs);
  });

  it('keeps the last row of a range id where the importer numbers them', () => {
    const trace = buildTrace(
      parts({
        tables: {
          ranges: {
            ...ranges([
              [0, -1, 1],
              [3, 2, 1],
              [0, 9, 1],
            ]),
            id: Uint32Array.of(1, 2, 1),
          },
        },
      }),
    );
    expect([...trace.ranges.durationNs]).toEqual([9, 2]);
    expect(trace.openRanges).toEqual([]);
  });

  it('refuses a column of the wrong type or length: that is a bug of the importer', () => {
    const startNs = new Float64Array(2);
    const wrong = new Float64Array(2) as unknown as Uint32Array;
    expect(() => buildTrace(parts({ tables: { ops: { length: 2, startNs, name: wrong } } }))).toThrow('u32');
    expect(() =>
      buildTrace(parts({ tables: { ops: { length: 2, startNs, name: new Uint32Array(3) } } })),
    ).toThrow('ops.name');
  });
});
