import { commandOf, hrefOf, type Look } from '../document/look.js';
import type { Spot } from '../document/spot.js';
import { html, type Markup } from './markup.js';

/** One tab for all links of a report: the second is there at once, because only what is behind `#` changes. */
export const TIMELINE_TAB = 'gapscope-timeline';

/**
 * A time as the way to it: a link into the timeline's page, or else with the command that opens it there, which the
 * page's script copies on a click.
 */
export function spotHtml(text: string, spot: Spot, look: Look, about = 'Show it in the timeline'): Markup {
  const href = hrefOf(spot, look);
  return href === undefined
    ? html`<span class="spot" title="${commandOf(spot, look)}">${text}</span>`
    : html`<a class="spot" href="${href}" target="${TIMELINE_TAB}" title="${about}">${text}</a>`;
}
