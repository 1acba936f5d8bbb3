import { pad, shortenMiddle, stringWidth } from './shorten.js';
import type { Paint, TextStyle } from './style.js';

export interface Column {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** May be shortened, down to this width, when the table is wider than the terminal. */
  readonly shrinkTo?: number;
}

/** A cell's plain text and how it is painted once it has been cut and padded. */
export type Cell = string | { readonly text: string; readonly paint: Paint };

export type Row = readonly Cell[];

const SEPARATOR = '  ';

/** Rows under headers, aligned; `undefined` in place of a row draws a rule. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (Row | undefined)[],
  style: TextStyle,
  indent = '',
): string[] {
  const widths = fitWidths(columns, rows, style.width - indent.length);
  const headerRow = columns.map(({ header }) => ({ text: header, paint: style.colors.dim }));
  const hasHeader = columns.some(({ header }) => header !== '');
  const ruleWidth = widths.reduce((sum, width) => sum + width, SEPARATOR.length * (widths.length - 1));
  return (hasHeader ? [headerRow, ...rows] : rows).map((row) =>
    row === undefined
      ? indent + style.colors.dim('─'.repeat(ruleWidth))
      : (indent + formatRow(columns, widths, row)).trimEnd(),
  );
}

function formatRow(columns: readonly Column[], widths: readonly number[], row: Row): string {
  const last = lastUsed(row);
  return columns
    .slice(0, last + 1)
    .map((column, i) => {
      const cell = row[i] ?? '';
      const plain = textOf(cell);
      const cut = column.shrinkTo === undefined ? plain : shortenMiddle(plain, widths[i]!);
      const align = column.align ?? 'left';
      // No spaces after the last cell of a row.
      const padded = i === last && align === 'left' ? cut : pad(cut, widths[i]!, align);
      return typeof cell === 'string' ? padded : cell.paint(padded);
    })
    .join(SEPARATOR);
}

function lastUsed(row: Row): number {
  for (let i = row.length - 1; i >= 0; i--) if (textOf(row[i]!) !== '') return i;
  return 0;
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

/** Natural widths; what does not fit is taken from the widest shrinkable column, one by one. */
function fitWidths(
  columns: readonly Column[],
  rows: readonly (Row | undefined)[],
  available: number,
): number[] {
  const widths = columns.map(({ header }, i) =>
    Math.max(
      stringWidth(header),
      ...rows.map((row) => (row?.[i] === undefined ? 0 : stringWidth(textOf(row[i])))),
    ),
  );
  let excess =
    widths.reduce((sum, width) => sum + width, SEPARATOR.length * (columns.length - 1)) - available;
  while (excess > 0) {
    let widest = -1;
    columns.forEach(({ shrinkTo }, i) => {
      if (shrinkTo === undefined || widths[i]! <= shrinkTo) return;
      if (widest < 0 || widths[i]! > widths[widest]!) widest = i;
    });
    if (widest < 0) break;
    widths[widest] = widths[widest]! - 1;
    excess--;
  }
  return widths;
}
