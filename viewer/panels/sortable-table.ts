import { select } from 'd3-selection';
import { printable } from '../../src/report/printable.js';

export interface Column<Row> {
  readonly title: string;
  /** Numbers stand at the right, in tabular figures. */
  readonly numeric?: boolean;
  readonly text: (row: Row) => string;
  /** What to sort by; absent: the text. */
  readonly value?: (row: Row) => number | string;
  /** A quieter second line. */
  readonly below?: (row: Row) => Element | undefined;
  /** Whole text where the cell shows a short one. */
  readonly hint?: (row: Row) => string;
  /** Put before the text: a swatch. */
  readonly mark?: (row: Row) => Element | undefined;
}

export interface TableOptions<Row> {
  /** Read out before the table. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  /** Column to sort by at first, largest first; absent: the order given. */
  readonly sortBy?: number;
  /** Rows shown before "show more". */
  readonly limit?: number;
  /** Makes the first column of a row a button. */
  readonly onRow?: (row: Row) => void;
  readonly isCurrent?: (row: Row) => boolean;
}

export interface SortableTable<Row> {
  show(rows: readonly Row[]): void;
  /** Marks the current row anew. */
  refresh(): void;
}

const DEFAULT_LIMIT = 40;
/** Longer texts are for the details panel; laying out a name of a million letters takes seconds. */
const LONGEST = 500;

function shown(text: string): string {
  return printable(text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);
}

/** A table whose headers sort it; a second click turns the order round. */
export function sortableTable<Row>(host: HTMLElement, options: TableOptions<Row>): SortableTable<Row> {
  const { columns } = options;
  const step = options.limit ?? DEFAULT_LIMIT;
  let rows: readonly Row[] = [];
  let sortBy = options.sortBy;
  let descending = true;
  let limit = step;

  const scroll = select(host).append('div').attr('class', 'table-scroll');
  const table = scroll.append('table').attr('class', 'data');
  table.append('caption').attr('class', 'visually-hidden').text(options.caption);
  const headers = table
    .append('thead')
    .append('tr')
    .selectAll('th')
    .data(columns)
    .join('th')
    .attr('scope', 'col')
    .classed('number', ({ numeric }) => numeric === true);
  headers
    .append('button')
    .attr('type', 'button')
    .attr('class', 'sort')
    .text(({ title }) => title)
    .on('click', (_, column) => {
      const index = columns.indexOf(column);
      descending = sortBy === index ? !descending : column.numeric === true;
      sortBy = index;
      draw();
    });
  const body = table.append('tbody');
  const more = select(host).append('button').attr('type', 'button').attr('class', 'more quiet');
  more.on('click', () => {
    limit += step * 5;
    draw();
  });

  const valueOf = (row: Row, column: Column<Row>): number | string => column.value?.(row) ?? column.text(row);

  function sorted(): readonly Row[] {
    const column = sortBy === undefined ? undefined : columns[sortBy];
    if (column === undefined) return rows;
    const sign = descending ? -1 : 1;
    return [...rows].sort((a, b) => {
      const x = valueOf(a, column);
      const y = valueOf(b, column);
      return (
        sign * (typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y)))
      );
    });
  }

  function draw(): void {
    headers.attr('aria-sort', (_, index) =>
      index !== sortBy ? 'none' : descending ? 'descending' : 'ascending',
    );
    const shown = sorted().slice(0, limit);
    body
      .selectAll<HTMLTableRowElement, Row>('tr')
      .data(shown)
      .join('tr')
      .classed('goes', options.onRow !== undefined)
      .on('click', (event: MouseEvent, row) => {
        // The button is for keyboards; what was selected to be copied is no click.
        const isButton = (event.target as Element).closest('button') !== null;
        if (!isButton && getSelection()?.isCollapsed !== false) options.onRow?.(row);
      })
      .attr('aria-current', (row) => (options.isCurrent?.(row) === true ? 'true' : null))
      .each(function (row) {
        select(this)
          .selectAll('td')
          .data(columns)
          .join('td')
          .classed('number', ({ numeric }) => numeric === true)
          .attr('title', (column) => column.hint?.(row).slice(0, 4 * LONGEST) ?? null)
          .each((column, index, cells) => fill(cells[index] as HTMLElement, row, column, index === 0));
      });
    const left = rows.length - shown.length;
    more.attr('hidden', left > 0 ? null : '').text(`${left.toLocaleString('en-US')} more`);
  }

  function fill(cell: HTMLElement, row: Row, column: Column<Row>, first: boolean): void {
    const mark = column.mark?.(row);
    const text = first && options.onRow !== undefined ? rowButton(row, column) : shown(column.text(row));
    if (!first) return void cell.replaceChildren(...(mark === undefined ? [] : [mark, ' ']), text);
    const line = document.createElement('div');
    line.className = 'cell';
    const label = document.createElement('span');
    label.className = 'cell-text';
    label.append(text);
    line.append(...(mark === undefined ? [] : [mark]), text instanceof HTMLElement ? text : label);
    const below = column.below?.(row);
    cell.replaceChildren(line, ...(below === undefined ? [] : [below]));
  }

  function rowButton(row: Row, column: Column<Row>): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'go';
    button.textContent = shown(column.text(row));
    button.addEventListener('click', () => options.onRow?.(row));
    return button;
  }

  return {
    show(next) {
      rows = next;
      limit = step;
      draw();
    },
    refresh: draw,
  };
}
