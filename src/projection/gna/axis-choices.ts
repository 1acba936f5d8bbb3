import { tilesOfQueryTile } from './axis-work.js';
import { axisBlockSparse } from './block-sparse.js';

/** For each window of an axis, the stride whose worst query tile visits fewest KV tiles. Columns, one row a window. */
export interface AxisChoices {
  readonly count: number;
  readonly window: Int32Array;
  readonly stride: Int32Array;
  readonly maxKvTiles: Int32Array;
  /** 1 where no masking is needed inside tiles. */
  readonly blockSparse: Uint8Array;
  /** Pairs of window and stride that were tried. */
  readonly tried: number;
}

export interface AxisQuestion {
  readonly length: number;
  readonly dilation: number;
  readonly causal: boolean;
  readonly qTile: number;
  readonly kvTile: number;
  /** Windows to try, both inclusive. */
  readonly least: number;
  readonly most: number;
  /** Only this stride. */
  readonly stride: number | undefined;
}

/** Up to here every stride is tried; on a longer axis those up to `FINE_STRIDES` and those that whole tiles make. */
export const ALL_STRIDES_TO = 512;
const FINE_STRIDES = 16;

/**
 * Axes are independent, so the best stride of each can be found by itself. Of strides alike in tiles, one that needs no
 * masking is taken, and the smallest of those: it slides its window the most.
 */
export function axisChoices(question: AxisQuestion): AxisChoices {
  const { length, dilation, least } = question;
  const most = Math.min(question.most, Math.floor(length / dilation));
  const size = Math.max(0, most - least + 1);
  const window = new Int32Array(size);
  const stride = new Int32Array(size);
  const maxKvTiles = new Int32Array(size);
  const blockSparse = new Uint8Array(size);
  let [count, tried] = [0, 0];
  for (let width = least; width <= most; width++) {
    const floor = leastTiles(width, question);
    let [bestTiles, bestStride, bestSparse] = [Infinity, 0, false];
    for (const step of stridesFor(width, question)) {
      tried++;
      const tiles = worstTiles(width, step, question, bestTiles);
      if (tiles > bestTiles) continue;
      const sparse = isSparse(width, step, question);
      if (tiles === bestTiles && !(sparse && !bestSparse)) continue;
      [bestTiles, bestStride, bestSparse] = [tiles, step, sparse];
      if (tiles === floor && (sparse || !canBeSparse(width, question))) break;
    }
    if (bestStride === 0) continue;
    window[count] = width;
    stride[count] = bestStride;
    maxKvTiles[count] = bestTiles;
    blockSparse[count] = bestSparse ? 1 : 0;
    count++;
  }
  return { count, window, stride, maxKvTiles, blockSparse, tried };
}

/** No placement of a window touches fewer tiles than this. A causal window reaches its width at a group's end only. */
function leastTiles(window: number, { kvTile, causal }: AxisQuestion): number {
  return causal ? 1 : Math.ceil(window / kvTile);
}

function canBeSparse(window: number, { length, dilation, causal, kvTile }: AxisQuestion): boolean {
  return !causal && (window % kvTile === 0 || window === Math.floor(length / dilation));
}

function* stridesFor(window: number, question: AxisQuestion): Generator<number> {
  const { length, qTile, kvTile } = question;
  if (question.stride !== undefined) {
    if (question.stride <= window) yield question.stride;
    return;
  }
  if (length <= ALL_STRIDES_TO) {
    for (let stride = 1; stride <= window; stride++) yield stride;
    return;
  }
  const steps = new Set<number>();
  for (let stride = 1; stride <= Math.min(FINE_STRIDES, window); stride++) steps.add(stride);
  for (const tile of [qTile, kvTile]) for (let step = tile; step <= window; step += tile) steps.add(step);
  steps.add(window);
  yield* [...steps].sort((a, b) => a - b);
}

/** The worst query tile's KV tiles; stops counting above `enough`. */
function worstTiles(window: number, stride: number, question: AxisQuestion, enough: number): number {
  const { dilation, causal, qTile, kvTile } = question;
  let worst = 0;
  for (const length of groupLengths(question.length, dilation)) {
    for (let first = 0; first < length; first += qTile) {
      const tiles = tilesOfQueryTile(first, qTile, length, window, stride, causal, kvTile);
      if (tiles > worst) worst = tiles;
      if (worst > enough) return worst;
    }
  }
  return worst;
}

function isSparse(window: number, stride: number, question: AxisQuestion): boolean {
  const { dilation, causal, qTile, kvTile } = question;
  return (
    !causal &&
    groupLengths(question.length, dilation).every((length) =>
      axisBlockSparse(length, window, stride, qTile, kvTile),
    )
  );
}

function groupLengths(length: number, dilation: number): readonly number[] {
  const short = Math.floor(length / dilation);
  return length % dilation === 0 ? [short] : [short + 1, short];
}
