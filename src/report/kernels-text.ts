import type { DeviceKernelsResult, KernelRow, KernelsResult } from '../analysis/kernels-result.js';
import type { LaunchShape } from '../analysis/launch-shape.js';
import { bar } from './bar.js';
import { deviceHeader, wrapped, type DeviceName } from './device-header.js';
import { kernelNotes } from './kernels-notes.js';
import { printable } from './printable.js';
import type { TextStyle } from './style.js';
import { formatTable, type Cell, type Column, type Row } from './table.js';
import { formatBytes, formatExact, formatNs, formatPercent, plural } from './units.js';

const BAR = 8;

export interface KernelsTextOptions {
  /** Print every kernel's name as the trace has it, under its row. */
  readonly fullNames: boolean;
}

/** `gapscope kernels` for people. */
export function kernelsText(
  result: KernelsResult,
  style: TextStyle,
  name: DeviceName,
  options: KernelsTextOptions,
): string[] {
  return result.devices.flatMap((device, i) => [
    ...(i === 0 ? [] : ['']),
    deviceHeader(
      device,
      [
        `busy ${formatNs(device.busyNs)}`,
        `${plural(device.count, 'kernel')} in ${formatNs(device.kernelNs)}`,
      ],
      name,
      style,
    ),
    '',
    ...tableLines(device, style, { ...options, shapes: result.by === 'shape' }),
    ...kernelNotes(device, style),
  ]);
}

interface TableOptions extends KernelsTextOptions {
  readonly shapes: boolean;
}

/** A column: what it is headed, how it is laid out, from which width on it is there, and what is in it. */
interface Field extends Column {
  readonly from: number;
  readonly cell: (row: KernelRow) => Cell;
}

function tableLines(device: DeviceKernelsResult, style: TextStyle, options: TableOptions): string[] {
  const { kernels, omitted, kernelNs } = device;
  const { colors } = style;
  if (kernels.length === 0) return [colors.dim('  no kernels in this window')];
  const fields = columnsFor(style, kernels[0]!.totalNs).filter(({ from }) => style.width >= from);
  const rows = kernels.map((row): Row => fields.map(({ cell }) => cell(row)));
  const [header = '', ...lines] = formatTable(fields, rows, style, '  ');
  const more = `${plural(omitted.count, 'more row')} with ${formatNs(omitted.totalNs)}`;
  const share = formatPercent(kernelNs === 0 ? 0 : omitted.totalNs / kernelNs);
  return [
    header,
    ...lines.flatMap((line, i) => [line, ...detailLines(kernels[i]!, style, options)]),
    ...(omitted.count === 0
      ? []
      : [colors.dim(`  … ${more} (${share}): --top all shows ${omitted.count === 1 ? 'it' : 'them'}`)]),
  ];
}

function columnsFor(style: TextStyle, largestNs: number): Field[] {
  const { colors } = style;
  const right = { align: 'right' as const };
  const optional = (ns: number): string => (Math.round(ns) === 0 ? '' : formatNs(ns));
  return [
    { header: 'total', ...right, from: 0, cell: (row) => formatNs(row.totalNs) },
    { header: 'share', ...right, from: 0, cell: (row) => formatPercent(row.share) },
    {
      header: '',
      from: 154,
      cell: (row) => ({ text: bar(row.totalNs / largestNs, BAR).padEnd(BAR), paint: colors.green }),
    },
    { header: 'count', ...right, from: 0, cell: (row) => formatExact(row.count) },
    { header: 'p50', ...right, from: 70, cell: (row) => time(row.p50Ns) },
    { header: 'p95', ...right, from: 130, cell: (row) => time(row.p95Ns) },
    { header: 'kernel', shrinkTo: 16, from: 0, cell: (row) => printable(row.name) },
    { header: 'class', from: 98, cell: (row) => ({ text: row.class, paint: colors.dim }) },
    { header: 'occ.', ...right, from: 0, cell: occupancyCell },
    { header: 'by', from: 142, cell: (row) => ({ text: limiterOf(row), paint: colors.dim }) },
    { header: 'waves', ...right, from: 0, cell: (row) => wavesCell(row, style) },
    { header: 'tail ≤', ...right, from: 90, cell: (row) => optional(row.tailNs) },
    { header: 'idle SMs ≥', ...right, from: 112, cell: (row) => optional(row.idleSmNs) },
    { header: 'short', ...right, from: 121, cell: shortCell },
    {
      header: 'mostly in',
      shrinkTo: 18,
      from: 176,
      cell: (row) => ({ text: placeOf(row), paint: colors.dim }),
    },
  ];
}

function time(ns: number | undefined): string {
  return ns === undefined ? '' : formatNs(ns);
}

function occupancyCell({ occupancy, main }: KernelRow): string {
  if (occupancy === undefined) return '?';
  const percent = `${Math.round(occupancy * 100)} %`;
  return main.occupancy?.isUpperBound === true ? `≤${percent}` : percent;
}

function limiterOf({ main }: KernelRow): string {
  return main.occupancy?.limiter ?? '';
}

/** A persistent kernel's waves would be 1 by construction, and say nothing. */
function wavesCell({ main }: KernelRow, { colors }: TextStyle): Cell {
  switch (main.schedule) {
    case 'persistent':
      return { text: 'persist', paint: colors.dim };
    case 'unknown':
      return '?';
    case 'few-blocks':
      return { text: `${formatExact(main.waves!.blocks)} bl`, paint: colors.yellow };
    case 'waves':
    case 'one-wave': {
      const { waves } = main.waves!;
      return waves < 99.95 ? waves.toFixed(2) : formatExact(waves);
    }
  }
}

function shortCell({ short }: KernelRow): string {
  return short.count === 0 ? '' : formatPercent(short.share);
}

/** The end of the path: the ranges around the kernel itself say more than the loop around it all. */
function placeOf({ path }: KernelRow): string {
  return printable(path.split(' > ').slice(-2).join(' > '));
}

/** Under a row: its launch shape, where rows are shapes, and its full name. */
function detailLines(row: KernelRow, { colors, width }: TextStyle, options: TableOptions): string[] {
  const { launch } = row.main;
  const details: string[] = [];
  if (options.shapes) details.push(launch === undefined ? 'launch shape not recorded' : shapeText(launch));
  if (options.fullNames && row.fullName !== row.name) details.push(printable(row.fullName));
  return details.flatMap((text) => wrapped(text, '      ', width)).map((line) => colors.dim(line));
}

function shapeText({ grid, block, cluster, registers, sharedStatic, sharedDynamic }: LaunchShape): string {
  const dimensions = (sizes: readonly number[]): string =>
    sizes.slice(0, Math.max(1, sizes.findLastIndex((size) => size > 1) + 1)).join('×');
  const inClusters =
    cluster?.some((size) => size > 1) === true ? ` · clusters of ${dimensions(cluster)}` : '';
  const shared = sharedStatic + sharedDynamic;
  return (
    `grid ${dimensions(grid)} · block ${dimensions(block)}${inClusters} · ` +
    `${registers} registers a thread · ${shared === 0 ? 'no' : formatBytes(shared)} shared memory`
  );
}
