import { printable } from '../printable.js';

/** Attribute values; `undefined` leaves the attribute out. Colours are CSS custom properties, so that both themes fit. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** The box that a chart is drawn for, in CSS pixels; its height follows from what is in it. */
export interface ChartSize {
  readonly width: number;
}

/** What a chart says to those who do not see it. */
export interface ChartWords {
  readonly title: string;
  readonly description: string;
}

/** Names come from the profiled program: every text and attribute passes here on its way into markup. */
export function escapeMarkup(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** An element around children that are markup already. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeMarkup(value)}"`)
    .join('');
  return children.length === 0
    ? `<${name}${written}></${name}>`
    : `<${name}${written}>${children.join('')}</${name}>`;
}

export function label(text: string, attributes: Attributes): string {
  return element('text', attributes, escapeMarkup(text));
}

/** What a browser shows on hovering over a mark; needs no script. */
export function hint(text: string): string {
  return element('title', {}, escapeMarkup(text));
}

/** A whole chart. `role="img"` with a title and a description: read out as one picture. */
export function svg(width: number, height: number, words: ChartWords, marks: readonly string[]): string {
  return element(
    'svg',
    { class: 'chart', viewBox: `0 0 ${short(width)} ${short(height)}`, role: 'img' },
    hint(words.title),
    element('desc', {}, escapeMarkup(words.description)),
    '\n',
    marks.join('\n'),
    '\n',
  );
}

/** Hundredths of a pixel are enough, and keep stored charts readable. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
