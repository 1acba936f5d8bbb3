import { describe, expect, test } from 'vitest';
import { gnaConfig, type GnaConfigInput } from '../../../../src/projection/gna/config.js';
import { checkWorkload } from '../../../../src/projection/gna/end-to-end.js';
import { chooseTiles } from '../../../../src/projection/gna/kernel-tiles.js';
import { UserError } from '../../../../src/trace/errors.js';

const GOOD: GnaConfigInput = {
  shape: [24, 44, 80],
  window: [24, 12, 16],
  stride: [1, 4, 1],
  dilation: [1, 1, 5],
  qTile: [4, 4, 8],
  kvTile: [4, 4, 8],
};

describe('what is refused, by the rule it breaks', () => {
  test.each<[string, Partial<GnaConfigInput>, RegExp]>([
    ['no axes', { shape: [] }, /0 axes/],
    ['four axes', { shape: [2, 2, 2, 2] }, /4 axes/],
    ['an empty axis', { shape: [24, 0, 80] }, /shape 0 on axis 2/],
    ['a fraction', { shape: [24, 44.5, 80] }, /shape 44.5 on axis 2/],
    ['too large a shape', { shape: [65536, 65536, 80] }, /too large/],
    ['a window of nothing', { window: [24, 0, 16] }, /window 0 on axis 2/],
    [
      'a window larger than its axis',
      { window: [24, 45, 16] },
      /window 45 is larger than the 44 tokens of axis 2/,
    ],
    ['a window apart larger than its axis', { window: [24, 12, 17] }, /spans 85 of the 80 tokens of axis 3/],
    [
      'a stride larger than its window',
      { stride: [1, 13, 1] },
      /stride 13 is larger than the window 12 on axis 2/,
    ],
    ['no stride', { stride: [1, 0, 1] }, /stride 0/],
    ['a negative stride', { stride: [1, -1, 1] }, /stride -1/],
    ['no dilation', { dilation: [0, 1, 5] }, /dilation 0 on axis 1/],
    ['an empty tile', { qTile: [4, 4, 0] }, /Q tile 0 on axis 3/],
    ['not a number', { kvTile: [4, NaN, 8] }, /KV tile NaN on axis 2/],
    ['too few values', { window: [24, 12] }, /window has 2 values, the shape has 3/],
    ['too few flags', { causal: [true] }, /causal has 1 value, the shape has 3/],
  ])('%s', (_, change, message) => {
    const make = (): unknown => gnaConfig({ ...GOOD, ...change });
    expect(make).toThrow(UserError);
    expect(make).toThrow(message);
  });

  test('one tile without the other', () => {
    expect(() => chooseTiles({ qTile: [4, 4, 8], kvTile: undefined }, 'hopper', 3)).toThrow(/only one/);
  });

  test.each([
    [{ attentionShare: 0, steps: 1, denseSteps: 0 }, /share of 0/],
    [{ attentionShare: 1.01, steps: 1, denseSteps: 0 }, /share of 1.01/],
    [{ attentionShare: 0.5, steps: 0, denseSteps: 0 }, /0 steps/],
    [{ attentionShare: 0.5, steps: 9, denseSteps: 10 }, /10 of 9 steps/],
  ])('workload %o', (workload, message) => {
    expect(() => checkWorkload(workload)).toThrow(message);
  });
});

test('what is left out is neutral', () => {
  const { window, stride, dilation, causal } = gnaConfig({
    shape: [24, 44],
    window: [-1, 4],
    qTile: [8, 8],
    kvTile: [8, 8],
  });
  expect({ window, stride, dilation, causal }).toEqual({
    window: [24, 4],
    stride: [1, 1],
    dilation: [1, 1],
    causal: [false, false],
  });
});
