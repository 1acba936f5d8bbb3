import type { ViewStore } from '../state/view-state.js';
import { iconButton, make } from '../timeline/dom.js';
import type { CommandRegistry } from './commands.js';
import type { Search } from './search.js';

export interface SearchBoxOptions {
  readonly search: Search;
  readonly store: ViewStore;
  readonly commands: CommandRegistry;
}

/** The field in the header: text, how many matches, to the previous and next one, and the switch of the filter. */
export function mountSearchBox(host: HTMLElement, { search, store, commands }: SearchBoxOptions): () => void {
  const input = make('input', 'search-input');
  input.type = 'search';
  input.placeholder = 'Search names  /';
  input.autocomplete = 'off';
  input.spellcheck = false;
  input.maxLength = 1000;
  input.setAttribute('aria-label', 'Search events by name; text between slashes is a regular expression');
  const count = make('output', 'search-count');
  const previous = iconButton(
    'previous',
    'Previous match (Shift+Enter)',
    'search-button',
    () => void search.step(-1),
  );
  const next = iconButton('next', 'Next match (Enter)', 'search-button', () => void search.step(1));
  const filter = iconButton('filter', 'Dim what does not match (x)', 'search-button', () => {
    store.update({ filterOn: !store.state.filterOn });
  });
  const box = make('div', 'search-box', input, count, previous, next, filter);
  box.setAttribute('role', 'search');
  host.append(box);

  input.addEventListener('input', () => store.update({ search: input.value }));
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      void search.step(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      // What was found stays, to step through by key; Esc once more clears it.
      input.blur();
    }
  });

  const show = (): void => {
    const { text, busy, count: found, current, problem } = search.status;
    if (input.value !== text) input.value = text;
    const some = text.trim() !== '';
    const total = found.toLocaleString('en-US');
    count.textContent = !some
      ? ''
      : busy
        ? '…'
        : problem !== undefined
          ? 'not valid'
          : current === undefined
            ? `${total}`
            : `${(current + 1).toLocaleString('en-US')} of ${total}`;
    count.title = problem ?? '';
    box.classList.toggle('has-text', some);
    box.classList.toggle('has-problem', problem !== undefined || (some && !busy && found === 0));
    filter.setAttribute('aria-pressed', String(store.state.filterOn));
    for (const button of [previous, next]) button.disabled = found === 0;
  };
  const stops = [
    search.listen(show),
    store.listen(show),
    commands.register({
      id: 'search.start',
      title: 'Search names',
      group: 'Search',
      keys: ['/'],
      run: () => {
        input.focus();
        input.select();
      },
    }),
  ];
  show();
  return () => {
    for (const stop of stops) stop();
    box.remove();
  };
}
