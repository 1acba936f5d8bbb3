import { printable } from '../../src/report/printable.js';

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/**
 * An element with attributes and children. Children are nodes or text, so a name from a trace is never markup; nor does
 * one turn the text around it.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children.map((child) => (typeof child === 'string' ? printable(child) : child)));
  return made;
}

/** `true` sets an attribute without a value; `false` and `undefined` leave it out. */
export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) target.removeAttribute(name);
    else target.setAttribute(name, value === true ? '' : value);
  }
}

/** A button with an icon, a text, or both; `label` is what a screen reader says and a tooltip shows. */
export function toolButton(
  label: string,
  content: readonly (Node | string)[],
  onClick: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const made = element(
    'button',
    { type: 'button', class: 'tool', 'aria-label': label, title: label, ...attributes },
    ...content,
  );
  made.addEventListener('click', onClick);
  return made;
}
