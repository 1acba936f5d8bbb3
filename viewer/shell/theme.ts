import type { ViewState, ViewStore } from '../state/view-state.js';
import { element, toolButton } from './element.js';
import { icon } from './icons.js';

type Theme = ViewState['theme'];

const THEMES: readonly (readonly [theme: Theme, label: string])[] = [
  ['system', 'Colours of the system'],
  ['light', 'Light colours'],
  ['dark', 'Dark colours'],
];

/** Keeps the page's colours as the state says. */
export function applyTheme(store: ViewStore): void {
  const show = ({ theme }: ViewState): void => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  show(store.state);
  store.listen((state, before) => {
    if (state.theme !== before.theme) show(state);
  });
}

export function themeSwitch(store: ViewStore): HTMLElement {
  const buttons = THEMES.map(([theme, label]) => ({
    theme,
    button: toolButton(label, [icon(theme)], () => store.update({ theme })),
  }));
  const show = ({ theme }: ViewState): void => {
    for (const one of buttons) one.button.setAttribute('aria-pressed', String(one.theme === theme));
  };
  show(store.state);
  store.listen(show);
  return element(
    'div',
    { class: 'segments', role: 'group', 'aria-label': 'Colours' },
    ...buttons.map((one) => one.button),
  );
}

/** The next of the three, for a key. */
export function nextTheme(theme: Theme): Theme {
  return THEMES[(THEMES.findIndex(([one]) => one === theme) + 1) % THEMES.length]![0];
}
