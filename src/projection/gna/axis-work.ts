import { axisBlockSparse } from './block-sparse.js';
import { windowEnd, windowStart } from './window.js';

/** One axis of a configuration. */
export interface GnaAxis {
  readonly length: number;
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  readonly causal: boolean;
  readonly qTile: number;
  readonly kvTile: number;
}

/** What one axis contributes: the whole operation's counts are products over its axes. */
export interface AxisWork {
  /** KV tiles of the whole axis, as dense attention visits them for every query tile. */
  readonly denseKvTiles: number;
  readonly denseQueryTiles: number;
  /** Query tiles over all dilation groups. */
  readonly queryTiles: number;
  /** KV tiles that the worst query tile visits. */
  readonly maxKvTiles: number;
  /** KV tiles visited, summed over the query tiles. */
  readonly sumKvTiles: number;
  /** Pairs of a query and a key that it sees; dense: `length²`. */
  readonly pairs: number;
  readonly blockSparse: boolean;
}

/** Entries are some 200 bytes each. */
const MAX_MEMO = 100_000;
const memo = new Map<string, AxisWork>();

/**
 * Tiles and pairs of one axis, exactly. A query tile visits the KV tiles from its first query's first key to its last
 * query's last key (the static tiling of the Hopper and Blackwell kernels). Dilation splits an axis into `dilation`
 * interleaved groups that are tiled by themselves; the first `length mod dilation` are one token longer.
 */
export function axisWork(axis: GnaAxis): AxisWork {
  const { length, window, stride, dilation, causal, qTile, kvTile } = axis;
  const key = `${length},${window},${stride},${dilation},${causal ? 1 : 0},${qTile},${kvTile}`;
  const known = memo.get(key);
  if (known !== undefined) return known;
  const work = countAxis(axis);
  if (memo.size >= MAX_MEMO) memo.clear();
  memo.set(key, work);
  return work;
}

function countAxis(axis: GnaAxis): AxisWork {
  const { length, window, stride, dilation, causal, qTile, kvTile } = axis;
  const longer = length % dilation;
  const short = Math.floor(length / dilation);
  let [queryTiles, maxKvTiles, sumKvTiles, pairs] = [0, 0, 0, 0];
  let blockSparse = !causal;
  for (const [groups, tokens] of [
    [longer, short + 1],
    [dilation - longer, short],
  ] as const) {
    if (groups === 0) continue;
    for (let first = 0; first < tokens; first += qTile) {
      const tiles = tilesOfQueryTile(first, qTile, tokens, window, stride, causal, kvTile);
      if (tiles > maxKvTiles) maxKvTiles = tiles;
      sumKvTiles += groups * tiles;
      queryTiles += groups;
    }
    pairs += groups * pairsOfGroup(tokens, window, stride, causal);
    blockSparse &&= axisBlockSparse(tokens, window, stride, qTile, kvTile);
  }
  return {
    denseKvTiles: Math.ceil(length / kvTile),
    denseQueryTiles: Math.ceil(length / qTile),
    queryTiles,
    maxKvTiles,
    sumKvTiles,
    pairs,
    blockSparse,
  };
}

/**
 * KV tiles that the query tile starting at `first` visits. Its last query may lie behind the axis: windows of such
 * padding end where the last real query's does.
 */
export function tilesOfQueryTile(
  first: number,
  qTile: number,
  length: number,
  window: number,
  stride: number,
  causal: boolean,
  kvTile: number,
): number {
  const last = first + qTile - 1;
  const lastStart = windowStart(last, length, window, stride, causal);
  const end = windowEnd(last, lastStart, length, window, causal);
  const start = windowStart(first, length, window, stride, causal);
  return Math.ceil(end / kvTile) - Math.floor(start / kvTile);
}

function pairsOfGroup(length: number, window: number, stride: number, causal: boolean): number {
  if (!causal) return length * window;
  let pairs = 0;
  for (let first = 0; first < length; first += stride) {
    const queries = Math.min(stride, length - first);
    const start = windowStart(first, length, window, stride, true);
    // Query i of the group sees first + i + 1 − start keys.
    pairs += queries * (first + 1 - start) + (queries * (queries - 1)) / 2;
  }
  return pairs;
}
