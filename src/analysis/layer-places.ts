import { LAYER_PARTS, type LayerPart } from './layer-parts.js';
import { OP_CLASSES, type OpClass } from './op-class.js';
import type { OpPaths } from './paths.js';
import type { Region, Rules } from './rules.js';

/** What one occurrence of a row is: a pass through a layer, a range that the row is named for, a block, nothing. */
export const PLACE = { layer: 0, range: 1, block: 2, window: 3 } as const;

/** What runs in one of these is that, whatever is inside: a recache has layers too, of another shape. */
const CLOSED: ReadonlySet<LayerPart> = new Set(['recache', 'vae', 'text-encoder']);

/** Classes that say what an op computes but not what for. */
const GENERIC: ReadonlySet<OpClass> = new Set(['matmul', 'norm', 'elementwise', 'memcpy', 'other']);

/** Where each path stands in the layer table. */
export interface LayerPlaces {
  /** Path → `PLACE`. */
  readonly place: Uint8Array;
  /** Path → the path around it (or itself) whose instances are its occurrences; -1 for `PLACE.window`. */
  readonly anchor: Int32Array;
  /** Path → the temporal block around it (or itself), or -1. */
  readonly block: Int32Array;
  /** path × op class → index into `LAYER_PARTS`. */
  readonly part: Uint8Array;
  readonly layerPaths: readonly number[];
  readonly blockPaths: readonly number[];
}

/** Decides for every path, from the outermost range inwards. */
export function placePaths({ parent, template }: OpPaths, rules: Rules): LayerPlaces {
  const length = template.length;
  const place = new Uint8Array(length).fill(PLACE.window);
  const anchor = new Int32Array(length).fill(-1);
  const block = new Int32Array(length).fill(-1);
  const part = new Uint8Array(length * OP_CLASSES.length);
  const item: (LayerPart | undefined)[] = [undefined];
  const region: (Region | undefined)[] = [undefined];
  const layerPaths: number[] = [];
  const blockPaths: number[] = [];
  for (let path = 0; path < length; path++) {
    const around = parent[path]!;
    const name = template[path]!;
    if (around >= 0) {
      place[path] = place[around]!;
      anchor[path] = anchor[around]!;
      block[path] = block[around]!;
      item[path] = item[around];
      region[path] = region[around];
      if (block[path]! < 0 && matches(rules.block, name)) {
        block[path] = path;
        blockPaths.push(path);
        if (place[path] === PLACE.window) {
          place[path] = PLACE.block;
          anchor[path] = path;
        }
      }
      const outer = item[around];
      if (outer === undefined || !CLOSED.has(outer)) {
        const own = find(rules.parts, name);
        const inLayer = place[path] === PLACE.layer;
        if (own !== undefined) item[path] = own;
        if (own !== undefined && !inLayer) {
          place[path] = PLACE.range;
          anchor[path] = path;
        } else if (!inLayer && matches(rules.layer, name)) {
          place[path] = PLACE.layer;
          anchor[path] = path;
          item[path] = undefined;
          region[path] = undefined;
          layerPaths.push(path);
        }
        region[path] = find(rules.regions, name) ?? region[path];
      }
    }
    const inLayer = place[path] === PLACE.layer;
    for (let c = 0; c < OP_CLASSES.length; c++) {
      const found = partOf(item[path], region[path], inLayer, c);
      part[path * OP_CLASSES.length + c] = LAYER_PARTS.indexOf(found);
    }
  }
  return { place, anchor, block, part, layerPaths, blockPaths };
}

function partOf(
  item: LayerPart | undefined,
  region: Region | undefined,
  inLayer: boolean,
  opClass: number,
): LayerPart {
  const ofOp = OP_CLASSES[opClass]!;
  if (item !== undefined) {
    if (region !== 'cross') return item;
    if (item === 'attention') return 'cross-attention';
    return item === 'qkv' ? 'cross-projections' : item;
  }
  if (ofOp === 'attention' && region === 'cross') return 'cross-attention';
  if (region !== undefined && GENERIC.has(ofOp)) {
    return region === 'cross' ? 'cross-projections' : 'attention-out';
  }
  return inLayer && (ofOp === 'norm' || ofOp === 'elementwise') ? 'modulation' : ofOp;
}

function matches(patterns: readonly RegExp[], text: string): boolean {
  return patterns.some((pattern) => pattern.test(text));
}

function find<T>(rules: readonly (readonly [RegExp, T])[], text: string): T | undefined {
  return rules.find(([pattern]) => pattern.test(text))?.[1];
}
