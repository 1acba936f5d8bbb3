import { describe, expect, test } from 'vitest';
import {
  attentionSpeedup,
  keptFraction,
  parseSparseSpec,
} from '../../../../src/projection/gna/sparse-spec.js';
import { UserError } from '../../../../src/trace/errors.js';

const SHAPE = [24, 44, 80];

describe('a window', () => {
  test('for every layer', () => {
    const spec = parseSparseSpec('sparse=window:fullx12x24,stride:1x4x8');
    expect(keptFraction(spec, SHAPE, 0)).toBeCloseTo((12 * 24) / (44 * 80), 12);
    expect(attentionSpeedup(spec, SHAPE, 99)).toBeCloseTo(12.2222, 4);
  });

  test('without a stride keeps as many pairs, but visits more tiles', () => {
    const spec = parseSparseSpec('window:24x12x24');
    expect(keptFraction(spec, SHAPE, 0)).toBeCloseTo((12 * 24) / (44 * 80), 12);
    expect(attentionSpeedup(spec, SHAPE, 0)).toBeLessThan(12);
  });

  test('for some layers', () => {
    const spec = parseSparseSpec('window:24x12x24,stride:1x4x8,layers:2+5-6');
    const kept = [1, 2, 3, 4, 5, 6, 7].map((layer) => keptFraction(spec, SHAPE, layer) < 1);
    expect(kept).toEqual([false, true, false, false, true, true, false]);
  });

  test('with its own grid, tiles and GPU', () => {
    const spec = parseSparseSpec('window:80x80,stride:16x16,shape:256x256,gpu:blackwell');
    expect(attentionSpeedup(spec, undefined, 0)).toBeCloseTo(10.24, 9);
    expect(() => keptFraction(parseSparseSpec('window:80x80'), undefined, 0)).toThrow(/grid of tokens/);
    const tiled = parseSparseSpec('window:2048,q-tile:256,kv-tile:128,causal:1');
    expect(keptFraction(tiled, [32768], 0)).toBeLessThan(1 / 16);
  });
});

describe('a layer map', () => {
  const spec = parseSparseSpec('sparse=cosmos-predict2-14b');

  test('has a fraction for each layer, 1 where it is dense', () => {
    expect(keptFraction(spec, SHAPE, 0)).toBeCloseTo(1 / 55, 12);
    expect(keptFraction(spec, SHAPE, 27)).toBe(1);
    expect(attentionSpeedup(spec, SHAPE, 27)).toBe(1);
  });

  test('fits no other model', () => {
    expect(() => keptFraction(spec, SHAPE, 36)).toThrow(/36 layers/);
    expect(() => keptFraction(spec, [44, 80], 0)).toThrow(/3 axes/);
  });

  test('scales with the resolution, as the model does', () => {
    // 480p: 30×52. 44 → 30 is 0.68: window 4 → 3, dilation 11 → 7 (a hair below 7.5); 80 → 52 is 0.65: 16 → 10, 5 → 3.
    expect(keptFraction(spec, [24, 30, 52], 0)).toBeCloseTo((3 * 10) / (30 * 52), 12);
    expect(keptFraction(spec, [1, 44, 80], 0)).toBe(1);
  });
});

test.each([
  'sparse=',
  'nothing-known',
  'stride:1x4x8',
  'window:24x12xtwo',
  'window:24x12x24,window:24x12x24',
  'window:24x12x24,colour:red',
  'window:24x12x24,stride',
  'window:24x12x24,causal:2x0x0',
  'window:24x12x24,layers:5-2',
  'window:24x12x24,layers:0-99999999',
  'window:24x12x24,gpu:abacus',
  'window:99999999999999999999x1x1',
  'cosmos-predict2-2b,window:24x12x24',
])('refuses %s', (text) => {
  expect(() => parseSparseSpec(text)).toThrow(UserError);
});

test.each([
  ['window:24x45x24', /larger than the 44 tokens/],
  ['window:24x12x24,stride:1x13x8', /stride 13 is larger/],
  ['window:24x12x24,stride:1x4', /stride has 2 values/],
  ['window:24x12x24,q-tile:4x4x8', /only one/],
])('refuses %s once the grid is known', (text, message) => {
  expect(() => keptFraction(parseSparseSpec(text), SHAPE, 0)).toThrow(message);
});
