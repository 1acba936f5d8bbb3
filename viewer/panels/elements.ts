import { printable } from '../../src/report/printable.js';

/** An element with text; text only, so that names from a trace are never markup, nor turn the text around them. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children.map((child) => (typeof child === 'string' ? printable(child) : child)));
  return made;
}

export function button(text: string, className: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', className, text);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}

/** A quiet sentence where there is nothing to show yet, or nothing at all. */
export function message(text: string, hint?: string): HTMLElement {
  const made = element('p', 'panel-message', text);
  if (hint !== undefined) made.append(document.createElement('br'), element('span', 'muted', hint));
  return made;
}
