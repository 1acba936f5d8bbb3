import { meter } from '../charts/meter.js';
import type { CellLike, TableBlock, TableColumn } from '../document/blocks.js';
import type { Look } from '../document/look.js';
import { html, raw, type Markup } from './markup.js';
import { fold, SHOWN } from './fold.js';
import { spotHtml } from './spot-html.js';
import { swatchHtml } from './swatch.js';

/** A table in a box that scrolls by itself; the page's script makes its headers sort. */
export function tableHtml({ caption, rowId, columns, rows, total, omitted }: TableBlock, look: Look): Markup {
  const table = html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table aria-label="${caption}">
      <thead>
        <tr>
          ${columns.map(headerHtml)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row, r) =>
            html`<tr${rowId !== undefined && html` id="${rowId}-${r + 1}"`}>
                ${row.map((cell, i) => cellHtml(cell, columns[i], look))}
              </tr> `,
        )}
      </tbody>
      ${
        total !== undefined &&
        html`<tfoot>
          <tr>
            ${total.map((cell, i) => cellHtml(cell, columns[i], look))}
          </tr>
        </tfoot>`
      }
    </table>
  </div>`;
  return html`<p class="caption">${caption}</p>
    ${fold(table, rows.length, SHOWN.rows, 'rows')}
    ${omitted !== undefined && html`<p class="note">${omitted}</p>`}`;
}

function headerHtml({ header, align, term, wide }: TableColumn): Markup {
  const text = term === undefined ? html`${header}` : html`<a href="#def-${term}">${header}</a>`;
  return html`<th scope="col" class="${classOf(align, wide)}">${text}</th>`;
}

function cellHtml(cell: CellLike, column: TableColumn | undefined, look: Look): Markup {
  const {
    text,
    sort,
    code,
    full,
    swatch,
    spot,
    jump,
    meter: small,
  } = typeof cell === 'string' ? ({ text: cell } as Exclude<CellLike, string>) : cell;
  const sorted = sort === undefined ? '' : html` data-sort="${String(sort)}"`;
  const title = full === undefined || full === text ? '' : html` title="${full}"`;
  const shown =
    spot !== undefined
      ? spotHtml(text, spot, look, full)
      : jump !== undefined
        ? html`<a href="#${jump.id}">${text}</a>`
        : code === true
          ? html`<code>${text}</code>`
          : html`${text}`;
  const content =
    small === undefined
      ? shown
      : html`${raw(meter(small.share, small.paint))}<span class="beside">${shown}</span>`;
  return html`<td class="${classOf(column?.align, column?.wide)}" ${sorted}${title}>
    ${swatch !== undefined && html`${swatchHtml(swatch)} `}${content}
  </td>`;
}

function classOf(align: TableColumn['align'], wide: boolean | undefined): string {
  return `${align === 'right' ? 'right' : 'left'}${wide === true ? ' long' : ''}`;
}
