import { gnaBound, type GnaBound } from './bound.js';
import type { GnaConfig } from './config.js';

/** The speedups of all of a model's layers together: each weighs what its dense attention does, which is alike. */
export interface MapBound {
  readonly flopSpeedup: number;
  readonly tileSpeedup: number;
  readonly meanTileSpeedup: number;
  readonly fullyBlockSparse: boolean;
  readonly keptShare: number;
  /** Index = layer; `undefined` where it is dense. */
  readonly layers: readonly (GnaBound | undefined)[];
}

/** Layers run one after another, so times add: n layers ÷ Σ 1 / speedup. A dense layer has speedup 1. */
export function mapBound(configs: readonly (GnaConfig | undefined)[]): MapBound {
  const layers = configs.map((config) => (config === undefined ? undefined : gnaBound(config)));
  const together = (of: (bound: GnaBound) => number): number =>
    layers.length / layers.reduce((time, bound) => time + (bound === undefined ? 1 : 1 / of(bound)), 0);
  const flopSpeedup = together((bound) => bound.flopSpeedup);
  return {
    flopSpeedup,
    tileSpeedup: together((bound) => bound.tileSpeedup),
    meanTileSpeedup: together((bound) => bound.meanTileSpeedup),
    fullyBlockSparse: layers.every((bound) => bound?.fullyBlockSparse ?? true),
    keptShare: 1 / flopSpeedup,
    layers,
  };
}
