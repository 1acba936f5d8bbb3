import type { DeviceBreakdown, LayerRow } from '../analysis/breakdown-result.js';
import { bar } from './bar.js';
import { paintOf } from './causes.js';
import { layerColumnLines } from './layer-columns-text.js';
import { printable } from './printable.js';
import { shortenMiddle } from './shorten.js';
import type { Paint, TextStyle } from './style.js';
import { formatTable, type Cell, type Column, type Row } from './table.js';
import { formatExact, formatNs, formatPercent, plural } from './units.js';

const BAR = 14;
const ROOM_FOR_WAIT = 92;
const ROOM_FOR_BAR = 124;
const ROOM_FOR_MEDIAN = 104;

/** The table by part of a transformer layer, then where each layer's time goes. */
export function layerTableLines(device: DeviceBreakdown, style: TextStyle, top: number): string[] {
  const { layerTable } = device;
  const { colors } = style;
  const rows: (Row | undefined)[] = [];
  const largest = layerTable.rows.reduce((most, row) => Math.max(most, row.ns), 0);
  const put = (heading: string, of: readonly LayerRow[]): void => {
    if (of.length === 0) return;
    if (rows.length > 0) rows.push([' ']);
    rows.push(headingRow(heading, of, style));
    rows.push(...of.map((row) => partRow(row, largest, style)));
  };
  const select = (scope: LayerRow['scope'], kind: LayerRow['kind']): LayerRow[] =>
    layerTable.rows.filter((row) => row.scope === scope && row.kind === kind);
  put('in a layer', select('layer', 'busy'));
  put('waits in a layer', select('layer', 'idle'));
  put('outside layers', select('block', 'busy'));
  put('waits outside layers', select('block', 'idle'));
  return [
    colors.bold('By layer') + colors.dim(`  ${shortenMiddle(described(device), style.width - 10)}`),
    ...formatTable(columnsFor(style), rows, style, '  '),
    ...(layerTable.layers.length > 0 ? ['', ...layerColumnLines(device, style, top)] : advice(style)),
  ];
}

function described({ layerTable }: DeviceBreakdown): string {
  const { layers, passes, blocks, layerTemplates, blockTemplates } = layerTable;
  const parts = [
    layers.length === 0
      ? 'no layers found'
      : `${plural(layers.length, 'layer')}, ${plural(passes, 'pass', 'passes')} of ${layerTemplates.join(', ')}`,
    ...(blocks === 0 ? [] : [`${plural(blocks, 'block')} of ${blockTemplates.join(', ')}`]),
  ];
  return printable(parts.join(' · '));
}

function advice({ colors }: TextStyle): string[] {
  return [
    '',
    colors.yellow("  ! No range is known to be a transformer layer: all rows are 'outside layers'."),
    colors.dim('    Name it in a rules file ({"layer": "my_layer_#"}), and give the file with --rules.'),
  ];
}

function columnsFor({ width }: TextStyle): Column[] {
  const right = (header: string): Column => ({ header, align: 'right' });
  return [
    { header: '', shrinkTo: 20 },
    right('count'),
    { header: 'per' },
    right('mean'),
    ...(width >= ROOM_FOR_MEDIAN ? [right('p50')] : []),
    right('p95'),
    right('a block'),
    ...(width >= ROOM_FOR_WAIT ? [right('total')] : []),
    right(width >= ROOM_FOR_WAIT ? 'of window' : 'share'),
    ...(width >= ROOM_FOR_BAR ? [{ header: '' }] : []),
    ...(width >= ROOM_FOR_MEDIAN ? [right('waits before')] : []),
  ];
}

function headingRow(heading: string, of: readonly LayerRow[], style: TextStyle): Row {
  const { width, colors } = style;
  const bold = (text: string): Cell => ({ text, paint: colors.bold });
  const sum = (value: (row: LayerRow) => number): number => of.reduce((total, row) => total + value(row), 0);
  const perBlock = sum((row) => row.perBlockNs ?? 0);
  const waits = sum((row) => row.idleBeforeNs);
  return [
    bold(heading),
    '',
    '',
    '',
    ...(width >= ROOM_FOR_MEDIAN ? [''] : []),
    '',
    perBlock === 0 ? '' : bold(formatNs(perBlock)),
    ...(width >= ROOM_FOR_WAIT ? [bold(formatNs(sum((row) => row.ns)))] : []),
    bold(formatPercent(sum((row) => row.share))),
    ...(width >= ROOM_FOR_BAR ? [''] : []),
    ...(width >= ROOM_FOR_MEDIAN && waits > 0 ? [bold(formatNs(waits))] : []),
  ];
}

function partRow(row: LayerRow, largest: number, style: TextStyle): Row {
  const { width, colors } = style;
  const paint: Paint = row.cause === undefined ? colors.green : paintOf(row.cause, style);
  const name = row.cause ?? row.label;
  return [
    { text: `  ${name}`, paint: row.cause === undefined ? String : paint },
    row.per === 'window' ? '' : formatExact(row.count),
    row.per === 'window' ? '' : { text: row.per, paint: colors.dim },
    formatNs(row.each.meanNs),
    ...(width >= ROOM_FOR_MEDIAN ? [formatNs(row.each.p50Ns)] : []),
    formatNs(row.each.p95Ns),
    row.perBlockNs === undefined ? '' : formatNs(row.perBlockNs),
    ...(width >= ROOM_FOR_WAIT ? [formatNs(row.ns)] : []),
    formatPercent(row.share),
    ...(width >= ROOM_FOR_BAR ? [{ text: bar(row.ns / largest, BAR).padEnd(BAR), paint }] : []),
    ...(width >= ROOM_FOR_MEDIAN && row.kind === 'busy'
      ? [{ text: formatNs(row.idleBeforeNs), paint: colors.dim }]
      : []),
  ];
}
