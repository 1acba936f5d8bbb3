import { CAUSES } from '../../src/analysis/causes.js';
import { OP_CLASSES } from '../../src/analysis/op-class.js';
import { meaningOf } from '../../src/report/causes.js';
import { CALL_CLASSES, callColor, causeLook, type Look, opColor } from '../render/colours.js';
import { swatch } from '../render/swatch.js';
import { popoverOf } from '../shell/popover.js';
import { make } from './dom.js';

const CALL_MEANING: Readonly<Record<(typeof CALL_CLASSES)[number], string>> = {
  api: 'a launch, or another call',
  sync: 'the host waits for the GPU',
  'blocking-copy': 'a copy that the host waits for',
  alloc: 'allocating, freeing, loading',
};

const NOTES = [
  'A rectangle with a faded lower edge stands for several events: zoom in to see each.',
  'Idle time too short to be a rectangle is a column: its height is the share of that time in which the device was idle.',
  'An orange lower edge is a match of the search.',
] as const;

/** A button that says what colours and patterns mean. Returns what opens it. */
export function legend(host: HTMLElement, isDark: () => boolean): () => void {
  const button = make('button', 'tl-legend-button', 'Legend');
  button.type = 'button';
  host.append(button);
  const box = popoverOf(button, 'What the colours mean', (element) => {
    element.classList.add('tl-legend');
    element.append(...content(isDark()));
  });
  return () => box.togglePopover();
}

function content(dark: boolean): readonly HTMLElement[] {
  const solid = (color: string): Look => ({ color, pattern: 'solid' });
  const ops = OP_CLASSES.map((name) => entry(solid(opColor(name, dark)), dark, name));
  const causes = CAUSES.map((cause) => entry(causeLook(cause, dark), dark, cause, meaningOf(cause)));
  const calls = CALL_CLASSES.map((name, k) =>
    entry(solid(callColor(k, dark)), dark, name, CALL_MEANING[name]),
  );
  return [
    part('GPU ops, by class', 'tl-legend-columns', ops),
    part('Idle time, by cause', '', causes),
    part('Host calls', '', calls),
    ...NOTES.map((text) => make('p', 'tl-legend-note', text)),
  ];
}

function part(title: string, className: string, entries: readonly HTMLElement[]): HTMLElement {
  return make('section', '', make('h3', '', title), make('ul', className, ...entries));
}

function entry(look: Look, dark: boolean, name: string, meaning = ''): HTMLElement {
  const item = make('li', '', swatch(look, dark, 14), make('span', '', name));
  if (meaning !== '') item.append(make('span', 'tl-legend-meaning', meaning));
  return item;
}
