import type { BreakdownResult, DeviceBreakdown } from '../analysis/breakdown-result.js';
import { ratio } from './budget-text.js';
import { deviceHeader, wrapped, type DeviceName } from './device-header.js';
import { layerTableLines } from './layer-table-text.js';
import { printable } from './printable.js';
import { shortenMiddle } from './shorten.js';
import { splitBar } from './split-bar.js';
import type { TextStyle } from './style.js';
import { formatTable } from './table.js';
import { treeLines } from './tree-text.js';
import { formatExact, formatNs, formatPercent, plural } from './units.js';

export interface BreakdownView {
  readonly by: 'tree' | 'layer';
  /** Levels of the tree to show, from 1. */
  readonly depth: number;
  /** Ranges around which, or layers of which, at most so many are listed. */
  readonly top: number;
}

/** `gapscope breakdown` for people. */
export function breakdownText(
  result: BreakdownResult,
  style: TextStyle,
  view: BreakdownView,
  name: DeviceName,
): string[] {
  return result.devices.flatMap((device, i) => [
    ...(i === 0 ? [] : ['']),
    ...headLines(device, style, name),
    '',
    ...(view.by === 'tree'
      ? [...treeLines(device, style, view), ...startEndLines(device, style, view.top)]
      : layerTableLines(device, style, view.top)),
    '',
    ...closingLines(device, style),
    ...remarks(device).flatMap((remark) => wrapped(remark, '  ! ', style.width).map(style.colors.yellow)),
  ]);
}

function headLines(device: DeviceBreakdown, style: TextStyle, name: DeviceName): string[] {
  const { busyNs, idleNs } = device;
  const { spanNs } = device.window;
  const { kernel, memcpy, memset, graph } = device.ops;
  const width = Math.max(10, Math.min(60, style.width - 34));
  const { text, paint } = splitBar(ratio(busyNs, spanNs), ratio(idleNs, spanNs), width, style);
  const busy = `${formatPercent(ratio(busyNs, spanNs))} busy`;
  return [
    deviceHeader(device, [plural(kernel + memcpy + memset + graph, 'op')], name, style),
    `  ${paint(text)}  ${busy}, ${formatPercent(ratio(idleNs, spanNs))} idle`,
  ];
}

/** The sums, exact: they are there to be added up. */
function closingLines(device: DeviceBreakdown, style: TextStyle): string[] {
  const { colors } = style;
  const { tree, layerTable, busyNs, idleNs } = device;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const busy = sum(tree.map((node) => node.ownBusyNs));
  const idle = sum(tree.map((node) => node.ownIdleNs));
  const rows = sum(layerTable.rows.map((row) => row.ns));
  const { spanNs } = device.window;
  if (busy !== busyNs || idle !== idleNs || busy + idle !== spanNs || rows !== spanNs) {
    return [
      colors.red(
        `  ! the parts do not close: paths ${formatExact(busy)} + ${formatExact(idle)}, rows ` +
          `${formatExact(rows)}, window ${formatExact(spanNs)}. This is a bug; please report it with the trace`,
      ),
    ];
  }
  const overlap = device.gpuNs - busyNs;
  return [
    colors.dim(`  busy ${formatExact(busy)} + idle ${formatExact(idle)} = window ${formatExact(spanNs)} ns`),
    ...(overlap > 0
      ? [colors.dim(`  ops overlapped for ${formatNs(overlap)}: counted once, for the one that began first`)]
      : []),
  ];
}

/** Ranges that nest with nothing: beside the tree. */
function startEndLines({ startEnd }: DeviceBreakdown, style: TextStyle, top: number): string[] {
  if (startEnd.length === 0) return [];
  const { colors } = style;
  const columns = [
    { header: 'range', shrinkTo: 12 },
    { header: 'count', align: 'right' },
    { header: 'mean', align: 'right' },
    { header: 'p95', align: 'right' },
    { header: 'ops', align: 'right' },
    { header: 'GPU', align: 'right' },
  ] as const;
  const rows = startEnd
    .slice(0, top)
    .map(({ template, instances, duration, ops, gpuNs }) => [
      shortenMiddle(printable(template), Math.max(12, style.width - 50)),
      formatExact(instances),
      formatNs(duration.meanNs),
      formatNs(duration.p95Ns),
      formatExact(ops),
      formatNs(gpuNs),
    ]);
  const omitted = startEnd.length - rows.length;
  return [
    '',
    colors.bold('Start/end ranges') + colors.dim('  they overlap the tree and are no part of it'),
    ...formatTable(columns, rows, style, '  '),
    ...(omitted > 0 ? [colors.dim(`  … ${plural(omitted, 'more template')}: --top all shows them`)] : []),
  ];
}

/** What qualifies the numbers above. */
function remarks({ odd, graphOps, clippedNs, tree }: DeviceBreakdown): string[] {
  const found: string[] = [];
  const put = (count: number, text: string): void => {
    if (count > 0) found.push(text);
  };
  const { unknownLaunches, negativeDurations, openRanges, crossingRanges, deepRanges } = odd;
  const { pathsOnSeveralThreads } = odd;
  put(
    unknownLaunches,
    `${plural(unknownLaunches, 'op')} without its launch in the trace: no range is known for it`,
  );
  put(
    graphOps.total - graphOps.attributed - graphOps.outsideRanges,
    `${plural(graphOps.total - graphOps.attributed - graphOps.outsideRanges, 'op')} of graph replays without ` +
      `the ranges of their capture (of ${formatExact(graphOps.total)})`,
  );
  put(
    negativeDurations,
    `${plural(negativeDurations, 'op')} ended before it started; taken as having no length`,
  );
  put(openRanges, `${plural(openRanges, 'range')} never closed; taken to end with the trace`);
  put(
    crossingRanges,
    `${plural(crossingRanges, 'range')} ended after one that was open when it began; not taken as inside it`,
  );
  put(
    deepRanges,
    `${plural(deepRanges, 'range')} lay in more than 256 others; taken to lie beside the one around them`,
  );
  put(
    pathsOnSeveralThreads,
    `${plural(pathsOnSeveralThreads, 'path')} opened by several threads; their instances are summed`,
  );
  const cut = tree.reduce((sum, node) => sum + (node.depth === 0 ? node.instancesCut : 0), 0);
  put(
    cut,
    `${plural(cut, 'outermost range')} reaching beyond the window; its mean, p50 and p95 are of the whole`,
  );
  put(clippedNs, `${formatNs(clippedNs)} lay in two windows, and counts in the earlier`);
  return found;
}
