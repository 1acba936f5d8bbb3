import { make } from '../timeline/dom.js';
import type { Command, CommandRegistry } from './commands.js';
import { modal } from './dialog.js';
import { fuzzyScore } from './fuzzy.js';
import { keyElement } from './help.js';

const LISTED = 12;
/** Matches much worse than the best are chance. */
const WORTH = 0.5;

/** Ctrl+K: any command by a few letters of its title. A combobox: the focus stays in the field, arrows choose. */
export function installPalette(commands: CommandRegistry): () => void {
  const dialog = modal('palette', 'Commands');
  const input = make('input', 'palette-input');
  input.type = 'text';
  input.placeholder = 'What do you want to do?';
  input.autocomplete = 'off';
  input.spellcheck = false;
  const list = make('ul', 'palette-list');
  list.id = 'palette-list';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Commands');
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-expanded', 'true'],
    ['aria-controls', list.id],
    ['aria-label', 'Command'],
  ] as const) {
    input.setAttribute(name, value);
  }
  dialog.append(input, list);

  let found: readonly Command[] = [];
  let chosen = 0;
  const show = (): void => {
    const scored = commands
      .all()
      .filter((command) => command.id !== 'page.palette' && command.enabled?.() !== false)
      .map((command) => ({ command, score: fuzzyScore(input.value, command.title) }))
      .filter((one): one is { command: Command; score: number } => one.score !== undefined)
      .sort((a, b) => b.score - a.score);
    const least = (scored[0]?.score ?? 0) * WORTH;
    found = scored
      .filter(({ score }) => score >= least)
      .slice(0, LISTED)
      .map(({ command }) => command);
    chosen = Math.min(chosen, Math.max(0, found.length - 1));
    list.replaceChildren(
      ...found.map((command, k) => {
        const keys = make('span', 'palette-keys', ...(command.keys ?? []).slice(0, 2).map(keyElement));
        const item = make('li', 'palette-item', make('span', 'palette-title', command.title), keys);
        item.id = `palette-${k}`;
        item.setAttribute('role', 'option');
        item.setAttribute('aria-selected', String(k === chosen));
        item.addEventListener('click', () => run(command));
        return item;
      }),
    );
    if (found.length === 0) list.append(make('li', 'palette-none', 'No such command'));
    input.setAttribute('aria-activedescendant', found.length > 0 ? `palette-${chosen}` : '');
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  };
  const run = (command: Command | undefined): void => {
    dialog.close();
    if (command !== undefined) commands.run(command.id);
  };
  input.addEventListener('input', () => {
    chosen = 0;
    show();
  });
  input.addEventListener('keydown', (event) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      chosen = (chosen + step + found.length) % found.length;
      show();
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      run(found[chosen]);
    }
  });
  const stop = commands.register({
    id: 'page.palette',
    title: 'Find a command',
    group: 'Page',
    keys: ['Mod+k', 'p'],
    run: () => {
      input.value = '';
      chosen = 0;
      dialog.showModal();
      show();
      input.focus();
    },
  });
  return () => {
    stop();
    dialog.remove();
  };
}
