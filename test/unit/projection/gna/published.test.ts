import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gnaBound } from '../../../../src/projection/gna/bound.js';
import { gnaConfig } from '../../../../src/projection/gna/config.js';
import { endToEndSpeedup } from '../../../../src/projection/gna/end-to-end.js';
import { layerConfigs, layerMap } from '../../../../src/projection/gna/layer-maps.js';
import { kernelTiles } from '../../../../src/projection/gna/kernel-tiles.js';
import { mapBound } from '../../../../src/projection/gna/map-bound.js';

interface Operation {
  readonly id: string;
  readonly shape: number[];
  readonly window: number[];
  readonly stride: number[];
  readonly dilation: number[];
  readonly qTile: number[];
  readonly kvTile: number[];
}

interface Cases {
  readonly endToEnd: readonly (Operation & {
    readonly steps: number;
    readonly denseSteps: number;
    readonly attentionShare: number;
    readonly published: { readonly flop: number; readonly tile: number };
    readonly counted: { readonly dense: number; readonly worst: number; readonly mean: number };
  })[];
  readonly operations: readonly (Operation & {
    readonly published: { readonly flop: number; readonly denseUs: number; readonly sparseUs: number };
    readonly counted: { readonly dense: number; readonly worst: number; readonly mean: number };
  })[];
  readonly patterns: readonly (Operation & {
    readonly pattern: string;
    readonly publishedSparsity: string;
    readonly counted: { readonly flop: number; readonly tile: number; readonly blockSparse: boolean };
    readonly layers2b: readonly number[];
    readonly layers14b: readonly number[];
  })[];
  readonly cosmosPredict2: readonly {
    readonly id: string;
    readonly device: string;
    readonly shape: readonly number[];
    readonly forwards: number;
    readonly denseS: number;
    readonly sparseS: number;
  }[];
  readonly layerMaps: Readonly<Record<string, string>>;
}

const cases = JSON.parse(readFileSync('test/fixtures/gna-cases.json', 'utf8')) as Cases;

/** What the tables are printed with: two digits, from inputs of three. */
const TOLERANCE = 0.02;

describe('end to end', () => {
  test.each(cases.endToEnd)('$id', (row) => {
    const bound = gnaBound(gnaConfig(row));
    expect(bound.kvTiles.dense).toBe(row.counted.dense);
    expect(bound.kvTiles.worst).toBe(row.counted.worst);
    expect(bound.kvTiles.mean).toBeCloseTo(row.counted.mean, 3);
    expect(Math.abs(endToEndSpeedup(bound.tileSpeedup, row) - row.published.tile)).toBeLessThan(TOLERANCE);
    expect(Math.abs(endToEndSpeedup(bound.flopSpeedup, row) - row.published.flop)).toBeLessThan(TOLERANCE);
  });
});

describe('operations', () => {
  test.each(cases.operations)('$id', (row) => {
    const bound = gnaBound(gnaConfig(row));
    expect(bound.kvTiles).toMatchObject({ dense: row.counted.dense, worst: row.counted.worst });
    expect(bound.kvTiles.mean).toBeCloseTo(row.counted.mean, 2);
    expect(bound.flopSpeedup).toBeCloseTo(row.published.flop, 0);
  });

  test('without a stride, measured kernels lie nearer to the worst query tile than to the mean', () => {
    const rows = cases.operations.filter(({ id }) => /-s1x/.test(id));
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) {
      const { tileSpeedup, meanTileSpeedup } = gnaBound(gnaConfig(row));
      const measured = row.published.denseUs / row.published.sparseUs;
      expect(Math.abs(tileSpeedup - measured)).toBeLessThan(Math.abs(meanTileSpeedup - measured));
    }
  });
});

describe('Cosmos-Predict2', () => {
  test('layer maps, letter by letter', () => {
    for (const [name, layers] of Object.entries(cases.layerMaps)) expect(layerMap(name).layers).toBe(layers);
  });

  test.each(cases.patterns)('$id', (row) => {
    const bound = gnaBound(gnaConfig(row));
    expect(bound.flopSpeedup).toBeCloseTo(row.counted.flop, 4);
    expect(bound.tileSpeedup).toBeCloseTo(row.counted.tile, 4);
    expect(bound.fullyBlockSparse).toBe(row.counted.blockSparse);
    expect(Math.abs((1 - bound.keptShare) * 100 - parseFloat(row.publishedSparsity))).toBeLessThan(0.6);
    for (const [name, indices] of [
      ['cosmos-predict2-2b', row.layers2b],
      ['cosmos-predict2-14b', row.layers14b],
    ] as const) {
      const configs = layerConfigs(layerMap(name), row.shape, kernelTiles('hopper', 3)[0]!);
      const { window, stride, dilation } = row;
      for (const layer of indices) expect(configs[layer]).toMatchObject({ window, stride, dilation });
      const same = configs.filter(
        (config) => config?.window.join() === window.join() && config.dilation.join() === dilation.join(),
      );
      expect(same).toHaveLength(indices.length);
    }
  });

  // The time that sparsity saved, over the arithmetic it removed, is the rate of attention: one figure for all rows of
  // a GPU only if both the layer map and the count of forwards are right.
  const sxm = cases.cosmosPredict2.filter(({ device }) => /^H[12]00 SXM$/.test(device));
  test('there are rows of both GPUs', () => {
    expect(new Set(sxm.map(({ device }) => device)).size).toBe(2);
    expect(sxm.length).toBeGreaterThanOrEqual(4);
  });
  test.each(sxm)('$id implies 729 to 756 TFLOP/s', ({ shape, forwards, denseS, sparseS }) => {
    const configs = layerConfigs(layerMap('cosmos-predict2-2b'), shape, kernelTiles('hopper', 3)[0]!);
    const { keptShare } = mapBound(configs);
    const tokens = shape.reduce((product, length) => product * length, 1);
    const width = 2048;
    // Two matmuls, two operations a multiply-add.
    const layerFlop = 4 * tokens ** 2 * width;
    const removed = forwards * configs.length * layerFlop * (1 - keptShare);
    const rate = removed / (denseS - sparseS) / 1e12;
    expect(rate).toBeGreaterThan(729);
    expect(rate).toBeLessThan(756);
  });
});
