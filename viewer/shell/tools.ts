import type { ViewState, ViewStore } from '../state/view-state.js';
import { element, toolButton } from './element.js';
import { icon, type IconName } from './icons.js';
import { popoverOf } from './popover.js';
import { themeSwitch } from './theme.js';

type Tool = readonly [name: IconName, label: string, command: string];

const OPEN: Tool = ['open', 'Open a trace', 'page.open'];
const PALETTE: Tool = ['palette', 'Find a command', 'page.palette'];
const HELP: Tool = ['help', 'All keys', 'page.help'];

/** The buttons at the right of the header; in a narrow window all but the panels' are in a menu. */
export function toolsOf(store: ViewStore, run: (command: string) => void): readonly HTMLElement[] {
  const tool = ([name, label, command]: Tool): HTMLElement =>
    toolButton(label, [icon(name)], () => run(command));
  return [
    tool(OPEN),
    themeSwitch(store),
    tool(PALETTE),
    tool(HELP),
    element('span', { class: 'rule' }),
    toggle(store, 'bottom', 'Details below', 'panels.bottom', run),
    toggle(store, 'side', 'Findings at the side', 'panels.side', run),
    moreMenu(store, run),
  ];
}

function toggle(
  store: ViewStore,
  place: 'side' | 'bottom',
  label: string,
  command: string,
  run: (command: string) => void,
): HTMLElement {
  const button = toolButton(label, [icon(place)], () => run(command), { class: 'tool keep' });
  const show = (state: ViewState): void =>
    button.setAttribute('aria-pressed', String(state[place] !== undefined));
  show(store.state);
  store.listen(show);
  return button;
}

function moreMenu(store: ViewStore, run: (command: string) => void): HTMLElement {
  const more = toolButton('More', [icon('more')], () => undefined, { class: 'tool more' });
  const host = element('div', { class: 'keep' }, more);
  const menu = popoverOf(more, 'More', (box) => {
    box.classList.add('more-list');
    for (const [name, label, command] of [OPEN, PALETTE, HELP]) {
      const item = element('button', { type: 'button' }, icon(name), label);
      item.addEventListener('click', () => {
        menu.hidePopover();
        run(command);
      });
      box.append(item);
    }
    box.append(themeSwitch(store));
  });
  return host;
}
