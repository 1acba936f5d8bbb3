import { raw, type Markup } from './markup.js';

/**
 * A result as data in the page. `<` is written as an escape, so that no text in it can end the element, and so are
 * the two line separators that JSON allows and old parsers do not.
 */
export function jsonBlock(name: string, value: unknown): Markup {
  const text = JSON.stringify(value, undefined, 1)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  // The name is ours: a word from the code, never from a trace.
  return raw(`<script type="application/json" id="data-${name}">\n${text}\n</script>`);
}
