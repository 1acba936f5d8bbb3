import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimalToNs } from '../../../../src/ingest/pytorch/decimal-time.js';
import { document, kernel, readText } from './read-text.js';

/** A decimal text and the nanoseconds it stands for, worked out with BigInt alone. */
const decimal = fc
  .record({
    us: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000n }),
    digits: fc.stringMatching(/^[0-9]{0,6}$/),
    quoted: fc.boolean(),
  })
  .map(({ us, digits, quoted }) => {
    const text = digits === '' ? String(us) : `${us}.${digits}`;
    const padded = BigInt(digits.padEnd(6, '0'));
    const ns = us * 1000n + (padded + 500n) / 1000n;
    return { text: quoted ? `"${text}"` : text, ns };
  });

/** A document whose numbers stand exactly as written. */
function withTimes(times: readonly { text: string; dur?: string }[]): string {
  const events = times.map(
    ({ text, dur = '1' }, i) =>
      `{"ph":"X","cat":"kernel","name":"k${i}","pid":0,"tid":7,"ts":${text},"dur":${dur},"args":{"stream":7}}`,
  );
  return `{"baseTimeNanoseconds": 1000000, "traceEvents":[${events.join(',')}]}`;
}

describe('times', () => {
  test('are exact, whatever their digits', async () => {
    await fc.assert(
      fc.asyncProperty(
        decimal,
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        decimal,
        async (one, apartUs, dur) => {
          const otherNs = one.ns + apartUs * 1000n + 7n;
          fc.pre(otherNs >= 0n && dur.ns < 2n ** 53n);
          const other = `${otherNs / 1000n}.${String(otherNs % 1000n).padStart(3, '0')}`;
          const trace = await readText(withTimes([{ text: one.text, dur: dur.text }, { text: other }]));
          const absolute = (row: number): bigint => trace.baseNs - 1000000n + BigInt(trace.ops.startNs[row]!);
          const named = new Map([0, 1].map((row) => [trace.strings[trace.ops.name[row]!], row]));
          expect(absolute(named.get('k0')!)).toBe(one.ns);
          expect(absolute(named.get('k1')!)).toBe(otherNs);
          expect(BigInt(trace.ops.durationNs[named.get('k0')!]!)).toBe(dur.ns);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('in other forms agree with the plain one', async () => {
    const same = [
      '1712195495505582.988',
      '1.712195495505582988e15',
      '1712195495505582988E-3',
      '"1712195495505582.9880"',
    ];
    for (const text of same) {
      const trace = await readText(withTimes([{ text }]));
      expect(trace.baseNs, text).toBe(1712195495505582988n + 1000000n);
    }
    expect(decimalToNs('-1.5')).toBe(-1500n);
    expect(decimalToNs('1e99999')).toBeUndefined();
    expect(decimalToNs('.')).toBeUndefined();
    expect(decimalToNs('0x10')).toBeUndefined();
  });

  test('before the base are negative, and in order', async () => {
    const trace = await readText(withTimes([{ text: '-0.002' }, { text: '-1.5' }, { text: '2' }]));
    expect([...trace.ops.startNs]).toEqual([0, 1498, 3500]);
    expect(trace.baseNs).toBe(1000000n - 1500n);
  });

  test('that make no sense are counted, not used', async () => {
    const bad = [
      'NaN',
      'Infinity',
      'null',
      '"soon"',
      '{"a":1}',
      '[1]',
      'true',
      `${'9'.repeat(400)}`,
      '1e400',
      '""',
    ];
    const good = { text: '5.5' };
    const trace = await readText(withTimes([good, ...bad.map((text) => ({ text }))]));
    expect(trace.ops.length).toBe(1);
    expect(trace.notices.find(({ message }) => message.includes('without a time'))?.count).toBe(bad.length);
    const durations = ['-1', 'NaN', '9223372036854775.807', 'null'];
    const lengths = await readText(withTimes([good, ...durations.map((dur) => ({ text: '7', dur }))]));
    expect(lengths.ops.length).toBe(1);
    expect(lengths.notices.find(({ message }) => message.includes('duration'))?.count).toBe(durations.length);
  });

  test('far from all others are left out, even if they come first', async () => {
    const trace = await readText(
      withTimes([{ text: '0' }, { text: '1712195495505582' }, { text: '1712195495505590' }]),
    );
    expect([...trace.ops.startNs]).toEqual([0, 8000]);
    expect(trace.notices.find(({ message }) => message.includes('50 days'))?.count).toBe(1);
  });

  test('count from 1970 where they are absolute or the file names a base, and from nowhere otherwise', async () => {
    const at = async (ts: number, headers: Record<string, unknown>): Promise<bigint> =>
      (await readText(document([kernel(ts, 1)], headers))).baseNs;
    expect(await at(1661203462584767, {})).toBe(1661203462584767000n);
    expect(await at(4358437247748, { baseTimeNanoseconds: 1790857026000000000 })).toBe(1795215463247748000n);
    expect(await at(17, {})).toBe(0n);
    // displayTimeUnit is how to show times, not how they are written.
    expect((await readText(document([kernel(17, 2.5)], { displayTimeUnit: 'ns' }))).ops.durationNs[0]).toBe(
      2500,
    );
  });
});
