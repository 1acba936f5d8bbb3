import type { DeviceBreakdown, LayerColumn } from '../analysis/breakdown-result.js';
import type { LayerPart } from '../analysis/layer-parts.js';
import { stackedBar } from './stacked-bar.js';
import type { Paint, TextStyle } from './style.js';
import { formatTable, type Column, type Row } from './table.js';
import { formatExact, formatNs, plural } from './units.js';

interface Group {
  readonly name: string;
  readonly glyph: string;
  readonly paint: (style: TextStyle) => Paint;
  readonly parts: readonly LayerPart[];
}

/** What a bar of a layer is stacked of; without colour the glyphs tell the groups apart. Idle comes last. */
const GROUPS: readonly Group[] = [
  { name: 'attention', glyph: '█', paint: ({ colors }) => colors.blue, parts: ['attention'] },
  {
    name: 'KV cache',
    glyph: '▓',
    paint: ({ colors }) => colors.magenta,
    parts: ['kv.index', 'kv.clone', 'kv.roll', 'kv.insert', 'kv.concat', 'kv.update', 'kv.reset'],
  },
  {
    name: 'q, k, v, RoPE, out',
    glyph: '▒',
    paint: ({ colors }) => colors.cyan,
    parts: ['qkv', 'rope', 'attention-out'],
  },
  {
    name: 'cross-attention',
    glyph: '▞',
    paint: ({ colors }) => colors.yellow,
    parts: ['cross-attention', 'cross-projections', 'cross-kv'],
  },
  { name: 'MLP', glyph: '▚', paint: ({ colors }) => colors.green, parts: ['mlp'] },
];
const OTHER = { name: 'other', glyph: '▪', paint: ({ colors }: TextStyle): Paint => colors.white };
const IDLE = { name: 'idle', glyph: '░', paint: ({ colors }: TextStyle): Paint => colors.red };

const ROOM_FOR_BAR = 60;

/** Where the time of each layer goes: the longest, in order of their index. */
export function layerColumnLines({ layerTable }: DeviceBreakdown, style: TextStyle, top: number): string[] {
  const { colors, width } = style;
  const { layers } = layerTable;
  const perPass = (layer: LayerColumn): number => (layer.busyNs + layer.idleNs) / layer.passes;
  const shown = layers
    .toSorted((a, b) => perPass(b) - perPass(a) || a.index - b.index)
    .slice(0, top)
    .toSorted((a, b) => a.index - b.index);
  const longest = layers.reduce((most, layer) => Math.max(most, perPass(layer)), 0);
  const barWidth = Math.max(10, Math.min(80, width - 52));
  const columns: Column[] = [
    { header: 'layer', align: 'right' },
    { header: 'passes', align: 'right' },
    { header: 'busy', align: 'right' },
    { header: 'idle', align: 'right' },
    { header: 'p95', align: 'right' },
    ...(width >= ROOM_FOR_BAR ? [{ header: '' }] : []),
  ];
  const rows = shown.map((layer): Row => {
    const cells = [
      formatExact(layer.index),
      formatExact(layer.passes),
      formatNs(layer.busyNs / layer.passes),
      formatNs(layer.idleNs / layer.passes),
      formatNs(layer.duration.p95Ns),
    ];
    const segments = segmentsOf(layer).map(({ group, ns }) => ({
      share: longest === 0 ? 0 : ns / layer.passes / longest,
      glyph: group.glyph,
      paint: group.paint(style),
    }));
    return width >= ROOM_FOR_BAR ? [...cells, stackedBar(segments, barWidth)] : cells;
  });
  const used = new Set(
    layers.flatMap((layer) => segmentsOf(layer).flatMap(({ group, ns }) => (ns > 0 ? [group] : []))),
  );
  const legend = [...GROUPS, OTHER, IDLE]
    .filter((group) => used.has(group))
    .map((group) => `${group.paint(style)(group.glyph)} ${group.name}`);
  const omitted = layers.length - shown.length;
  return [
    colors.bold('Layers') +
      colors.dim(omitted > 0 ? '  a pass, those that take longest' : '  a pass, on average'),
    ...formatTable(columns, rows, style, '  '),
    ...(width >= ROOM_FOR_BAR ? legendLines(legend, width) : []),
    ...(omitted > 0 ? [colors.dim(`  … ${restText(layers, shown)}: --top all shows them`)] : []),
  ];

  function restText(all: readonly LayerColumn[], listed: readonly LayerColumn[]): string {
    const rest = all.filter((layer) => !listed.includes(layer));
    const times = rest.map(perPass).sort((a, b) => a - b);
    return `${plural(rest.length, 'more layer')} of ${formatNs(times[0]!)} to ${formatNs(times.at(-1)!)} a pass`;
  }
}

function segmentsOf(layer: LayerColumn): { group: typeof OTHER; ns: number }[] {
  const known = GROUPS.map((group) => ({
    group,
    ns: group.parts.reduce((sum, part) => sum + (layer.busyByPart[part] ?? 0), 0),
  }));
  const rest = layer.busyNs - known.reduce((sum, { ns }) => sum + ns, 0);
  return [...known, { group: OTHER, ns: rest }, { group: IDLE, ns: layer.idleNs }];
}

/** Entries side by side, as many a line as fit. Painted text has no width of its own: entries count by name. */
function legendLines(entries: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let used = Infinity;
  for (const entry of entries) {
    // eslint-disable-next-line no-control-regex -- colours are escape sequences
    const length = entry.replace(/\u001b\[\d+m/g, '').length + 3;
    if (used + length > width) {
      lines.push(`  ${entry}`);
      used = 2 + length;
    } else {
      lines[lines.length - 1] += `   ${entry}`;
      used += length;
    }
  }
  return lines;
}
