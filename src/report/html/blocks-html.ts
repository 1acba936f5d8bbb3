import type { Block, ChartBlock, LegendEntry, TilesBlock } from '../document/blocks.js';
import type { Look } from '../document/look.js';
import { findingsHtml } from './findings-html.js';
import { fold, SHOWN } from './fold.js';
import { html, raw, type Markup } from './markup.js';
import { swatchHtml } from './swatch.js';
import { tableHtml } from './table-html.js';

/** Widths that charts are drawn for: a phone's column, and a page's. The style sheet shows one of them. */
const NARROW = 340;
const WIDE = 900;

export function blockHtml(block: Block, look: Look): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p>${block.text}</p>`;
    case 'note':
      return html`<p class="note">${block.text}</p>`;
    case 'notes':
      return fold(
        html`<div class="notes">${block.texts.map((text) => html`<p class="note">${text}</p> `)}</div>`,
        block.texts.length,
        SHOWN.notes,
        'notes',
      );
    case 'heading':
      return html`<h3>${block.text}</h3>`;
    case 'tiles':
      return tilesHtml(block);
    case 'chart':
      return chartHtml(block);
    case 'table':
      return tableHtml(block, look);
    case 'findings':
      return findingsHtml(block.findings, block.spanNs, look);
    case 'glossary':
      return fold(
        html`<dl class="glossary">
          ${block.terms.map(
            ([id, name, definition]) =>
              html`<div id="def-${id}">
                <dt>${name}</dt>
                <dd>${definition.split('\n').map((line) => html`<span class="line">${line}</span>`)}</dd>
              </div> `,
          )}
        </dl>`,
        block.terms.length,
        SHOWN.rows,
        'terms',
      );
    case 'commands':
      return fold(
        html`<dl class="commands">
          ${block.lines.map(
            ([command, what]) =>
              html`<div>
                <dt><code>${command}</code></dt>
                <dd>${what}</dd>
              </div> `,
          )}
        </dl>`,
        block.lines.length,
        SHOWN.commands,
        'commands',
      );
  }
}

function tilesHtml({ tiles }: TilesBlock): Markup {
  return html`<ul class="tiles">
    ${tiles.map(
      ({ label, term, value, unit, note }) =>
        html`<li>
          <a class="label" href="#def-${term}">${label}</a>
          <span class="figure"
            >${value}${unit !== undefined && html`<span class="unit"> ${unit}</span>`}</span
          >
          <span class="remark">${note}</span>
        </li> `,
    )}
  </ul>`;
}

function chartHtml({ caption, draw, legend }: ChartBlock): Markup {
  return html`<figure>
    <figcaption>${caption}</figcaption>
    ${legend !== undefined && legendHtml(legend)}
    <div class="wide">${raw(draw({ width: WIDE }))}</div>
    <div class="narrow">${raw(draw({ width: NARROW }))}</div>
  </figure>`;
}

function legendHtml(legend: readonly LegendEntry[]): Markup {
  return html`<ul class="legend">
    ${legend.map(
      ({ name, paint, value }) =>
        html`<li>${swatchHtml(paint)} ${name}${value !== undefined && html` <b>${value}</b>`}</li> `,
    )}
  </ul>`;
}
