import type { LogOfBase, LogRow, RunLog } from '../runs/run-log.js';
import { wrapped } from './device-header.js';
import { printable } from './printable.js';
import { logColumns, optionsText, WITHIN_SPREAD, type LogColumn } from './run-log-columns.js';
import { stringWidth } from './shorten.js';
import type { Paint, TextStyle } from './style.js';
import { formatTable, type Cell } from './table.js';
import { plural } from './units.js';

const INDENT = '  ';
/** What a name or a change is given before figures are left out. */
const ROOM_FOR_TEXT = 24;

/** `gapscope runs log` for people. */
export function runLogText(log: RunLog, style: TextStyle): string[] {
  const { colors, width } = style;
  const lines = log.logs.flatMap((one, i) => [...(i > 0 ? [''] : []), ...oneLog(one, style)]);
  if (log.leftOut.length > 0) {
    const names = log.leftOut.map(printable).join(', ');
    const text = `${plural(log.leftOut.length, 'run')} without a base, on which nothing builds: ${names}`;
    lines.push('', ...wrapped(text, INDENT, width).map(colors.dim));
  }
  return lines;
}

function oneLog(log: LogOfBase, style: TextStyle): string[] {
  const { colors, width } = style;
  const { rows } = log;
  const columns = logColumns(log);
  const shown = fitting(columns, rows, width - INDENT.length);
  const table = formatTable(
    shown.map(({ header, align, shrinkTo }) => ({
      header,
      ...(align === undefined ? {} : { align }),
      ...(shrinkTo === undefined ? {} : { shrinkTo }),
    })),
    rows.map((row) => {
      const texts = shown.map((column) => cellText(column, row, rows));
      return texts.map((text, c): Cell => ({ text, paint: paintOf(shown[c]!, row, style) }));
    }),
    style,
    INDENT,
  );
  const lines = [
    colors.bold(`Log of ${printable(log.base)}`) + colors.dim(`  ${plural(rows.length - 1, 'change')}`),
    ...table,
  ];
  const say = (mark: string, text: string, paint: Paint): void => {
    lines.push(...wrapped(text, mark, width).map(paint));
  };
  if (rows.some((row) => columns.some(({ cell }) => cell(row).endsWith(WITHIN_SPREAD)))) {
    say(INDENT, `${WITHIN_SPREAD} not more than the steady blocks of one run differ`, colors.dim);
  }
  const leftOut = columns.filter((column) => !shown.includes(column)).map(({ header }) => header);
  if (leftOut.length > 0) {
    say(INDENT, `no room for ${leftOut.join(', ')}: a wider terminal, --md or --json has them`, colors.dim);
  }
  const details = rows.flatMap((row) => detailLines(row));
  if (details.length > 0) lines.push('');
  for (const { mark, text, isCaution } of details) say(mark, text, isCaution ? colors.yellow : colors.dim);
  return lines;
}

/** Which options changed, notes, and what speaks against comparing. */
function detailLines(row: LogRow): { mark: string; text: string; isCaution: boolean }[] {
  const name = printable(row.run);
  const lines: { mark: string; text: string; isCaution: boolean }[] = [];
  const say = (text: string, isCaution = false): void => {
    lines.push({ mark: isCaution ? `${INDENT}! ` : INDENT, text: printable(text), isCaution });
  };
  if (row.options.length > 0) say(`${name}, against ${row.base ?? ''}: ${optionsText(row.options, 12)}`);
  if (row.prediction !== undefined) {
    const { edits, of, trusted } = row.prediction;
    const doubt = trusted
      ? ''
      : '; its replay is off by more than 3 %, so the prediction is not to be trusted';
    say(`${name} was predicted from ${of} with ${edits.join(' + ')}${doubt}`, !trusted);
  }
  if (row.note !== undefined) say(`${name}: ${row.note}`);
  for (const caution of row.cautions) say(`${name}: ${caution}`, true);
  return lines;
}

/** Figures stay above each other where some carry the mark of the spread. */
function cellText(column: LogColumn, row: LogRow, rows: readonly LogRow[]): string {
  const text = printable(column.cell(row));
  const isMarked = text.endsWith(WITHIN_SPREAD);
  const hasMarks = rows.some((one) => column.cell(one).endsWith(WITHIN_SPREAD));
  return hasMarks && !isMarked && text !== '' ? `${text}${' '.repeat(WITHIN_SPREAD.length + 1)}` : text;
}

function paintOf({ header }: LogColumn, row: LogRow, { colors }: TextStyle): Paint {
  const plain: Paint = (text) => text;
  switch (header) {
    case 'run':
      return colors.bold;
    case 'vs base':
    case 'vs kept': {
      const difference = header === 'vs base' ? row.versusBase : row.versusKept;
      if (difference === undefined || difference.spread?.verdict === 'within') return colors.dim;
      return difference.share < 0 ? colors.green : colors.red;
    }
    case 'verdict':
      return row.verdict === 'keep' ? colors.green : colors.dim;
    default:
      return plain;
  }
}

/** Without the columns that matter least, where not all fit. */
function fitting(all: readonly LogColumn[], rows: readonly LogRow[], width: number): readonly LogColumn[] {
  let columns = all;
  for (;;) {
    const used = columns.reduce((sum, column) => sum + widthOf(column, rows) + 2, -2);
    const last = Math.max(...columns.map(({ leaveOut }) => leaveOut));
    if (used <= width || last === 0) return columns;
    const goes = columns.findLast(({ leaveOut }) => leaveOut === last);
    columns = columns.filter((column) => column !== goes);
  }
}

function widthOf(column: LogColumn, rows: readonly LogRow[]): number {
  const widest = Math.max(
    stringWidth(column.header),
    ...rows.map((row) => stringWidth(cellText(column, row, rows))),
  );
  return column.shrinkTo === undefined ? widest : Math.min(widest, ROOM_FOR_TEXT);
}
