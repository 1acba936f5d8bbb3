import type { CompareHotspot, CompareResult, CompareRow } from '../analysis/compare.js';
import { signed } from './blocks-text.js';
import { paintOf } from './causes.js';
import { deltaPaint } from './compare-change-text.js';
import { printable } from './printable.js';
import { shortenMiddle, stringWidth } from './shorten.js';
import type { TextStyle } from './style.js';
import { formatTable, type Cell, type Column, type Row } from './table.js';
import { formatExact, formatNs, plural } from './units.js';

/** From this width on, where a hotspot is stands beside it, not under it. */
const ONE_LINE = 132;

/** GPU time by place in the model. */
export function templateLines(result: CompareResult, style: TextStyle, top: number): string[] {
  const list = {
    one: 'place',
    many: 'places',
    columns: [{ header: 'in', shrinkTo: 16 }],
    cells: ({ label }: CompareRow): Cell[] => [placeCell(label, style)],
  };
  return [
    heading('Places', 'time of ops by where they were launched', result, style, 'opNs'),
    ...listLines(result.byTemplate, list, result, style, top),
  ];
}

/** GPU time by kernel, copy and set. */
export function kernelLines(result: CompareResult, style: TextStyle, top: number): string[] {
  const list = {
    one: 'kernel',
    many: 'kernels',
    columns: [{ header: 'kernel', shrinkTo: 16 }],
    cells: ({ label }: CompareRow): Cell[] => [printable(label)],
  };
  return [
    heading('Kernels', 'time of ops by kernel or copy', result, style, 'opNs'),
    ...listLines(result.byKernel, list, result, style, top),
  ];
}

/** Idle time by what it lies between. */
export function hotspotLines(result: CompareResult, style: TextStyle, top: number): string[] {
  const oneLine = style.width >= ONE_LINE;
  const list = {
    one: 'kind of gap',
    many: 'kinds of gap',
    columns: [
      { header: 'cause' },
      { header: 'between', shrinkTo: 12 },
      ...(oneLine ? [{ header: 'in', shrinkTo: 16 }] : []),
    ],
    cells: ({ before, after, path, cause }: CompareHotspot): Cell[] => [
      { text: cause, paint: paintOf(cause, style) },
      printable(`${before} → ${after}`),
      ...(oneLine ? [placeCell(path, style)] : []),
    ],
    ...(oneLine ? {} : { under: ({ path }: CompareHotspot) => placeLine(path, style) }),
  };
  return [
    heading('Gaps', 'idle time by what ran before and after, where, and why', result, style, 'idleNs'),
    ...listLines(result.byHotspot, list, result, style, top),
  ];
}

function placeCell(path: string, { colors }: TextStyle): Cell {
  return { text: printable(path), paint: colors.dim };
}

function placeLine(path: string, { colors, width }: TextStyle): string {
  return colors.dim(`      ${shortenMiddle(printable(path), Math.max(16, width - 6))}`);
}

function heading(
  name: string,
  what: string,
  { base, candidate }: CompareResult,
  { colors, width }: TextStyle,
  key: 'opNs' | 'idleNs',
): string {
  const one = base.each[key];
  const other = candidate.each[key];
  const sums = `${formatNs(one)} → ${formatNs(other)}, ${signed(other - one)}`;
  const both = `${sums}: ${what}`;
  return colors.bold(name) + colors.dim(`  ${stringWidth(both) + name.length + 2 <= width ? both : sums}`);
}

/** What a list's rows are called, and how each row goes on after its numbers. */
interface List<R> {
  readonly one: string;
  readonly many: string;
  readonly columns: readonly Column[];
  readonly cells: (row: R) => readonly Cell[];
  /** A line under the row, where the terminal is too narrow for another column. */
  readonly under?: (row: R) => string;
}

/** Rows with a difference, the largest first; those that are not shown are counted and summed. */
function listLines<R extends CompareRow>(
  rows: readonly R[],
  { one, many, columns, cells, under }: List<R>,
  { base, candidate }: CompareResult,
  style: TextStyle,
  top: number,
): string[] {
  const { colors } = style;
  const moved = rows.filter(
    (row) => row.differenceNs !== 0 || row.baseCount === 0 || row.candidateCount === 0,
  );
  const right = { align: 'right' as const };
  const [header = '', ...body] = formatTable(
    [
      { header: 'difference', ...right },
      { header: 'base', ...right },
      { header: 'candidate', ...right },
      { header: 'count', ...right },
      { header: '' },
      ...columns,
    ],
    moved
      .slice(0, top)
      .map((row): Row => [
        { text: signed(row.differenceNs), paint: deltaPaint(row.differenceNs, style) },
        isIn(row, 'base') ? formatNs(row.baseEachNs) : '',
        isIn(row, 'candidate') ? formatNs(row.candidateEachNs) : '',
        countText(row.baseCount / base.dividedBy, row.candidateCount / candidate.dividedBy),
        markOf(row, style),
        ...cells(row),
      ]),
    style,
    '  ',
  );
  const lines = body.flatMap((line, i) => (under === undefined ? [line] : [line, under(moved[i]!)]));
  const rest = moved.slice(top);
  if (rest.length > 0) {
    const sum = signed(rest.reduce((all, { differenceNs }) => all + differenceNs, 0));
    const text = `${plural(rest.length, `more ${one}`, `more ${many}`)}, together ${sum}`;
    lines.push(colors.dim(`  … ${text}: --top all shows ${rest.length === 1 ? 'it' : 'them'}`));
  }
  const same = rows.length - moved.length;
  if (same > 0) lines.push(colors.dim(`  ${plural(same, one, many)} without a difference`));
  if (rows.length === 0) lines.push(colors.dim(`  no ${many} in either`));
  return body.length === 0 ? lines : [header, ...lines];
}

function isIn(row: CompareRow, side: 'base' | 'candidate'): boolean {
  return row[`${side}Count`] > 0 || row[`${side}Ns`] > 0;
}

/** Whether something is in one of the runs only. */
function markOf(row: CompareRow, { colors }: TextStyle): Cell {
  if (!isIn(row, 'base')) return { text: 'new', paint: colors.yellow };
  if (!isIn(row, 'candidate')) return { text: 'gone', paint: colors.cyan };
  return '';
}

function countText(base: number, candidate: number): string {
  const [one, other] = [number(base), number(candidate)];
  return one === other ? one : `${one} → ${other}`;
}

/** Counts an instance need not be whole. */
function number(count: number): string {
  return Number.isInteger(count) || count >= 99.95 ? formatExact(Math.round(count)) : count.toFixed(1);
}
