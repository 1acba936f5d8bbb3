import { KV_OPERATIONS, type KvBlock, type KvResult, type KvRow } from '../analysis/kv.js';
import { bar } from './bar.js';
import { formatMs, paintOf } from './blocks-text.js';
import { paintOf as paintOfCause } from './causes.js';
import { layerLines } from './kv-layers-text.js';
import { savingLines } from './kv-savings-text.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';
import { formatTable, type Column, type Row } from './table.js';
import { formatBytes, formatExact, formatNs, formatPercent } from './units.js';
import { wrapWords } from './wrap.js';

const BAR = 12;
/** From these widths on there is room for the bandwidth's bar, and for the main cause of the gaps. */
const ROOM_FOR_BAR = 112;
const ROOM_FOR_CAUSE = 96;
/** From this width on, a block's time is shown by operation. */
const ROOM_FOR_OPERATIONS = 136;

/** `gapscope kv` for people. */
export function kvText(result: KvResult, style: TextStyle, gpu: string, top: number): string[] {
  const { colors } = style;
  const lines = [
    colors.bold(gpu) + colors.dim(` · window ${formatNs(result.window.spanNs)}`),
    ...headline(result, style),
    '',
    colors.bold('Operations') +
      colors.dim(`  bytes are read + written${hasEstimates(result) ? '; ~ estimated' : ''}`),
    ...operationLines(result, style),
  ];
  if (result.blocks.length > 0) {
    lines.push(
      '',
      colors.bold('Blocks') + colors.dim('  R roll, D direct insert, C recache; a letter a forward'),
    );
    lines.push(...blockLines(result, style));
  }
  if (result.layers.length > 0 && result.basis.blocks > 0) lines.push('', ...layerLines(result, style, top));
  if (result.savings.length > 0) lines.push('', ...savingLines(result, style));
  for (const rule of result.estimates) lines.push(...indented(`~ ${rule}`, style).map(colors.dim));
  for (const notice of result.notices) {
    lines.push(...indented(`! ${printable(notice)}`, style).map(colors.yellow));
  }
  return lines;
}

function headline({ total, shareOfBlock, basis, window }: KvResult, style: TextStyle): string[] {
  const { colors } = style;
  const kv = total.gpuNs + total.idleNs;
  const split = `${formatNs(total.gpuNs)} GPU time + ${formatNs(total.idleNs)} gaps`;
  const lines = [
    `  KV cache  ${formatNs(kv)} ${colors.dim(`= ${split}, ${formatPercent(kv / window.spanNs)} of the window`)}`,
  ];
  if (shareOfBlock !== undefined) {
    const mean = basis.durationNs / basis.blocks;
    const of = basis.role === 'steady' ? 'a steady block' : 'a block';
    const width = Math.max(10, Math.min(50, style.width - 50));
    const filled = bar(shareOfBlock, width);
    lines.push(
      `  ${colors.cyan(filled)}${colors.dim('░'.repeat(Math.max(0, width - filled.length)))}  ` +
        `${formatPercent(shareOfBlock)} of ${of} (${formatMs(mean)})`,
    );
  }
  return lines;
}

function hasEstimates({ rows }: KvResult): boolean {
  return rows.some(({ bytesFrom }) => bytesFrom === 'estimated');
}

function operationLines(result: KvResult, style: TextStyle): string[] {
  const { colors } = style;
  const withBar = style.width >= ROOM_FOR_BAR && result.peak !== undefined;
  const withCause = style.width >= ROOM_FOR_CAUSE;
  let previous = '';
  const rows: (Row | undefined)[] = result.rows.map((row) => {
    const name = row.operation === previous ? '' : row.operation;
    previous = row.operation;
    const cause = mainCause(row);
    return [
      { text: name, paint: colors.bold },
      row.phase,
      formatExact(row.instances),
      formatExact(row.ops),
      formatNs(row.gpuNs),
      formatNs(row.idleNs),
      ...(withCause ? [{ text: cause, paint: paintOfCause(cause, style) }] : []),
      bytesText(row),
      isTraffic(row) ? formatExact(row.bytesPerSecond! / 1e9) : '',
      isTraffic(row) && row.shareOfPeak !== undefined ? formatPercent(row.shareOfPeak) : '',
      ...(withBar
        ? [{ text: isTraffic(row) ? bar(row.shareOfPeak ?? 0, BAR) : '', paint: colors.cyan }]
        : []),
    ];
  });
  const { total } = result;
  rows.push(undefined, [
    { text: 'all', paint: colors.bold },
    '',
    formatExact(total.instances),
    formatExact(total.ops),
    formatNs(total.gpuNs),
    formatNs(total.idleNs),
    ...(withCause ? [''] : []),
    bytesText(total),
  ]);
  const columns: Column[] = [
    { header: 'operation' },
    { header: 'phase' },
    { header: 'times', align: 'right' },
    { header: 'ops', align: 'right' },
    { header: 'GPU', align: 'right' },
    { header: 'gaps', align: 'right' },
    ...(withCause ? [{ header: 'mostly' }] : []),
    { header: 'bytes', align: 'right' },
    { header: 'GB/s', align: 'right' },
    { header: 'of peak', align: 'right' },
    ...(withBar ? [{ header: peakText(result) }] : []),
  ];
  return formatTable(columns, rows, style, '  ');
}

function peakText({ peak }: KvResult): string {
  return peak === undefined ? '' : `${formatExact(peak.bytesPerSecond / 1e9)} GB/s ${peak.from}`;
}

/** An index read is a wait, not traffic: its few bytes a second would say nothing. */
function isTraffic(row: KvRow): boolean {
  return row.bytesPerSecond !== undefined && row.operation !== 'kv.index';
}

function bytesText({ bytes, bytesFrom }: Pick<KvRow, 'bytes' | 'bytesFrom'>): string {
  if (bytes === undefined) return '?';
  return (bytesFrom === 'estimated' ? '~' : '') + formatBytes(bytes);
}

function mainCause({ idleByCause, idleNs }: KvRow): string {
  if (idleNs === 0) return '';
  return Object.entries(idleByCause).reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

function blockLines(result: KvResult, style: TextStyle): string[] {
  const wide = style.width >= ROOM_FOR_OPERATIONS;
  const used = KV_OPERATIONS.filter((operation) =>
    result.blocks.some(({ operations }) => operations[operation].gpuNs + operations[operation].idleNs > 0),
  );
  const rows: Row[] = result.blocks.map((block) => [
    printable(block.name),
    { text: block.role, paint: paintOf(block, style) },
    formatMs(block.durationNs),
    formatNs(block.gpuNs + block.idleNs),
    formatPercent(block.share),
    ...(wide ? used.map((name) => timeText(block.operations[name])) : []),
    bytesText(block),
    actionsText(block),
  ]);
  return formatTable(
    [
      { header: 'block', shrinkTo: 10 },
      { header: 'role' },
      { header: 'latency', align: 'right' },
      { header: 'KV', align: 'right' },
      { header: 'share', align: 'right' },
      ...(wide ? used.map((name) => ({ header: name.slice(3), align: 'right' as const })) : []),
      { header: 'bytes', align: 'right' },
      { header: 'a layer', shrinkTo: 7 },
    ],
    rows,
    style,
    '  ',
  );
}

/** Nothing is a dash, so that what is there stands out. */
function timeText({ gpuNs, idleNs }: { readonly gpuNs: number; readonly idleNs: number }): string {
  return gpuNs + idleNs === 0 ? '–' : formatNs(gpuNs + idleNs);
}

/** `RDDDD`, or where layers differ `RDDDD ×29, DDDDD ×1`. */
function actionsText({ actions }: KvBlock): string {
  if (actions.length === 1) return actions[0]!.actions;
  return actions.map(({ actions: letters, layers }) => `${letters} ×${layers}`).join(', ');
}

function indented(text: string, { width }: TextStyle): string[] {
  return wrapWords(text, width - 4).map((line, i) => (i === 0 ? `  ${line}` : `    ${line}`));
}
