import { describe, expect, it } from 'vitest';
import { alignClocks, TOLERANCE_NS } from '../../../src/ingest/align-clocks.js';
import { clocksOf } from '../../../src/ingest/clocks.js';
import type { Trace } from '../../../src/trace/trace.js';
import { buildTrace } from '../analysis/build-trace.js';

const NAMES = [
  'ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
  'ncclDevKernel_AllGather_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
];

/** A repeatable "random" number in [0, 1). */
function noise(i: number, seed: number): number {
  const x = Math.sin(i * 12.9898 + seed * 78.233) * 43758.5453;
  return x - Math.floor(x);
}

/**
 * A rank whose n-th collective ends at `ends[n]`, plus its clock's offset and up to `jitterNs`; it joins early or late,
 * so that starts say nothing. Between them a kernel of its own.
 */
function rank(
  ends: readonly number[],
  offsetNs: number,
  seed: number,
  { jitterNs = 3000, from = 0 } = {},
): Trace {
  const ops = ends.slice(from).flatMap((end, k) => {
    const n = k + from;
    const own = end + offsetNs + Math.round(noise(n, seed) * jitterNs);
    const waited = 20_000 + Math.round(noise(n, seed + 100) * 400_000);
    return [
      { start: own - waited - 5000, end: own - waited, name: 'gemm' },
      { start: own - waited, end: own, name: NAMES[n % 3 === 0 ? 1 : 0]! },
    ];
  });
  return { ...buildTrace({ ops }), name: `rank-${seed}` };
}

/** Ends about 1 ms apart, irregular as a step's work is. */
const ENDS = Array.from({ length: 60 }, (_, n) => 1_000_000 * (n + 1) + Math.round(noise(n, 9) * 600_000));

describe('alignClocks', () => {
  it('finds the offsets of clocks from collectives, to what they jitter', () => {
    const offsets = [0, 123_456_789, -987_654_321];
    const found = alignClocks(offsets.map((offset, i) => rank(ENDS, offset, i)));
    if (typeof found === 'string') throw new Error(found);
    found.offsetsNs.forEach((offset, i) => expect(Math.abs(offset + offsets[i]!)).toBeLessThan(3000));
    expect(found.residualNs).toBeLessThan(3000);
    expect(found.collectives).toBe(60);
  });

  it('also where one rank began to record later', () => {
    const found = alignClocks([rank(ENDS, 0, 0), rank(ENDS, 5_000_000_000, 1, { from: 6 })]);
    if (typeof found === 'string') throw new Error(found);
    expect(Math.abs(found.offsetsNs[1]! + 5_000_000_000)).toBeLessThan(3000);
    expect(found.collectives).toBe(54);
  });

  it('refuses what does not fit: other sequences, ends too far apart, too few', () => {
    const reversed = ENDS.map((end) => ENDS.at(-1)! - end).reverse();
    expect(alignClocks([rank(ENDS, 0, 0), rank(reversed, 0, 1)])).toMatch(/apart however|same sequence/);
    const loose = rank(ENDS, 0, 1, { jitterNs: 8 * TOLERANCE_NS });
    expect(alignClocks([rank(ENDS, 0, 0), loose])).toMatch(/end up to \d+ µs apart/);
    expect(alignClocks([rank(ENDS, 0, 0), rank(ENDS, 0, 1, { from: 55 })])).toMatch(/too few/);
    expect(alignClocks([buildTrace({}), buildTrace({})])).toMatch(/too few/);
  });

  it('refuses a rhythm so regular that every shift fits', () => {
    const regular = Array.from({ length: 60 }, (_, n) => 1_000_000 * (n + 1));
    expect(alignClocks([rank(regular, 0, 0), rank(regular, 77, 1)])).toMatch(/more than one way/);
  });

  it('asks the clocks of the files which shift it was, and believes them if they are near one', () => {
    const regular = Array.from({ length: 60 }, (_, n) => 1_000_000 * (n + 1));
    const begun = 1_795_250_930_000_000_000n;
    const own = { ...rank(regular, 0, 0), baseNs: begun };
    // Every third collective is of another kind: shifts by 3 ms fit. The second began to record 7 ms later: its times are 7 ms less.
    const other = (clockErrorNs: bigint): Trace => ({
      ...rank(regular, -7_000_000, 1),
      baseNs: begun + 7_000_000n + clockErrorNs,
    });
    const found = alignClocks([own, other(150_000n)]);
    if (typeof found === 'string') throw new Error(found);
    expect(Math.abs(found.offsetsNs[1]! - 7_000_000)).toBeLessThan(3000);
    expect(found.ways).toBeGreaterThan(2);
    expect(alignClocks([own, other(1_000_000n)])).toMatch(/the clocks of the files do not tell which/);
    expect(clocksOf([own, other(150_000n)]).notice?.message).toMatch(/of \d+ ways to match them/);
  });
});

describe('clocksOf', () => {
  const at = (trace: Trace, baseNs: bigint, status: [string, string][] = []): Trace => ({
    ...trace,
    baseNs,
    status: new Map(status),
  });
  const empty = buildTrace({});

  it('takes traces of one file, or of one boot, as they are', () => {
    const file: [string, string][] = [['clockDomain', 'nsys 1']];
    expect(clocksOf([at(empty, 1500n, file), at(empty, 1200n, file)])).toEqual({
      clocks: { relation: 'same', offsetsNs: [300, 0] },
    });
    const booted = (baseNs: bigint, monotonicNs: number): Trace => ({
      ...at(empty, baseNs),
      clock: {
        length: 1,
        realtimeNs: Float64Array.of(0),
        monotonicNs: Float64Array.of(monotonicNs),
        monotonicRawNs: Float64Array.of(0),
        tsc: Float64Array.of(0),
        bracketNs: Float64Array.of(0),
      },
    });
    expect(clocksOf([booted(10_000_000n, 4_000_000), booted(12_000_000n, 6_000_100)]).clocks.relation).toBe(
      'same',
    );
    expect(clocksOf([booted(10_000_000n, 4_000_000), booted(12_000_000n, 1_000_000)]).clocks.relation).toBe(
      'apart',
    );
  });

  it('says how it aligned, or why it could not', () => {
    const matched = clocksOf([rank(ENDS, 0, 0), rank(ENDS, 1_000_000, 1)]);
    expect(matched.clocks.relation).toBe('matched');
    expect(Math.min(...matched.clocks.offsetsNs)).toBe(0);
    expect(matched.notice?.message).toMatch(/aligned by 60 collectives, which end within [\d.]+ µs/);
    const apart = clocksOf([at(empty, 5n), at(empty, 9n)]);
    expect(apart.clocks).toEqual({ relation: 'apart', offsetsNs: [0, 0] });
    expect(apart.notice?.message).toMatch(/^2 traces are side by side/);
  });
});
