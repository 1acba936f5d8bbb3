import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareRuns, type CompareResult, type CompareRow } from '../../../src/analysis/compare.js';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import type { Trace } from '../../../src/trace/trace.js';
import { buildTrace, type TraceRows } from './build-trace.js';
import { randomTrace, streamTrace } from './random-trace.js';

interface BlockOf {
  /** Of the block's matmul; a copy of 10 ns follows it after a gap. */
  readonly matmulNs: number;
  readonly gapNs: number;
  readonly isSwitch?: boolean;
}

/** One block after another, 100 ns apart; the launch of each op returns before it runs, so that gaps are `dispatch`. */
function run(blocks: readonly BlockOf[], config?: unknown): Trace {
  const rows: Required<Pick<TraceRows, 'ops' | 'calls' | 'ranges'>> = { ops: [], calls: [], ranges: [] };
  let at = 1000;
  blocks.forEach(({ matmulNs, gapNs, isSwitch }, b) => {
    const host = b * 10;
    rows.ranges.push({ start: host, end: host + 9, name: `temporal_block_${b}` });
    if (isSwitch === true) rows.ranges.push({ start: host + 1, end: host + 8, name: 'recache_after_switch' });
    const launch = (start: number, end: number, name: string): void => {
      const correlation = rows.calls.length + 1;
      const callAt = host + 2 + 2 * (correlation % 2);
      rows.calls.push({ start: callAt, end: callAt + 1, correlation, name: 'cuLaunchKernel' });
      rows.ops.push({ start, end, correlation, name });
    };
    launch(at, at + matmulNs, 'nvjet_gemm');
    launch(at + matmulNs + gapNs, at + matmulNs + gapNs + 10, 'CatArrayBatchedCopy');
    at += matmulNs + gapNs + 110;
  });
  return { ...buildTrace(rows), ...(config === undefined ? {} : { run: { config } }) };
}

const FIRST: BlockOf = { matmulNs: 900, gapNs: 0 };

describe('blocks', () => {
  const base = [
    run([FIRST, { matmulNs: 100, gapNs: 5 }, { matmulNs: 104, gapNs: 5 }, { matmulNs: 103, gapNs: 8 }], {
      framesPerBlock: 3,
      graphs: false,
    }),
  ];
  const candidate = [
    run(
      [
        FIRST,
        { matmulNs: 60, gapNs: 5 },
        { matmulNs: 64, gapNs: 6 },
        { matmulNs: 90, gapNs: 9, isSwitch: true },
      ],
      {
        framesPerBlock: 3,
        graphs: true,
      },
    ),
  ];
  const result = compareRuns(base, candidate, { per: 'instance' });

  test('are compared by a steady one of each, however many there are', () => {
    expect(result).toMatchObject({ basis: 'steady-blocks', per: 'instance' });
    // Base: 115, 119, 121; candidate: 75, 80.
    expect(result.base).toMatchObject({ instances: 3, spanNs: 355, busyNs: 337, idleNs: 18, ops: 6 });
    expect(result.base.each).toEqual({ opNs: 112, overlapNs: 0, busyNs: 112, idleNs: 6, spanNs: 118 });
    expect(result.candidate.each).toMatchObject({ busyNs: 72, idleNs: 6, spanNs: 78 });
    expect(result.byKernel).toMatchObject([
      {
        fullName: 'nvjet_gemm',
        baseCount: 3,
        candidateCount: 2,
        baseNs: 307,
        candidateNs: 124,
        differenceNs: -40,
      },
      { fullName: 'CatArrayBatchedCopy', baseEachNs: 10, candidateEachNs: 10, differenceNs: 0 },
    ]);
    expect(result.byCause).toMatchObject([{ label: 'dispatch', baseNs: 18, candidateNs: 11 }]);
    expect(result.byHotspot).toMatchObject([
      { before: 'matmul', after: 'elementwise', cause: 'dispatch', path: 'temporal_block_#', baseCount: 3 },
    ]);
  });

  test('have latencies: steady, a frame, at a switch, and the first', () => {
    const [steady, frame, atSwitch, first] = result.latencies;
    expect(steady).toMatchObject({
      what: 'steady-block',
      base: { count: 3, ns: 119, minNs: 115, maxNs: 121 },
      candidate: { count: 2, ns: 75 },
      differenceNs: -44,
      spread: { verdict: 'beyond', rule: 'ranges' },
    });
    expect(frame).toMatchObject({ what: 'inter-frame', base: { ns: 40 }, candidate: { ns: 25 } });
    expect(atSwitch).toEqual({
      what: 'switch',
      statistic: 'single',
      candidate: { count: 1, ns: 29, minNs: 29, maxNs: 29 },
    });
    expect(first).toMatchObject({ what: 'first-block', differenceNs: 0, spread: { verdict: 'unknown' } });
  });

  test('are all taken where a run has no steady one, and whole runs where it has none', () => {
    const short = [run([FIRST])];
    const all = compareRuns(base, short, { per: 'instance' });
    expect(all).toMatchObject({ basis: 'blocks', base: { instances: 4 }, candidate: { instances: 1 } });
    expect(all.notices.join()).toContain('no steady block');
    const none = [buildTrace({ ops: [{ start: 0, end: 10 }] })];
    const whole = compareRuns(base, none, { per: 'instance' });
    expect(whole).toMatchObject({ basis: 'window', base: { dividedBy: 1 } });
    expect(whole.notices.join()).toContain('the candidate has no temporal blocks');
    expect(() => compareRuns(base, none, { per: 'instance', block: 'temporal_block_#' })).toThrow(
      /^In the candidate/,
    );
  });

  test('give way to a window; a pattern is compared by its instances', () => {
    const one = compareRuns(base, candidate, { per: 'instance', window: 'temporal_block_1' });
    expect(one).toMatchObject({ basis: 'window', base: { spanNs: 115 }, candidate: { spanNs: 75 } });
    expect(one.latencies).toMatchObject([{ what: 'window', differenceNs: -40 }]);
    const all = compareRuns(base, candidate, { per: 'instance', window: 'temporal_block_*' });
    expect(all).toMatchObject({ basis: 'instances', base: { instances: 4, dividedBy: 4 } });
    expect(all.latencies).toMatchObject([{ what: 'instance', base: { count: 4 } }]);
  });

  test('count for each process; latencies are those of the slowest', () => {
    const slow = { ...run([FIRST, { matmulNs: 500, gapNs: 5 }]), pid: 8 };
    const both = compareRuns([...base, slow], candidate, { per: 'instance' });
    expect(both.base).toMatchObject({ instances: 4, devices: 2 });
    expect(both.latencies[0]).toMatchObject({ base: { count: 1, ns: 515 } });
    expect(both.notices.join()).toContain('process 8, the slowest of 2');
  });

  test('are told apart from what was changed', () => {
    expect(result.differences).toEqual([
      { kind: 'option', name: 'graphs', base: 'false', candidate: 'true' },
    ]);
    const again = compareRuns(base, base);
    expect(again.notices.join()).toContain('no option named by both runs differs');
  });
});

const LISTS = ['byTemplate', 'byKernel', 'byCause', 'byHotspot'] as const;
const sum = (rows: readonly CompareRow[], key: 'baseEachNs' | 'candidateEachNs' | 'baseNs'): number =>
  rows.reduce((all, row) => all + row[key], 0);

function expectClosed(result: CompareResult): void {
  for (const side of ['base', 'candidate'] as const) {
    const { each, dividedBy, spanNs, busyNs, idleNs, opNs, overlapNs } = result[side];
    expect(busyNs + idleNs).toBe(spanNs);
    expect(opNs - overlapNs).toBe(busyNs);
    expect(each.busyNs + each.idleNs).toBe(each.spanNs);
    expect(each.opNs - each.overlapNs).toBe(each.busyNs);
    expect(Math.abs(each.spanNs - spanNs / dividedBy)).toBeLessThan(2);
    const key = `${side}EachNs` as const;
    for (const list of LISTS) {
      const isIdle = list === 'byCause' || list === 'byHotspot';
      expect(sum(result[list], key)).toBe(isIdle ? each.idleNs : each.opNs);
    }
  }
}

describe('on random traces', () => {
  const rows = fc.oneof(randomTrace, streamTrace).filter(({ ops = [] }) => ops.some(({ device }) => !device));
  const options = fc.constantFrom(
    {},
    { per: 'instance' },
    { per: 'instance', window: '3..40' },
    { per: 'instance', window: 'block_*' },
  );

  test('everything closes, a run against itself is nothing, and turning round negates', () => {
    let compared = 0;
    fc.assert(
      fc.property(rows, rows, options, (one, other, given) => {
        const [base, candidate] = [[buildTrace(one)], [buildTrace(other)]];
        const options = given as Parameters<typeof compareRuns>[2];
        let result: CompareResult;
        try {
          result = compareRuns(base, candidate, options);
        } catch {
          // Such a window is in one of the two only.
          return;
        }
        compared++;
        expectClosed(result);
        const back = compareRuns(candidate, base, options);
        for (const list of LISTS) {
          expect(back[list].map(({ label, differenceNs }) => [label, 0 - differenceNs])).toEqual(
            result[list].map(({ label, differenceNs }) => [label, differenceNs]),
          );
        }
        const same = compareRuns(base, base, options);
        expect(LISTS.flatMap((list) => same[list].filter(({ differenceNs }) => differenceNs !== 0))).toEqual(
          [],
        );
        expect(same.latencies.every(({ differenceNs }) => differenceNs === 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test('sums are those of `gaps`', () => {
    fc.assert(
      fc.property(rows, (one) => {
        const trace = buildTrace(one);
        const { base, byCause, byHotspot } = compareRuns([trace], [trace]);
        const { devices } = analyzeGaps(trace, { top: Infinity });
        const all = (of: (device: (typeof devices)[number]) => number): number =>
          devices.reduce((total, device) => total + of(device), 0);
        expect(base.busyNs).toBe(all(({ busyNs }) => busyNs));
        expect(base.idleNs).toBe(all(({ idleNs }) => idleNs));
        for (const { label, baseNs } of byCause) {
          expect(baseNs).toBe(all(({ idleByCause }) => (idleByCause as Record<string, number>)[label]!));
        }
        const hotspots: Record<string, [count: number, ns: number]> = {};
        for (const { before, after, cause, path, count, totalNs } of devices.flatMap((one) => one.hotspots)) {
          const so = (hotspots[[before, after, cause, path].join()] ??= [0, 0]);
          so[0] += count;
          so[1] += totalNs;
        }
        expect(
          Object.fromEntries(
            byHotspot.map(({ before, after, cause, path, baseCount, baseNs }) => [
              [before, after, cause, path].join(),
              [baseCount, baseNs],
            ]),
          ),
        ).toEqual(hotspots);
      }),
      { numRuns: 300 },
    );
  });
});
