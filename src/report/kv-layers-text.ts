import { KV_OPERATIONS, type KvLayer, type KvOperation, type KvResult } from '../analysis/kv.js';
import { bar } from './bar.js';
import type { TextStyle } from './style.js';
import { formatTable, type Row } from './table.js';
import { formatBytes, formatNs, plural } from './units.js';

const BAR = 16;
const ROOM_FOR_BAR = 112;

/** The layers, GPU time and gaps together, a basis block: their mean, then the slowest first. */
export function layerLines(result: KvResult, style: TextStyle, top: number): string[] {
  const { colors } = style;
  const { layers, basis } = result;
  const used = KV_OPERATIONS.filter((name) => layers.some(({ operations }) => operations[name].ops > 0));
  const sorted = layers.toSorted((a, b) => timeOf(b) - timeOf(a) || a.layer - b.layer);
  const longest = timeOf(sorted[0]!) / basis.blocks;
  const withBar = style.width >= ROOM_FOR_BAR;
  const row = (name: string, of: readonly KvLayer[]): Row => {
    const mean = (value: (layer: KvLayer) => number): number =>
      of.reduce((sum, layer) => sum + value(layer), 0) / of.length / basis.blocks;
    const ns = mean(timeOf);
    const estimated = of.some(({ bytesFrom }) => bytesFrom === 'estimated') ? '~' : '';
    const bytes = mean((layer) => layer.bytes ?? NaN);
    return [
      { text: name, paint: of.length > 1 ? colors.bold : (text) => text },
      ...used.map((operation) => formatNs(mean((layer) => timeOf(layer.operations[operation])))),
      formatNs(ns),
      Number.isNaN(bytes) ? '?' : estimated + formatBytes(bytes),
      ...(withBar ? [{ text: bar(ns / longest, BAR), paint: colors.cyan }] : []),
    ];
  };
  const shown = sorted.slice(0, top);
  const lines = formatTable(
    [
      { header: 'layer' },
      ...used.map((name: KvOperation) => ({ header: name.slice(3), align: 'right' as const })),
      { header: 'all', align: 'right' },
      { header: 'bytes', align: 'right' },
      ...(withBar ? [{ header: '' }] : []),
    ],
    [row('mean', layers), ...shown.map((layer) => row(String(layer.layer), [layer]))],
    style,
    '  ',
  );
  const what = `a ${basis.role === 'steady' ? 'steady ' : ''}block, GPU time + gaps; slowest first`;
  const left = sorted.length - shown.length;
  return [
    colors.bold('Layers') + colors.dim(`  ${what}`),
    ...lines,
    ...(left === 0 ? [] : [colors.dim(`  … ${plural(left, 'more layer')}: --top all shows them`)]),
  ];
}

function timeOf({ gpuNs, idleNs }: { readonly gpuNs: number; readonly idleNs: number }): number {
  return gpuNs + idleNs;
}
