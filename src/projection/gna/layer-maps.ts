import { UserError } from '../../trace/errors.js';
import { FULL_AXIS, gnaConfig, type GnaConfig } from './config.js';
import type { TilePair } from './kernel-tiles.js';

/** A layer's sparsity as a model publishes it, for its base grid. */
interface LayerPattern {
  readonly window: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** Which pattern each layer of a model has. */
export interface LayerMap {
  readonly name: string;
  /** The grid of tokens that the patterns were made for, T × H × W. */
  readonly baseShape: readonly number[];
  /** One letter a layer: a key of `PATTERNS`, or `S` for dense self-attention. */
  readonly layers: string;
}

const DENSE = 'S';

/** Cosmos-Predict2's `config_natten.py` (661da47); windows are the whole axis in time. */
const PATTERNS: Readonly<Record<string, LayerPattern>> = {
  A: { window: [FULL_AXIS, 4, 16], stride: [1, 1, 1], dilation: [1, 11, 5] },
  B: { window: [FULL_AXIS, 12, 16], stride: [1, 4, 1], dilation: [1, 1, 5] },
  C: { window: [FULL_AXIS, 12, 24], stride: [1, 4, 8], dilation: [1, 1, 1] },
  D: { window: [FULL_AXIS, 20, 40], stride: [1, 4, 8], dilation: [1, 1, 1] },
  E: { window: [FULL_AXIS, 28, 56], stride: [1, 4, 8], dilation: [1, 1, 1] },
};

export const LAYER_MAPS: readonly LayerMap[] = [
  { name: 'cosmos-predict2-2b', baseShape: [24, 44, 80], layers: 'AABCCBCCCCBDDDDDDDDDDDDEDDDC' },
  { name: 'cosmos-predict2-14b', baseShape: [24, 44, 80], layers: 'AAAAAAAAAAABBCCCCCCCCCCDEDESEDDEEDED' },
];

/** @throws UserError listing the maps there are */
export function layerMap(name: string): LayerMap {
  const map = LAYER_MAPS.find((one) => one.name === name);
  if (map !== undefined) return map;
  throw new UserError(`there is no layer map called '${name}'`, {
    hint: `known: ${LAYER_MAPS.map((one) => one.name).join(', ')}`,
  });
}

/**
 * The configuration of each layer of a map on a grid; `undefined` where the layer's attention is dense. Height and width
 * scale the patterns as the model itself scales them; a single frame (T = 1) is not sparse in any layer.
 */
export function layerConfigs(
  map: LayerMap,
  shape: readonly number[],
  tiles: TilePair,
): (GnaConfig | undefined)[] {
  if (shape.length !== map.baseShape.length) {
    throw new UserError(`${map.name} has ${map.baseShape.length} axes, the shape has ${shape.length}`, {
      hint: 'give the grid of tokens as T,H,W',
    });
  }
  // Layers of one pattern share one object, so that a caller can tell them apart by identity.
  const made = new Map<string, GnaConfig>();
  return [...map.layers].map((letter) => {
    const pattern = PATTERNS[letter];
    if (letter === DENSE || pattern === undefined || shape[0] === 1) return undefined;
    const known = made.get(letter);
    if (known !== undefined) return known;
    const config = gnaConfig({ shape, ...scalePattern(pattern, map.baseShape, shape), ...tiles });
    made.set(letter, config);
    return config;
  });
}

/** As the model adapts its parameters to the resolution. Time has no base: its window is the axis, whatever that is. */
function scalePattern(
  pattern: LayerPattern,
  baseShape: readonly number[],
  shape: readonly number[],
): LayerPattern {
  const window: number[] = [];
  const stride: number[] = [];
  const dilation: number[] = [];
  shape.forEach((length, axis) => {
    const scale = axis === 0 ? 1 : length / baseShape[axis]!;
    const asked = pattern.window[axis]!;
    const size = Math.min(asked === FULL_AXIS ? length : Math.max(2, roundHalfEven(asked * scale)), length);
    window.push(size);
    stride.push(Math.min(Math.max(1, roundHalfEven(pattern.stride[axis]! * scale)), size));
    const most = Math.floor(length / size);
    dilation.push(Math.min(Math.max(1, roundHalfEven(pattern.dilation[axis]! * scale)), most));
  });
  return { window, stride, dilation };
}

/** Python's `round`, which the model uses: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
