import { UserError } from '../../trace/errors.js';

/** A query tile and a KV tile that a kernel is compiled for. */
export interface TilePair {
  readonly qTile: readonly number[];
  readonly kvTile: readonly number[];
}

export const ARCHITECTURES = ['hopper', 'blackwell'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export const HEAD_DIMS = [32, 64, 128, 256] as const;
export const DEFAULT_HEAD_DIM = 128;

type Pairs = readonly (readonly [qTile: readonly number[], kvTile: readonly number[]])[];

/** NATTEN's forward kernels for fp16 and bf16, its default first (`backends/configs` of NATTEN at 8c8729f). By axes. */
const HOPPER: Readonly<Record<number, readonly [narrow: Pairs, wide: Pairs, widest: Pairs]>> = {
  1: [[[[64], [128]]], [[[128], [128]]], [[[128], [64]]]],
  2: [
    [
      [
        [8, 8],
        [16, 8],
      ],
      [
        [8, 8],
        [8, 16],
      ],
    ],
    [
      [
        [16, 8],
        [16, 8],
      ],
    ],
    [
      [
        [16, 8],
        [8, 8],
      ],
      [
        [8, 16],
        [8, 8],
      ],
    ],
  ],
  3: [
    [
      [
        [4, 4, 4],
        [4, 4, 8],
      ],
      [
        [4, 4, 4],
        [2, 8, 8],
      ],
    ],
    [
      [
        [4, 4, 8],
        [4, 4, 8],
      ],
      [
        [2, 8, 8],
        [2, 8, 8],
      ],
    ],
    [
      [
        [4, 4, 8],
        [4, 4, 4],
      ],
      [
        [2, 8, 8],
        [4, 4, 4],
      ],
    ],
  ],
};

const BLACKWELL: Readonly<Record<number, Pairs>> = {
  1: [[[256], [128]]],
  2: [
    [
      [16, 16],
      [16, 8],
    ],
    [
      [16, 16],
      [8, 16],
    ],
    [
      [8, 32],
      [8, 16],
    ],
    [
      [8, 32],
      [4, 32],
    ],
  ],
  3: [
    [
      [8, 4, 8],
      [4, 4, 8],
    ],
    [
      [8, 4, 8],
      [2, 8, 8],
    ],
    [
      [2, 8, 16],
      [4, 4, 8],
    ],
    [
      [2, 8, 16],
      [2, 8, 8],
    ],
    [
      [4, 4, 16],
      [2, 4, 16],
    ],
    [
      [2, 16, 8],
      [2, 8, 8],
    ],
    [
      [4, 8, 8],
      [2, 8, 8],
    ],
  ],
};

/** The tile pairs to choose from on an architecture for `axes` axes (1 to 3); the default first. */
export function kernelTiles(
  architecture: Architecture,
  axes: number,
  headDim: number = DEFAULT_HEAD_DIM,
): readonly TilePair[] {
  const pairs = architecture === 'hopper' ? hopperTiles(axes, headDim) : BLACKWELL[axes];
  if (pairs === undefined) {
    throw new UserError(`there are no tiles for ${axes} axes`, { hint: 'from 1 to 3' });
  }
  return pairs.map(([qTile, kvTile]) => ({ qTile, kvTile }));
}

function hopperTiles(axes: number, headDim: number): Pairs | undefined {
  return HOPPER[axes]?.[headDim <= 64 ? 0 : headDim <= 128 ? 1 : 2];
}

/** The tiles given, or the architecture's default ones where neither is. */
export function chooseTiles(
  given: { readonly qTile: readonly number[] | undefined; readonly kvTile: readonly number[] | undefined },
  architecture: Architecture,
  axes: number,
  headDim?: number,
): TilePair {
  const { qTile, kvTile } = given;
  if (qTile !== undefined && kvTile !== undefined) return { qTile, kvTile };
  if (qTile !== undefined || kvTile !== undefined) {
    throw new UserError('only one of the two tiles is given', {
      hint: 'give the Q tile and the KV tile, or neither',
    });
  }
  return kernelTiles(architecture, axes, headDim)[0]!;
}
