import { describe, expect, test } from 'vitest';
import { sparseShare, type SparseRate } from '../../../src/projection/rates.js';
import { builtInRates, H200 } from '../../../src/projection/rates-h200.js';
import { readRates } from '../../../src/projection/rates-file.js';

describe('rates that are built in', () => {
  test('are those of the file that they say they are from', async () => {
    const file = await readRates('bench/whatif/measured/rates.json');
    expect(file.device).toBe(H200.device);
    const rounded = (value: number): number => Math.round(value);
    expect(H200.matmul).toEqual(
      file.matmul.map(({ bf16Ns, fp8Ns, quantizeNs, ...sizes }) => {
        return { ...sizes, bf16Ns: rounded(bf16Ns), fp8Ns: rounded(fp8Ns), quantizeNs: rounded(quantizeNs) };
      }),
    );
    expect(H200.sparse).toHaveLength(12);
    H200.sparse!.forEach(({ tokens, kept, denseNs, sparseNs }, i) => {
      const row = file.sparse![i]!;
      expect([tokens, denseNs, sparseNs]).toEqual([row.tokens, rounded(row.denseNs), rounded(row.sparseNs)]);
      expect(kept).toBeCloseTo(row.kept, 4);
    });
  });

  test('are for that device only', () => {
    expect(builtInRates('NVIDIA H200')).toBe(H200);
    expect(builtInRates('NVIDIA H200 NVL')).toBe(H200);
    expect(builtInRates('NVIDIA H100 80GB HBM3')).toBeUndefined();
    expect(builtInRates('')).toBeUndefined();
  });
});

describe('sparse attention as a share of dense', () => {
  const rows: SparseRate[] = [
    { tokens: 100, kept: 0.1, denseNs: 1_000, sparseNs: 200 },
    { tokens: 100, kept: 0.4, denseNs: 1_000, sparseNs: 600 },
    { tokens: 10_000, kept: 0.1, denseNs: 1_000, sparseNs: 110 },
  ];

  test('rows themselves, halfway between two on a logarithmic scale, and the nearest beyond them', () => {
    expect(sparseShare(rows, 0.1, 100)).toBeCloseTo(0.2, 12);
    expect(sparseShare(rows, 0.4, 100)).toBeCloseTo(0.6, 12);
    // A tile takes 2 and 1.5 times as long: 1.75 in the middle of 0.1 and 0.4.
    expect(sparseShare(rows, 0.2, 100)).toBeCloseTo(0.2 * 1.75, 12);
    expect(sparseShare(rows, 0.8, 100)).toBeCloseTo(0.8 * 1.5, 12);
    expect(sparseShare(rows, 0.05, 100)).toBeCloseTo(0.05 * 2, 12);
  });

  test('by the nearest count of tokens', () => {
    expect(sparseShare(rows, 0.1, 900)).toBeCloseTo(0.2, 12);
    expect(sparseShare(rows, 0.1, 1_100)).toBeCloseTo(0.11, 12);
  });
});
