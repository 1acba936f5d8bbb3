import { gnaBound, type GnaBound } from './bound.js';
import type { GnaConfig } from './config.js';
import { checkWorkload, endToEndSpeedup, type AttentionWorkload } from './end-to-end.js';
import { layerConfigs, type LayerMap } from './layer-maps.js';
import type { TilePair } from './kernel-tiles.js';
import { mapBound } from './map-bound.js';
import type { SearchOptions, SearchResult } from './search.js';

/** What every `gna` answer has; speedups are over dense attention. */
interface GnaSummary {
  readonly schema: 'gapscope.gna/1';
  /** Dense over kept query-key pairs. */
  readonly flopSpeedup: number;
  /** By the worst query tile. */
  readonly tileSpeedup: number;
  readonly meanTileSpeedup: number;
  readonly fullyBlockSparse: boolean;
  /** With the tile speedup; present with a workload. */
  readonly endToEndSpeedup?: number;
  /** With the FLOP speedup; present with a workload. */
  readonly endToEndFlopSpeedup?: number;
  readonly workload?: AttentionWorkload;
  readonly keptShare: number;
}

export interface GnaConfigResult extends GnaSummary, GnaBound, GnaConfig {
  readonly kind: 'config';
}

/** One layer of a map; a dense one has no window. */
export type GnaLayerResult = { readonly layer: number } & (
  ({ readonly dense: false } & GnaBound & GnaConfig) | { readonly dense: true }
);

export interface GnaMapResult extends GnaSummary {
  readonly kind: 'map';
  readonly map: string;
  readonly shape: readonly number[];
  readonly layers: readonly GnaLayerResult[];
}

/** The fields of the best row, and all rows. */
export interface GnaSearchResult extends GnaSummary, GnaBound, GnaConfig {
  readonly kind: 'search';
  readonly search: {
    readonly keep: number;
    readonly slack: number;
    readonly windows: number;
    readonly stridesTried: number;
    readonly stridesSampled: boolean;
    readonly rows: readonly (GnaBound &
      GnaConfig & { readonly windowShare: number; readonly endToEndSpeedup?: number })[];
  };
}

export type GnaResult = GnaConfigResult | GnaMapResult | GnaSearchResult;

const SCHEMA = 'gapscope.gna/1';

/** @throws UserError for an impossible workload */
export function configResult(config: GnaConfig, workload: AttentionWorkload | undefined): GnaConfigResult {
  const bound = gnaBound(config);
  return { schema: SCHEMA, kind: 'config', ...bound, ...endToEnd(bound, workload), ...config };
}

/** @throws UserError for a grid that the map does not fit, or an impossible workload */
export function mapResult(
  map: LayerMap,
  shape: readonly number[],
  tiles: TilePair,
  workload: AttentionWorkload | undefined,
): GnaMapResult {
  const configs = layerConfigs(map, shape, tiles);
  const { layers, ...bound } = mapBound(configs);
  return {
    schema: SCHEMA,
    kind: 'map',
    ...bound,
    ...endToEnd(bound, workload),
    map: map.name,
    shape,
    layers: layers.map((one, layer) => {
      const config = configs[layer];
      return one === undefined || config === undefined
        ? { layer, dense: true }
        : { layer, dense: false, ...one, ...config };
    }),
  };
}

/** @throws UserError for an impossible workload */
export function searchResult(
  found: SearchResult,
  { keep, slack }: SearchOptions,
  workload: AttentionWorkload | undefined,
): GnaSearchResult {
  const rows = found.rows.map(({ config, ...row }) => {
    const { endToEndSpeedup: whole } = endToEnd(row, workload);
    return { ...row, ...(whole === undefined ? {} : { endToEndSpeedup: whole }), ...config };
  });
  const { windowShare: _, ...best } = rows[0]!;
  const { windows, stridesTried, stridesSampled } = found;
  return {
    schema: SCHEMA,
    kind: 'search',
    ...best,
    ...endToEnd(best, workload),
    search: { keep, slack, windows, stridesTried, stridesSampled, rows },
  };
}

function endToEnd(
  { tileSpeedup, flopSpeedup }: Pick<GnaBound, 'tileSpeedup' | 'flopSpeedup'>,
  workload: AttentionWorkload | undefined,
): Pick<GnaSummary, 'endToEndSpeedup' | 'endToEndFlopSpeedup' | 'workload'> {
  if (workload === undefined) return {};
  checkWorkload(workload);
  return {
    endToEndSpeedup: endToEndSpeedup(tileSpeedup, workload),
    endToEndFlopSpeedup: endToEndSpeedup(flopSpeedup, workload),
    workload,
  };
}
