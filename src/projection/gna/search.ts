import { UserError } from '../../trace/errors.js';
import { ALL_STRIDES_TO, axisChoices, type AxisChoices } from './axis-choices.js';
import { gnaBound, type GnaBound } from './bound.js';
import { checkLength, checkShape } from './check-config.js';
import { FULL_AXIS, gnaConfig, type GnaConfig } from './config.js';
import type { TilePair } from './kernel-tiles.js';
import { TopCandidates, type Candidate } from './top-candidates.js';

export interface SearchOptions {
  readonly shape: readonly number[];
  /** Share of the axes' product that the window must keep at least, above 0 to 1. */
  readonly keep: number;
  /** A window may keep up to `keep × (1 + slack)`. */
  readonly slack: number;
  /** An axis with a number keeps it; `undefined` is free. */
  readonly window?: readonly (number | undefined)[];
  readonly stride?: readonly (number | undefined)[];
  readonly dilation?: readonly number[];
  readonly causal?: readonly boolean[];
  readonly tiles: readonly TilePair[];
  readonly top: number;
}

export interface SearchRow extends GnaBound {
  readonly config: GnaConfig;
  /** Product of window / axis: what `keep` is compared with. */
  readonly windowShare: number;
}

export interface SearchResult {
  /** Best first: by tile bound, then no masking, then the larger window, then the smaller strides. */
  readonly rows: readonly SearchRow[];
  /** Windows within the share, times tile pairs; of each, the best strides stand for all of them. */
  readonly windows: number;
  /** Pairs of a window and a stride that were tried on some axis. */
  readonly stridesTried: number;
  /** Whether an axis was too long to try each stride. */
  readonly stridesSampled: boolean;
}

/** Shares are compared with a hair's width for the division's rounding. */
const HAIR = 1e-9;
/** On a longer axis a search would take minutes. */
const MAX_AXIS = 2 ** 17;
/** About how much of the time the axes take, before their combinations. */
const AXES_SHARE = 0.5;

/**
 * The windows, strides and tiles with the best tile bound at a kept share: exhaustive over windows, and over strides on
 * axes of up to `ALL_STRIDES_TO` tokens. Exhaustive is affordable because axes are independent: each window of an axis
 * needs its best stride once.
 *
 * @throws UserError for impossible options, and when no window fits the share
 */
export function searchGna(options: SearchOptions): SearchResult {
  const steps = searchSteps(options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, step by step: yields the share that is done, for a progress line. */
export function* searchSteps(options: SearchOptions): Generator<number, SearchResult> {
  checkSearch(options);
  const best = new TopCandidates(options.top);
  let [windows, stridesTried] = [0, 0];
  for (const [index, tiles] of options.tiles.entries()) {
    const axes: AxisChoices[] = [];
    for (let axis = 0; axis < options.shape.length; axis++) {
      axes.push(choicesOf(options, tiles, axis));
      yield (index + (AXES_SHARE * axes.length) / options.shape.length) / options.tiles.length;
    }
    stridesTried += axes.reduce((sum, { tried }) => sum + tried, 0);
    windows += yield* combine(axes, options, index, best);
  }
  if (windows === 0) {
    throw new UserError(`no window keeps between ${options.keep} and ${options.keep * (1 + options.slack)}`, {
      hint: 'allow more with --slack, or free an axis',
    });
  }
  return {
    rows: best.list().map((candidate) => rowOf(candidate, options)),
    windows,
    stridesTried,
    stridesSampled: options.shape.some(
      (length, axis) => length > ALL_STRIDES_TO && options.stride?.[axis] === undefined,
    ),
  };
}

function checkSearch({ shape, keep, slack, window, stride, dilation, causal, tiles }: SearchOptions): void {
  checkShape(shape);
  const longest = Math.max(...shape);
  if (longest > MAX_AXIS) {
    throw new UserError(`an axis of ${longest} tokens is too long to search`, {
      hint: `at most ${MAX_AXIS}; the bound of a single window can be had for longer ones`,
    });
  }
  if (!(keep > 0 && keep <= 1)) {
    throw new UserError(`a kept share of ${keep} is not possible`, { hint: 'above 0, at most 1' });
  }
  if (!(slack >= 0 && Number.isFinite(slack))) {
    throw new UserError(`a slack of ${slack} is not possible`, { hint: 'a number from 0' });
  }
  const lists = { window, stride, dilation, causal };
  for (const [name, list] of Object.entries(lists)) if (list !== undefined) checkLength(name, list, shape);
  // What is fixed must be possible where the rest is neutral; `gnaConfig` has the rules and their words.
  for (const { qTile, kvTile } of tiles) {
    gnaConfig({
      shape,
      window: shape.map((length, axis) => window?.[axis] ?? Math.floor(length / (dilation?.[axis] ?? 1))),
      stride: shape.map((_, axis) => stride?.[axis] ?? 1),
      ...(dilation === undefined ? {} : { dilation }),
      qTile,
      kvTile,
    });
  }
}

/** An axis's windows: at least `keep` of it, since the other axes keep at most all of theirs. */
function choicesOf(options: SearchOptions, { qTile, kvTile }: TilePair, axis: number): AxisChoices {
  const { shape, keep, slack } = options;
  const length = shape[axis]!;
  const fixed = options.window?.[axis];
  const size = fixed === FULL_AXIS ? length : fixed;
  const alone = shape.length === 1 ? keep * (1 + slack) * (1 + HAIR) : 1;
  return axisChoices({
    length,
    dilation: options.dilation?.[axis] ?? 1,
    causal: options.causal?.[axis] ?? false,
    qTile: qTile[axis]!,
    kvTile: kvTile[axis]!,
    least: size ?? Math.max(1, Math.ceil(keep * length * (1 - HAIR))),
    most: size ?? Math.floor(alone * length),
    stride: options.stride?.[axis],
  });
}

/** Stands for the axes that a shape of fewer than three does not have. */
const NO_AXIS: AxisChoices = {
  count: 1,
  window: Int32Array.of(1),
  stride: Int32Array.of(1),
  maxKvTiles: Int32Array.of(1),
  blockSparse: Uint8Array.of(1),
  tried: 0,
};

/** Offers every combination whose product lies within the share; returns how many there were. */
function* combine(
  axes: readonly AxisChoices[],
  { shape, keep, slack, tiles }: SearchOptions,
  tilePair: number,
  best: TopCandidates,
): Generator<number, number> {
  const a = axes[0]!;
  const b = axes[1] ?? NO_AXIS;
  const c = axes[2] ?? NO_AXIS;
  const tokens = shape.reduce((product, length) => product * length, 1);
  const least = tokens * keep * (1 - HAIR);
  const most = tokens * keep * (1 + slack) * (1 + HAIR);
  const { kvTile } = tiles[tilePair]!;
  const dense = shape.reduce((product, length, axis) => product * Math.ceil(length / kvTile[axis]!), 1);
  let windows = 0;
  for (let i = 0; i < a.count; i++) {
    yield (tilePair + AXES_SHARE + ((1 - AXES_SHARE) * i) / a.count) / tiles.length;
    for (let j = 0; j < b.count; j++) {
      const area = a.window[i]! * b.window[j]!;
      const visited = a.maxKvTiles[i]! * b.maxKvTiles[j]!;
      const sparse = a.blockSparse[i]! & b.blockSparse[j]!;
      for (let k = 0; k < c.count; k++) {
        const product = area * c.window[k]!;
        if (product < least) continue;
        if (product > most) break;
        windows++;
        const speedup = dense / (visited * c.maxKvTiles[k]!);
        if (speedup < best.worst) continue;
        best.offer({
          speedup,
          blockSparse: sparse & c.blockSparse[k]!,
          area: product,
          strides: a.stride[i]! * b.stride[j]! * c.stride[k]!,
          window: [a.window[i]!, b.window[j]!, c.window[k]!],
          stride: [a.stride[i]!, b.stride[j]!, c.stride[k]!],
          tilePair,
        });
      }
    }
  }
  return windows;
}

function rowOf(candidate: Candidate, { shape, tiles, dilation, causal }: SearchOptions): SearchRow {
  const config = gnaConfig({
    shape,
    window: candidate.window.slice(0, shape.length),
    stride: candidate.stride.slice(0, shape.length),
    ...(dilation === undefined ? {} : { dilation }),
    ...(causal === undefined ? {} : { causal }),
    ...tiles[candidate.tilePair]!,
  });
  const tokens = shape.reduce((product, length) => product * length, 1);
  return { config, windowShare: candidate.area / tokens, ...gnaBound(config) };
}
