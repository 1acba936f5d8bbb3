import { gridText } from '../projection/gna/config.js';
import type {
  GnaConfigResult,
  GnaLayerResult,
  GnaMapResult,
  GnaResult,
  GnaSearchResult,
} from '../projection/gna/result.js';
import type { GnaBound } from '../projection/gna/bound.js';
import { wrapped } from './device-header.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatExact, formatPercent, plural } from './units.js';

/** Narrower than this, a search shows only what it is sorted by. */
const ROOM_FOR_ALL = 72;

/** `gapscope gna` for people. */
export function gnaText(result: GnaResult, style: TextStyle): string[] {
  switch (result.kind) {
    case 'config':
      return configText(result, style);
    case 'map':
      return mapText(result, style);
    case 'search':
      return searchText(result, style);
  }
}

function configText(result: GnaConfigResult, style: TextStyle): string[] {
  const { shape, window, stride, dilation, causal, qTile, kvTile } = result;
  const facts: Row[] = [['window', windowsText({ window, stride, dilation, causal })]];
  facts.push(['tiles', tilesText({ qTile, kvTile })]);
  facts.push(['kept', `${formatPercent(result.keptShare)} of the query-key pairs`]);
  const { worst, mean, dense } = result.kvTiles;
  facts.push([
    'KV tiles',
    `${formatExact(worst)} for the worst query tile, ${mean.toFixed(1)} for the mean, of ${formatExact(dense)}`,
  ]);
  return [
    heading(`${gridText(shape)} = ${formatExact(tokensOf(shape))} tokens`, style),
    ...formatTable([{ header: '' }, { header: '', shrinkTo: 20 }], facts.map(dimFirst(style)), style, '  '),
    '',
    ...speedupLines(result, style),
    ...notes(result, style),
  ];
}

function mapText(result: GnaMapResult, style: TextStyle): string[] {
  const { map, shape, layers } = result;
  const groups = new Map<string, GnaLayerResult[]>();
  for (const layer of layers) {
    const key = layer.dense ? 'dense' : windowsText(layer);
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  const rows = [...groups].map(([text, members]): Row => {
    const first = members[0]!;
    const [kept, flop, tile] = first.dense
      ? [1, 1, 1]
      : [first.keptShare, first.flopSpeedup, first.tileSpeedup];
    return [
      numbersText(members.map(({ layer }) => layer)),
      text,
      formatPercent(kept),
      times(flop),
      times(tile),
      first.dense ? '' : yesNo(first.fullyBlockSparse),
    ];
  });
  const columns = [
    { header: 'layers', shrinkTo: 6 },
    { header: 'window', shrinkTo: 10 },
    { header: 'kept', align: 'right' },
    { header: 'FLOP', align: 'right' },
    { header: 'tile', align: 'right' },
    { header: 'no masks' },
  ] as const;
  const sparse = layers.find((layer) => !layer.dense);
  return [
    heading(`${map}: ${plural(layers.length, 'layer')} at ${gridText(shape)}`, style),
    ...(sparse === undefined || sparse.dense ? [] : [style.colors.dim(`  ${tilesText(sparse)}`)]),
    ...formatTable(columns, rows, style, '  '),
    '',
    ...speedupLines(result, style),
    ...notes({ queryTiles: sparse === undefined || sparse.dense ? undefined : sparse.queryTiles }, style),
  ];
}

function searchText(result: GnaSearchResult, style: TextStyle): string[] {
  const { search, shape } = result;
  const isNarrow = style.width < ROOM_FOR_ALL;
  const rows = search.rows.map((row): Row => [
    gridText(row.window),
    gridText(row.stride),
    `${gridText(row.qTile)} / ${gridText(row.kvTile)}`,
    formatPercent(row.windowShare),
    ...(isNarrow ? [] : [times(row.flopSpeedup)]),
    { text: times(row.tileSpeedup), paint: style.colors.bold },
    ...(row.endToEndSpeedup === undefined ? [] : [times(row.endToEndSpeedup)]),
    ...(isNarrow ? [] : [yesNo(row.fullyBlockSparse)]),
  ]);
  const whole = result.endToEndSpeedup === undefined ? [] : [{ header: 'whole', align: 'right' as const }];
  const columns = [
    { header: 'window' },
    { header: 'stride' },
    { header: 'tiles Q / KV', shrinkTo: 8 },
    { header: 'kept', align: 'right' },
    ...(isNarrow ? [] : [{ header: 'FLOP', align: 'right' as const }]),
    { header: 'tile', align: 'right' },
    ...whole,
    ...(isNarrow ? [] : [{ header: 'no masks' }]),
  ] as const;
  const { keep, slack, windows } = search;
  const asked = `keeping ${formatPercent(keep)} to ${formatPercent(Math.min(1, keep * (1 + slack)))}`;
  const left = windows - rows.length;
  const strides = search.stridesSampled
    ? 'An axis is too long to try every stride: those up to 16, and multiples of the tiles, were.'
    : 'Of each window and tile, the best of all strides.';
  return [
    heading(`${gridText(shape)}, ${asked}`, style),
    ...formatTable(columns, rows, style, '  '),
    ...(left > 0
      ? [style.colors.dim(`  … ${formatExact(left)} more that keep as much: --top shows more`)]
      : []),
    '',
    ...wrapped(strides, '  ', style.width),
  ];
}

function speedupLines(
  result: Pick<
    GnaMapResult | GnaConfigResult,
    | 'flopSpeedup'
    | 'tileSpeedup'
    | 'meanTileSpeedup'
    | 'fullyBlockSparse'
    | 'endToEndSpeedup'
    | 'endToEndFlopSpeedup'
    | 'workload'
  > &
    Pick<GnaBound, 'overCausalDense'>,
  style: TextStyle,
): string[] {
  const { colors } = style;
  const rows: Row[] = [
    ['FLOP bound', times(result.flopSpeedup), 'query-key pairs: what the arithmetic alone allows'],
    [
      'tile bound',
      { text: times(result.tileSpeedup), paint: colors.bold },
      'by the worst query tile: expect this',
    ],
    [
      'mean tile',
      times(result.meanTileSpeedup),
      'by the mean query tile: optimistic, kernels wait for the worst',
    ],
  ];
  const { overCausalDense: causal, workload } = result;
  if (causal !== undefined) {
    const text = `mean tile, over dense attention with the same causal axes; FLOP ${times(causal.flopSpeedup)}`;
    rows.push(['over causal', times(causal.meanTileSpeedup), text]);
  }
  if (result.endToEndSpeedup !== undefined && workload !== undefined) {
    const { attentionShare, steps, denseSteps } = workload;
    const kept = denseSteps > 0 ? `, ${denseSteps} of ${plural(steps, 'step')} dense` : '';
    rows.push([
      'end to end',
      { text: times(result.endToEndSpeedup), paint: colors.bold },
      `attention is ${formatPercent(attentionShare)} of the time${kept}; by FLOPs ${times(result.endToEndFlopSpeedup ?? NaN)}`,
    ]);
  }
  const columns = [{ header: '' }, { header: '', align: 'right' }, { header: '', shrinkTo: 16 }] as const;
  const lines = formatTable(columns, rows, style, '  ');
  const masks = result.fullyBlockSparse
    ? 'Fully block-sparse: no tile needs masking inside, and the kernel skips it.'
    : 'Not fully block-sparse: tiles at the edges of windows are masked inside.';
  return [...lines, '', ...wrapped(masks, '  ', style.width)];
}

/** What no speedup here counts. */
function notes(
  result: { readonly queryTiles?: GnaBound['queryTiles'] | undefined },
  style: TextStyle,
): string[] {
  const { queryTiles } = result;
  if (queryTiles === undefined || queryTiles.sparse <= queryTiles.dense) return [];
  const factor = (queryTiles.sparse / queryTiles.dense).toFixed(2);
  const text = `dilation leaves tiles part empty: ${factor} times as many query tiles as dense attention has`;
  return wrapped(text, '  ! ', style.width).map((line) => style.colors.yellow(line));
}

function windowsText(config: {
  readonly window: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly causal: readonly boolean[];
}): string {
  const { window, stride, dilation, causal } = config;
  const parts = [gridText(window)];
  if (stride.some((step) => step > 1)) parts.push(`stride ${gridText(stride)}`);
  if (dilation.some((apart) => apart > 1)) parts.push(`dilation ${gridText(dilation)}`);
  const axes = causal.flatMap((yes, axis) => (yes ? [axis + 1] : []));
  if (axes.length > 0) parts.push(`causal on axis ${axes.join(', ')}`);
  return parts.join(' · ');
}

function tilesText({
  qTile,
  kvTile,
}: {
  readonly qTile: readonly number[];
  readonly kvTile: readonly number[];
}): string {
  return `Q ${gridText(qTile)} · KV ${gridText(kvTile)}`;
}

/** `0-1, 4, 6-9`. */
export function numbersText(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length;) {
    let end = i;
    while (end + 1 < numbers.length && numbers[end + 1] === numbers[end]! + 1) end++;
    parts.push(end === i ? `${numbers[i]}` : `${numbers[i]}-${numbers[end]}`);
    i = end + 1;
  }
  return parts.join(', ');
}

function heading(text: string, { colors }: TextStyle): string {
  return colors.bold(text);
}

function dimFirst({ colors }: TextStyle): (row: Row) => Row {
  return ([first, ...rest]) => [{ text: first as string, paint: colors.dim }, ...rest];
}

function times(speedup: number): string {
  return `${speedup.toFixed(speedup < 9.995 ? 2 : 1)}×`;
}

function yesNo(yes: boolean): string {
  return yes ? 'yes' : 'no';
}

function tokensOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
