import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rebaseInto, toInt64, wordsOf } from '../../src/trace/rebase.js';

test('rebasing is exact wherever the difference fits 53 bits', () => {
  const int64 = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
  const difference = fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n });
  fc.assert(
    fc.property(int64, fc.array(difference, { maxLength: 20 }), (base, differences) => {
      const out = new Float64Array(differences.length + 1);
      rebaseInto(
        out,
        1,
        BigInt64Array.from(differences, (d) => base + d),
        wordsOf(base),
      );
      expect([...out.subarray(1)]).toEqual(differences.map(Number));
      expect(toInt64(out.subarray(1), base)).toEqual(BigInt64Array.from(differences, (d) => base + d));
    }),
  );
});

test('unsigned values above 2^63 keep their sign', () => {
  const out = new Float64Array(1);
  rebaseInto(out, 0, BigUint64Array.of(2n ** 63n), { high: 0, low: 0 });
  expect(out[0]).toBe(2 ** 63);
});
