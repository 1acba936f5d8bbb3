import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSorted, sortOrder } from '../../src/trace/sort.js';

function expected(keys: readonly number[]): number[] {
  return keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]! || a - b);
}

test('sortOrder is the stable order of any keys', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 1000 }), (keys) => {
      const order = sortOrder(Float64Array.from(keys));
      expect(order === undefined ? keys.map((_, i) => i) : [...order]).toEqual(expected(keys));
    }),
  );
});

test('interleaved sorted streams, as CUPTI delivers them, come out in order', () => {
  const streams = [0, 1, 2].flatMap((s) => Array.from({ length: 5000 }, (_, i) => i * 30 + s * 7));
  const keys = Float64Array.from(streams);
  const order = sortOrder(keys)!;
  expect(isSorted(Float64Array.from(order, (row) => keys[row]!))).toBe(true);
  expect(new Set(order).size).toBe(keys.length);
});

test('sorted keys need no order', () => {
  expect(sortOrder(Float64Array.of(1, 1, 2, 3))).toBeUndefined();
  expect(sortOrder(new Float64Array(0))).toBeUndefined();
});
