import type { BreakdownNode, DeviceBreakdown } from '../analysis/breakdown-result.js';
import { paintOf } from './causes.js';
import { printable } from './printable.js';
import { shortenMiddle } from './shorten.js';
import { splitBar } from './split-bar.js';
import type { TextStyle } from './style.js';
import { formatTable, type Cell, type Column, type Row } from './table.js';
import { formatExact, formatNs, formatPercent, plural } from './units.js';

const INDENT = 2;
const BAR = 14;
/** From these widths on there is room for the percentiles, the bar, and what was waited for. */
const ROOM_FOR_BAR = 96;
const ROOM_FOR_SPREAD = 122;
const ROOM_FOR_WAITS = 164;

export interface TreeView {
  readonly depth: number;
  readonly top: number;
}

/** The tree of range templates: siblings by time, the smallest and deepest left out where asked for. */
export function treeLines(device: DeviceBreakdown, style: TextStyle, view: TreeView): string[] {
  const { colors } = style;
  const rows: Row[] = [];
  const children = childrenOf(device.tree);
  const hidden = { deeper: 0, siblings: 0 };
  const visit = (siblings: readonly number[], depth: number): void => {
    const shown = siblings.slice(0, view.top);
    for (const index of shown) {
      rows.push(nodeRow(device.tree[index]!, style));
      const inner = children.get(index) ?? [];
      if (depth < view.depth) visit(inner, depth + 1);
      else hidden.deeper += countUnder(inner, children);
    }
    const rest = siblings.slice(view.top);
    if (rest.length > 0) {
      rows.push(
        restRow(
          rest.map((index) => device.tree[index]!),
          style,
        ),
      );
      hidden.siblings += countUnder(rest, children);
    }
  };
  visit(children.get(-1) ?? [], 1);
  const omitted = [
    ...(hidden.deeper > 0 ? [`${plural(hidden.deeper, 'deeper path')}: --depth all shows them`] : []),
    ...(hidden.siblings > 0 ? [`${plural(hidden.siblings, 'smaller path')}: --top all shows them`] : []),
  ];
  return [
    colors.bold('Ranges') +
      colors.dim(
        style.width < ROOM_FOR_BAR
          ? '  of each template, all that ran or waited in it'
          : '  of each template, all that ran or waited in it; own: what is in no deeper range',
      ),
    ...formatTable(columnsFor(style), rows, style, '  '),
    ...omitted.map((text) => colors.dim(`  … ${text}`)),
  ];
}

function childrenOf(tree: readonly BreakdownNode[]): Map<number, number[]> {
  const children = new Map<number, number[]>();
  tree.forEach(({ parent }, i) => {
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [i]);
    else siblings.push(i);
  });
  return children;
}

function countUnder(nodes: readonly number[], children: ReadonlyMap<number, number[]>): number {
  return nodes.reduce((sum, node) => sum + 1 + countUnder(children.get(node) ?? [], children), 0);
}

function columnsFor({ width }: TextStyle): Column[] {
  const right = (header: string): Column => ({ header, align: 'right' });
  return [
    { header: 'range', shrinkTo: 14 },
    right('count'),
    right('mean'),
    ...(width >= ROOM_FOR_SPREAD ? [right('p50'), right('p95')] : []),
    right('busy'),
    right('idle'),
    ...(width >= ROOM_FOR_BAR ? [right('own')] : []),
    right(width >= ROOM_FOR_BAR ? 'of window' : 'share'),
    ...(width >= ROOM_FOR_BAR ? [{ header: '' }] : []),
    ...(width >= ROOM_FOR_WAITS ? [{ header: 'waits', shrinkTo: 12 }] : []),
  ];
}

function nodeRow(node: BreakdownNode, style: TextStyle): Row {
  const { width, colors } = style;
  const indent = node.depth * INDENT;
  const name = shortenMiddle(printable(node.template), Math.max(8, Math.floor(width * 0.42) - indent));
  const time = (of: number | undefined): string => (of === undefined ? '' : formatNs(of));
  const own = node.ownBusyNs + node.ownIdleNs;
  const busyShare = node.busyNs === 0 ? 0 : (node.share * node.busyNs) / (node.busyNs + node.idleNs);
  return [
    { text: ' '.repeat(indent) + name, paint: node.depth === 0 ? colors.bold : String },
    node.instances === 0 ? '' : formatExact(node.instances),
    time(node.duration?.meanNs),
    ...(width >= ROOM_FOR_SPREAD ? [time(node.duration?.p50Ns), time(node.duration?.p95Ns)] : []),
    formatNs(node.busyNs),
    formatNs(node.idleNs),
    ...(width >= ROOM_FOR_BAR ? [own === 0 ? '' : { text: formatNs(own), paint: colors.dim }] : []),
    formatPercent(node.share),
    ...(width >= ROOM_FOR_BAR ? [splitBar(busyShare, node.share - busyShare, BAR, style)] : []),
    ...(width >= ROOM_FOR_WAITS ? [waits(node, style)] : []),
  ];
}

/** The causes of most of the idle time. */
function waits({ idleByCause, idleNs }: BreakdownNode, style: TextStyle): Cell {
  const causes = Object.entries(idleByCause)
    .filter(([, ns]) => ns >= idleNs * 0.1 && ns > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 2);
  const text = causes.map(([cause, ns]) => `${cause} ${formatPercent(ns / idleNs)}`).join(', ');
  return { text, paint: paintOf(causes[0]?.[0] ?? '', style) };
}

/** Siblings that are left out, in one row. */
function restRow(rest: readonly BreakdownNode[], style: TextStyle): Row {
  const { width, colors } = style;
  const sum = (of: (node: BreakdownNode) => number): number =>
    rest.reduce((total, node) => total + of(node), 0);
  const cell = (text: string): Cell => ({ text, paint: colors.dim });
  return [
    cell(`${' '.repeat(rest[0]!.depth * INDENT)}… ${rest.length} more`),
    '',
    '',
    ...(width >= ROOM_FOR_SPREAD ? ['', ''] : []),
    cell(formatNs(sum((node) => node.busyNs))),
    cell(formatNs(sum((node) => node.idleNs))),
    ...(width >= ROOM_FOR_BAR ? [''] : []),
    cell(formatPercent(sum((node) => node.share))),
  ];
}
