import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Curve } from '../../../src/projection/curve.js';
import { parseRates } from '../../../src/projection/rates-file.js';
import { medianInterval } from '../../../src/projection/uncertainty.js';

describe('the interval of a median', () => {
  test('ranks of the sign test: tables of the binomial distribution', () => {
    const ranks = (n: number): [number, number] => {
      const { lowNs, highNs } = medianInterval(Float64Array.from({ length: n }, (_, i) => i + 1));
      return [lowNs, highNs];
    };
    // n: P(X < k) ≤ 2.5 % for k = 1, 1, 2, 2, 6, 14, 40.
    expect([1, 5, 8, 9, 10, 20, 40, 100].map(ranks)).toEqual([
      [1, 1],
      [1, 5],
      [1, 8],
      [2, 8],
      [2, 9],
      [6, 15],
      [14, 27],
      [40, 61],
    ]);
  });

  test('holds the median, whatever the order, and NaN says nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 60 }), (values) => {
        const { lowNs, highNs } = medianInterval(Float64Array.from([...values, NaN]));
        const middle = values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1]!;
        expect(lowNs).toBeLessThanOrEqual(middle);
        expect(highNs).toBeGreaterThanOrEqual(middle);
      }),
    );
  });
});

describe('a curve of times by size', () => {
  const curve = new Curve(
    new Map([
      [3, [40, 41, 1000]],
      [6, [70, 70]],
      [12, [130]],
    ]),
  );

  test('medians, straight lines between them and beyond', () => {
    expect([3, 6, 9, 12, 15, 1].map((size) => curve.at(size))).toEqual([
      41,
      70,
      100,
      130,
      160,
      41 - (2 * 29) / 3,
    ]);
    expect(curve.ratio(12, 6)).toBeCloseTo(70 / 130);
  });

  test('one size alone is proportional; none knows nothing; none is negative', () => {
    expect(new Curve(new Map([[4, [20]]])).ratio(4, 1)).toBe(0.25);
    expect(new Curve(new Map()).ratio(4, 1)).toBe(1);
    expect(
      new Curve(
        new Map([
          [10, [10]],
          [11, [100]],
        ]),
      ).ratio(11, 1),
    ).toBe(0);
  });
});

describe('a file of rates', () => {
  const rate = { m: 1, n: 2, k: 3, bf16Ns: 10, fp8Ns: 5, quantizeNs: 1 };

  test('is read, and what is wrong in it is named', () => {
    const text = JSON.stringify({ schema: 'gapscope.rates/1', device: 'X', matmul: [rate] });
    expect(parseRates(text, 'r.json')).toEqual({ device: 'X', source: 'r.json', matmul: [rate] });
    const bench = {
      schema: 'bench.rates/1',
      gpu: 'Y',
      linear: [{ M: 1, N: 2, K: 3, bf16Ms: 1, fp8RowMs: 0.5, quantizeRowMs: 0.25, bias: true }],
    };
    expect(parseRates(JSON.stringify(bench), 'b.json')).toMatchObject({
      device: 'Y',
      matmul: [{ m: 1, n: 2, k: 3, bf16Ns: 1e6, fp8Ns: 5e5, quantizeNs: 2.5e5 }],
    });
    const more = {
      ...bench,
      attention: [{ heads: 16, queries: 24, keys: 24, ms: 2 }],
      sparse: [
        { grid: [2, 3, 4], kept: 0.5, ms: 1.5 },
        { grid: [2, 3, 4], window: 'token permutation', ms: 0.1 },
        { grid: [9, 9, 9], kept: 0.5, ms: 1.5 },
      ],
      host: [
        { what: 'layer', microseconds: { bf16: 300 } },
        { what: 'fp8', quantizeMicroseconds: 60, matmulMicroseconds: -1 },
      ],
    };
    expect(parseRates(JSON.stringify(more), 'b.json')).toMatchObject({
      sparse: [{ tokens: 24, kept: 0.5, denseNs: 2e6, sparseNs: 1.5e6 }],
      fp8Host: { quantizeNs: 60_000, matmulNs: 0 },
    });
    expect(() => parseRates('{', 'r.json')).toThrow('not JSON');
    expect(() => parseRates('{"schema":"other"}', 'r.json')).toThrow("'r.json' are not understood: schema");
    const negative = JSON.stringify({
      schema: 'gapscope.rates/1',
      device: 'X',
      matmul: [{ ...rate, fp8Ns: -1 }],
    });
    expect(() => parseRates(negative, 'r.json')).toThrow('matmul.0.fp8Ns');
  });
});
