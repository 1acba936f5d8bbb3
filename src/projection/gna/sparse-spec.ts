import { UserError } from '../../trace/errors.js';
import { gnaBound, type GnaBound } from './bound.js';
import { gnaConfig, type GnaConfig } from './config.js';
import { chooseTiles, ARCHITECTURES, type Architecture } from './kernel-tiles.js';
import { layerConfigs, layerMap, type LayerMap } from './layer-maps.js';
import { parseFlags, parseGrid, parseLayers } from './parse-lists.js';

/** A sparse attention as it is written for a what-if: a model's layer map, or one window for all or some layers. */
export type SparseSpec = MapSpec | WindowSpec;

interface CommonSpec {
  readonly text: string;
  readonly qTile: readonly number[] | undefined;
  readonly kvTile: readonly number[] | undefined;
  readonly architecture: Architecture;
  /** The grid of tokens, where the text says it. */
  readonly shape: readonly number[] | undefined;
}

export interface MapSpec extends CommonSpec {
  readonly kind: 'map';
  readonly map: LayerMap;
}

export interface WindowSpec extends CommonSpec {
  readonly kind: 'window';
  readonly window: readonly number[];
  readonly stride: readonly number[] | undefined;
  readonly dilation: readonly number[] | undefined;
  readonly causal: readonly boolean[] | undefined;
  /** Layers that are sparse; `undefined` for all. */
  readonly layers: ReadonlySet<number> | undefined;
}

const SYNTAX =
  'window:24x12x24,stride:1x4x8[,dilation:…,causal:0x0x0,layers:2-27,shape:24x44x80,q-tile:…,kv-tile:…,gpu:hopper], or the name of a layer map';

/**
 * Reads `window:24x12x24,stride:1x4x8` or `cosmos-predict2-2b`, with or without `sparse=` in front. Parts are separated
 * by commas, values of axes by `x`, outermost axis first; `full` is a whole axis. What depends on the grid of tokens is
 * checked when that is known, by `keptFraction`.
 *
 * @throws UserError saying which part is not understood
 */
export function parseSparseSpec(text: string): SparseSpec {
  const parts = text.replace(/^sparse=/, '').split(',');
  const values = new Map<string, string>();
  let name: string | undefined;
  for (const [index, part] of parts.entries()) {
    const colon = part.indexOf(':');
    if (colon < 0 && index === 0 && part !== '') {
      name = part;
      continue;
    }
    const key = part.slice(0, Math.max(0, colon));
    if (!KEYS.includes(key)) throw notUnderstood(part, text);
    if (values.has(key)) throw new UserError(`'${key}' is given twice in '${text}'`, { hint: SYNTAX });
    values.set(key, part.slice(colon + 1));
  }
  const grid = (key: string): readonly number[] | undefined => {
    const value = values.get(key);
    return value === undefined ? undefined : parseGrid(key, value);
  };
  const common = {
    text,
    qTile: grid('q-tile'),
    kvTile: grid('kv-tile'),
    architecture: parseArchitecture(values.get('gpu') ?? 'hopper'),
    shape: grid('shape'),
  };
  if (name !== undefined) {
    const extra = [...values.keys()].find((key) => WINDOW_KEYS.includes(key));
    if (extra === undefined) return { kind: 'map', map: layerMap(name), ...common };
    throw new UserError(`a layer map has its own ${extra}`, { hint: `leave '${extra}' out, or the map` });
  }
  const window = grid('window');
  if (window === undefined) throw new UserError(`'${text}' has no window`, { hint: SYNTAX });
  const causal = values.get('causal');
  const layers = values.get('layers');
  return {
    kind: 'window',
    window,
    stride: grid('stride'),
    dilation: grid('dilation'),
    causal: causal === undefined ? undefined : parseFlags('causal', causal),
    layers: layers === undefined ? undefined : parseLayers(layers),
    ...common,
  };
}

const WINDOW_KEYS = ['window', 'stride', 'dilation', 'causal', 'layers'];
const KEYS = [...WINDOW_KEYS, 'shape', 'q-tile', 'kv-tile', 'gpu'];

function notUnderstood(part: string, text: string): UserError {
  return new UserError(`'${part}' in '${text}' is not understood`, { hint: SYNTAX });
}

function parseArchitecture(text: string): Architecture {
  const found = ARCHITECTURES.find((one) => one === text);
  if (found === undefined) {
    throw new UserError(`'${text}' is not a GPU`, { hint: ARCHITECTURES.join(' or ') });
  }
  return found;
}

/**
 * Share of the query-key pairs that layer `layer` (from 0) keeps on a grid of tokens; 1 where it is dense. `shape` may
 * be left out where the text gives it.
 *
 * @throws UserError for a grid that the specification does not fit, or a layer that the map does not have
 */
export function keptFraction(spec: SparseSpec, shape: readonly number[] | undefined, layer: number): number {
  return layerBound(spec, shape, layer)?.keptShare ?? 1;
}

/**
 * How much faster the attention of a layer is than dense attention, by its worst query tile; 1 where it is dense. This
 * is what a prediction divides the time of attention kernels by: measured kernels follow it, not the kept pairs
 * (docs/sparse-attention.md).
 */
export function attentionSpeedup(
  spec: SparseSpec,
  shape: readonly number[] | undefined,
  layer: number,
): number {
  return layerBound(spec, shape, layer)?.tileSpeedup ?? 1;
}

/** The bound of one layer; `undefined` where it is dense. */
export function layerBound(
  spec: SparseSpec,
  shape: readonly number[] | undefined,
  layer: number,
): GnaBound | undefined {
  const config = layerConfig(spec, shape, layer);
  return config === undefined ? undefined : gnaBound(config);
}

function layerConfig(
  spec: SparseSpec,
  given: readonly number[] | undefined,
  layer: number,
): GnaConfig | undefined {
  const shape = spec.shape ?? given;
  if (shape === undefined) {
    throw new UserError('the grid of tokens is not known', { hint: `add it: ${spec.text},shape:24x44x80` });
  }
  const tiles = chooseTiles(spec, spec.architecture, shape.length);
  if (spec.kind === 'map') {
    const { name, layers } = spec.map;
    if (layer < layers.length) return layerConfigs(spec.map, shape, tiles)[layer];
    throw new UserError(`${name} has ${layers.length} layers, there is no layer ${layer}`, {
      hint: 'a layer map fits only the model it is of; give a window instead',
    });
  }
  if (spec.layers !== undefined && !spec.layers.has(layer)) return undefined;
  const { window, stride, dilation, causal } = spec;
  return gnaConfig({
    shape,
    window,
    ...(stride === undefined ? {} : { stride }),
    ...(dilation === undefined ? {} : { dilation }),
    ...(causal === undefined ? {} : { causal }),
    ...tiles,
  });
}
