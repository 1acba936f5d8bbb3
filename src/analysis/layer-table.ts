import type { Trace } from '../trace/trace.js';
import type { IdleByCause, LayerColumn, LayerRow, LayerTable } from './breakdown-result.js';
import { CAUSES } from './causes.js';
import type { InstanceProjections, Instances } from './instances.js';
import { LAYER_PARTS, partLabel, type LayerPart } from './layer-parts.js';
import { PLACE, type LayerPlaces } from './layer-places.js';
import { BUSY_ROWS, IDLE_ROWS, type LayerSums } from './layer-sums.js';
import type { OpPaths } from './paths.js';
import { spreadOf } from './spread.js';

export interface LayerTableInput {
  readonly trace: Trace;
  readonly paths: OpPaths;
  readonly places: LayerPlaces;
  readonly instances: Instances;
  readonly projections: InstanceProjections;
  /** Instance → 1 if an op of it, or the wait for one, is in the windows. */
  readonly isIn: Uint8Array;
  readonly spanNs: number;
}

/** The table that an engineer would write by hand, from the sums by occurrence. */
export function layerTable(sums: LayerSums, input: LayerTableInput): LayerTable {
  const { places, isIn, instances, paths } = input;
  const isLayer = new Set(places.layerPaths);
  const isBlock = new Set(places.blockPaths);
  const passes: number[] = [];
  const templates = { layer: new Set<string>(), block: new Set<string>() };
  let blocks = 0;
  for (let i = 0; i < isIn.length; i++) {
    if (isIn[i] === 0) continue;
    const path = instances.path[i]!;
    if (isLayer.has(path)) {
      passes.push(i);
      templates.layer.add(paths.template[path]!);
    }
    if (isBlock.has(path)) {
      blocks++;
      templates.block.add(paths.template[path]!);
    }
  }
  const indexOf = new Map(passes.map((pass) => [pass, layerIndex(input, pass)]));
  return {
    rows: new Rows(sums, input, indexOf, blocks).all(),
    layers: layerColumns(sums, input, indexOf),
    passes: passes.length,
    blocks,
    layerTemplates: [...templates.layer],
    blockTemplates: [...templates.block],
  };
}

/** The last number in the name that a pass was opened with. */
function layerIndex({ trace, instances }: LayerTableInput, pass: number): number {
  const numbers = (trace.strings[instances.name[pass]!] ?? '').match(/\d+/g);
  return Number(numbers?.at(-1) ?? 0);
}

class Rows {
  readonly #sums: LayerSums;
  readonly #input: LayerTableInput;
  readonly #indexOf: ReadonlyMap<number, number>;
  readonly #blocks: number;
  readonly #firstLayer: number;

  constructor(sums: LayerSums, input: LayerTableInput, indexOf: ReadonlyMap<number, number>, blocks: number) {
    this.#sums = sums;
    this.#input = input;
    this.#indexOf = indexOf;
    this.#blocks = blocks;
    this.#firstLayer = [...indexOf.values()].reduce((least, index) => Math.min(least, index), Infinity);
  }

  all(): LayerRow[] {
    const rows: LayerRow[] = [];
    const busy = unitsByRow(this.#sums.busy);
    const idle = unitsByRow(this.#sums.idle);
    for (const scope of ['layer', 'block'] as const) {
      const isLayerScope = scope === 'layer';
      LAYER_PARTS.forEach((part, p) => {
        const units = this.#units(busy, BUSY_ROWS, p, isLayerScope);
        const base = { scope, kind: 'busy', part } as const;
        if (!isLayerScope || part !== 'attention') {
          this.#put(rows, base, label(part, scope), units);
          return;
        }
        const isFirst = (u: number): boolean => this.#layerOf(u) === this.#firstLayer;
        const first = units.filter(isFirst);
        const rest = units.filter((u) => !isFirst(u));
        this.#put(rows, { ...base, layers: 'first' }, 'self-attention, first', first);
        this.#put(rows, { ...base, layers: 'rest' }, 'self-attention, rest', rest);
      });
      CAUSES.forEach((cause, c) => {
        const units = this.#units(idle, IDLE_ROWS, c, isLayerScope);
        this.#put(rows, { scope, kind: 'idle', cause }, `idle: ${cause}`, units);
      });
    }
    return rows;
  }

  #layerOf(unit: number): number | undefined {
    return this.#indexOf.get(this.#sums.busy.instance[unit]!);
  }

  /** Units of one part or cause, inside layers or outside. */
  #units(
    byRow: readonly (readonly number[])[],
    perPlace: number,
    number: number,
    inLayer: boolean,
  ): number[] {
    const places = Object.values(PLACE).filter((place) => (place === PLACE.layer) === inLayer);
    return places.flatMap((place) => byRow[place * perPlace + number] ?? []);
  }

  #put(
    rows: LayerRow[],
    base: Pick<LayerRow, 'scope' | 'kind' | 'part' | 'layers' | 'cause'>,
    name: string,
    all: readonly number[],
  ): void {
    const isBusy = base.kind === 'busy';
    const units = isBusy ? this.#sums.busy : this.#sums.idle;
    const perPlace = isBusy ? BUSY_ROWS : IDLE_ROWS;
    const { places, instances, spanNs } = this.#input;
    const sum = (values: readonly number[], which: readonly number[]): number =>
      which.reduce((total, u) => total + values[u]!, 0);
    const ns = sum(units.ns, all);
    const ops = sum(units.ops, all);
    const idleBeforeNs = sum(units.idleBeforeNs, all);
    if (ns === 0 && ops === 0 && idleBeforeNs === 0) return;

    // Of what lies in a range of its own, in a block, or nowhere, the most particular is counted.
    const placeOf = (u: number): number => Math.floor(units.row[u]! / perPlace);
    const place = all.reduce((least, u) => Math.min(least, placeOf(u)), PLACE.window as number);
    const counted = all.filter((u) => placeOf(u) === place);
    const inBlock = (u: number): boolean => {
      const instance = units.instance[u]!;
      return instance >= 0 && places.block[instances.path[instance]!]! >= 0;
    };
    const blockUnits = all.filter(inBlock);
    rows.push({
      ...base,
      label: name,
      ns,
      idleBeforeNs,
      share: spanNs === 0 ? 0 : ns / spanNs,
      ops,
      per: (['layer', 'range', 'block', 'window'] as const)[place]!,
      count: counted.length,
      each: spreadOf(Float64Array.from(counted, (u) => units.ns[u]!)),
      ...(blockUnits.length === 0 || this.#blocks === 0
        ? {}
        : { perBlockNs: sum(units.ns, blockUnits) / this.#blocks }),
    });
  }
}

function unitsByRow({ row }: { readonly row: readonly number[] }): number[][] {
  const found: number[][] = [];
  for (let u = 0; u < row.length; u++) (found[row[u]!] ??= []).push(u);
  return found;
}

/** Outside layers, the classes that only say how something was computed need a word on where. */
function label(part: LayerPart, scope: 'layer' | 'block'): string {
  return scope === 'block' && part === 'attention' ? 'attention' : partLabel(part);
}

/** One entry a layer: where the time of its passes went. */
function layerColumns(
  { busy, idle }: LayerSums,
  { projections }: LayerTableInput,
  indexOf: ReadonlyMap<number, number>,
): LayerColumn[] {
  const layers = new Map<number, { passes: number[]; busy: Map<LayerPart, number>; idle: Float64Array }>();
  for (const [pass, index] of indexOf) {
    const layer = layers.get(index);
    if (layer !== undefined) layer.passes.push(pass);
    else layers.set(index, { passes: [pass], busy: new Map(), idle: new Float64Array(CAUSES.length) });
  }
  const layerOf = (instance: number) => layers.get(indexOf.get(instance) ?? NaN);
  for (let u = 0; u < busy.row.length; u++) {
    if (busy.ns[u] === 0 || Math.floor(busy.row[u]! / BUSY_ROWS) !== PLACE.layer) continue;
    const layer = layerOf(busy.instance[u]!);
    const part = LAYER_PARTS[busy.row[u]! % BUSY_ROWS]!;
    layer?.busy.set(part, (layer.busy.get(part) ?? 0) + busy.ns[u]!);
  }
  for (let u = 0; u < idle.row.length; u++) {
    if (Math.floor(idle.row[u]! / IDLE_ROWS) !== PLACE.layer) continue;
    const layer = layerOf(idle.instance[u]!);
    if (layer !== undefined) layer.idle[idle.row[u]! % IDLE_ROWS]! += idle.ns[u]!;
  }
  return [...layers]
    .toSorted(([a], [b]) => a - b)
    .map(([index, layer]) => ({
      index,
      passes: layer.passes.length,
      busyNs: [...layer.busy.values()].reduce((sum, ns) => sum + ns, 0),
      idleNs: layer.idle.reduce((sum, ns) => sum + ns, 0),
      busyByPart: Object.fromEntries(LAYER_PARTS.flatMap((part) => entry(part, layer.busy.get(part)))),
      idleByCause: Object.fromEntries(CAUSES.map((cause, c) => [cause, layer.idle[c]!])) as IdleByCause,
      duration: spreadOf(
        Float64Array.from(layer.passes, (pass) => projections.endNs[pass]! - projections.startNs[pass]!),
      ),
    }));
}

function entry(part: LayerPart, ns: number | undefined): [LayerPart, number][] {
  return ns === undefined ? [] : [[part, ns]];
}
