import { make } from '../timeline/dom.js';
import { COMMAND_GROUPS, type Command, type CommandRegistry } from './commands.js';
import { modal, modalHead } from './dialog.js';
import { keyCaps } from './keyboard.js';

/** What the mouse and fingers do; no command has these. */
const GESTURES: readonly (readonly [string, string])[] = [
  ['Drag', 'select time on the tracks dragged over; Alt: without snapping to events'],
  ['Drag on the time axis', 'select time on all tracks'],
  ['Click', 'details of an event'],
  ['Double click', 'zoom to an event'],
  ['Ctrl+wheel, pinch', 'zoom at the pointer'],
  ['Shift+wheel, Shift+drag', 'move through time'],
  ['Wheel', 'scroll the tracks'],
];

/** `?`: every key there is, from the registry. */
export function installHelp(commands: CommandRegistry): () => void {
  const dialog = modal('help', 'Keys');
  const show = (): void => {
    const groups = COMMAND_GROUPS.map((group) => {
      const rows = commands
        .all()
        .filter((command) => command.group === group && (command.keys?.length ?? 0) > 0);
      return rows.length === 0 ? undefined : section(group, rows.map(keyRow));
    });
    const gestures = section(
      'Mouse and touch',
      GESTURES.map(([what, does]) =>
        row(
          what.split(', ').map((one) => make('kbd', '', one)),
          does,
        ),
      ),
    );
    const found = groups.filter((group) => group !== undefined);
    dialog.replaceChildren(modalHead(dialog, 'Keys'), make('div', 'help-groups', ...found, gestures));
    dialog.showModal();
  };
  const stop = commands.register({
    id: 'page.help',
    title: 'Show all keys',
    group: 'Page',
    keys: ['?'],
    run: show,
  });
  return () => {
    stop();
    dialog.remove();
  };
}

function section(title: string, rows: readonly HTMLElement[]): HTMLElement {
  return make('section', 'help-group', make('h3', '', title), make('dl', '', ...rows));
}

function keyRow({ keys = [], title }: Command): HTMLElement {
  return row(keys.map(keyElement), title);
}

function row(keys: readonly HTMLElement[], text: string): HTMLElement {
  const term = make('dt');
  keys.forEach((key, k) => term.append(...(k > 0 ? [' '] : []), key));
  return make('div', 'help-row', term, make('dd', '', text));
}

export function keyElement(spec: string): HTMLElement {
  return make('kbd', '', keyCaps(spec).join(' + '));
}
