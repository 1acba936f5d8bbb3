import { escapeMarkup } from '../charts/svg.js';

/** Text that is HTML already. Everything else that is put into a template is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = string | number | Markup | undefined | false | readonly Part[];

/** HTML from a template: strings are escaped, markup and lists of it are kept, `undefined` and `false` leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!;
  parts.forEach((part, i) => (text += write(part) + strings[i + 1]!));
  return new Markup(text);
}

/** For what the charts return. Never for text from a trace. */
export function raw(text: string): Markup {
  return new Markup(text);
}

function write(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'number') return String(part);
  return typeof part === 'string' ? escapeMarkup(part) : part.map(write).join('');
}
