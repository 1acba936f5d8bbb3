import { element } from './elements.js';

/**
 * Segments of a path in one line, and a word after them. Where there is no room the outer segments are cut: the innermost
 * says most.
 */
export function pathLine(segments: readonly string[], word?: string): HTMLElement {
  const outer = segments.slice(0, -1).join(' › ');
  const inner = segments.at(-1) ?? '';
  return element(
    'div',
    'path-line muted',
    ...(outer === '' ? [] : [element('span', 'path-outer', outer), element('span', 'path-between', '›')]),
    ...(inner === '' ? [] : [element('span', 'path-inner', inner)]),
    ...(word === undefined ? [] : [element('span', 'path-word', inner === '' ? word : `· ${word}`)]),
  );
}
