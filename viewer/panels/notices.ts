import { element } from './elements.js';

/** What an analyzer wants known about its result. */
export function notices(host: HTMLElement, texts: readonly string[]): void {
  if (texts.length === 0) return;
  const list = element('ul', 'notices small');
  for (const text of texts) list.append(element('li', '', text));
  host.append(list);
}
