import { axisWork, type AxisWork } from './axis-work.js';
import type { GnaConfig } from './config.js';

/** What a configuration can gain over dense attention without a mask, on the same tiles. */
export interface GnaBound {
  /** Pairs of query and key, dense over kept: what the arithmetic alone allows. */
  readonly flopSpeedup: number;
  /** KV tiles a query tile, dense over the worst query tile's. */
  readonly tileSpeedup: number;
  /** The same over the mean query tile's; never below `tileSpeedup`. */
  readonly meanTileSpeedup: number;
  /** No tile needs masking inside: the kernel skips it. Never with a causal axis. */
  readonly fullyBlockSparse: boolean;
  /** Share of the query-key pairs that are kept, 1 / `flopSpeedup`. */
  readonly keptShare: number;
  /** KV tiles a query tile. */
  readonly kvTiles: { readonly dense: number; readonly worst: number; readonly mean: number };
  /** Query tiles: `sparse` is larger where dilation groups do not fill their tiles, which no speedup here counts. */
  readonly queryTiles: { readonly dense: number; readonly sparse: number };
  /** The gain over dense attention that is causal on the same axes; present with a causal axis and a window. */
  readonly overCausalDense?: { readonly flopSpeedup: number; readonly meanTileSpeedup: number };
}

/**
 * The bound by the worst query tile (arXiv 2504.16922, appendix B.1). Axes are independent, so the counts of the whole
 * are products of those of the axes.
 *
 * `config` must have passed `gnaConfig`. Exact while the products stay below 2^53.
 */
export function gnaBound(config: GnaConfig): GnaBound {
  const works = config.shape.map((_, axis) => workOf(config, axis));
  const dense = product(works, ({ denseKvTiles }) => denseKvTiles);
  const worst = product(works, ({ maxKvTiles }) => maxKvTiles);
  const queryTiles = product(works, (work) => work.queryTiles);
  const visited = product(works, ({ sumKvTiles }) => sumKvTiles);
  // `pairs / length` is the mean of keys a query sees: a whole number, the window, where nothing is causal.
  const tokens = product(config.shape, (length) => length);
  const seen = works.reduce((keys, { pairs }, axis) => keys * (pairs / config.shape[axis]!), 1);
  const bound: GnaBound = {
    flopSpeedup: tokens / seen,
    tileSpeedup: dense / worst,
    meanTileSpeedup: (dense * queryTiles) / visited,
    fullyBlockSparse: works.every(({ blockSparse }) => blockSparse),
    keptShare: seen / tokens,
    kvTiles: { dense, worst, mean: visited / queryTiles },
    queryTiles: { dense: product(works, ({ denseQueryTiles }) => denseQueryTiles), sparse: queryTiles },
  };
  if (!config.causal.includes(true) || isDense(config)) return bound;
  const ones = config.shape.map(() => 1);
  const causalDense = gnaBound({ ...config, window: config.shape, stride: ones, dilation: ones });
  return {
    ...bound,
    overCausalDense: {
      flopSpeedup: bound.flopSpeedup / causalDense.flopSpeedup,
      meanTileSpeedup: bound.meanTileSpeedup / causalDense.meanTileSpeedup,
    },
  };
}

function isDense({ shape, window, stride }: GnaConfig): boolean {
  return shape.every((length, axis) => window[axis] === length && stride[axis] === 1);
}

function product<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((result, item) => result * of(item), 1);
}

function workOf(config: GnaConfig, axis: number): AxisWork {
  return axisWork({
    length: config.shape[axis]!,
    window: config.window[axis]!,
    stride: config.stride[axis]!,
    dilation: config.dilation[axis]!,
    causal: config.causal[axis]!,
    qTile: config.qTile[axis]!,
    kvTile: config.kvTile[axis]!,
  });
}
