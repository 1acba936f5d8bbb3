import { html, type Markup } from './markup.js';

/** How many of each kind are shown of what is folded; the style sheet's `nth-child` is one more. */
export const SHOWN = { rows: 6, notes: 2, commands: 3 } as const;

/** Fewer than these more are not worth a switch. */
const LEAST_HIDDEN = 3;

/**
 * On a phone, the first few of something long and a switch for the rest; a wide page and paper show all, and so does a
 * phone while one of them is what was jumped to. The style sheet does it, without the page's script.
 */
export function fold(content: Markup, count: number, shown: number, what: string): Markup {
  return count < shown + LEAST_HIDDEN ? content : folded(content, `all ${count} ${what}`);
}

/** The same, whatever is in it. */
export function folded(content: Markup, label: string): Markup {
  return html`<div class="fold">
    ${content}
    <label class="unfold"><input type="checkbox" autocomplete="off" /> ${label}</label>
  </div>`;
}
