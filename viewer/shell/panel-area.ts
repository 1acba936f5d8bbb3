import { element, setAttributes, toolButton } from './element.js';
import { icon } from './icons.js';
import type { PanelContext } from './panel-context.js';
import type { Panel } from './panel-host.js';

export interface PanelArea {
  readonly element: HTMLElement;
  /** Shows a panel; undefined: none, and the area is closed. */
  readonly show: (id: string | undefined) => void;
}

export interface PanelAreaOptions {
  /** Of the whole area, for a screen reader. */
  readonly label: string;
  readonly className: string;
  readonly panels: readonly Panel[];
  /** The user wants this one, or none. */
  readonly choose: (id: string | undefined) => void;
  readonly context: PanelContext;
}

/** Tabs, and below them the panel of the one that is chosen; only that one is there. */
export function panelArea({ label, className, panels, choose, context }: PanelAreaOptions): PanelArea {
  const tabs = panels.map((panel) => {
    const tab = element(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${panel.id}`,
        'aria-controls': `panel-${panel.id}`,
        title: panel.hint,
      },
      panel.title,
    );
    tab.addEventListener('click', () => choose(panel.id));
    return tab;
  });
  const list = element('div', { role: 'tablist', class: 'tabs', 'aria-label': label }, ...tabs);
  const close = toolButton(`Close ${label.toLowerCase()}`, [icon('close')], () => choose(undefined));
  const body = element('div', { class: 'panel-body' });
  const area = element(
    'div',
    { class: `panels ${className}`, hidden: true },
    element('div', { class: 'panel-head' }, list, close),
    body,
  );
  list.addEventListener('keydown', (event) => moveAmong(tabs, event));

  let shown: { readonly id: string; readonly unmount: () => void } | undefined;
  const show = (id: string | undefined): void => {
    if (id === shown?.id) return;
    shown?.unmount();
    shown = undefined;
    body.replaceChildren();
    const panel = panels.find((one) => one.id === id);
    area.hidden = panel === undefined;
    panels.forEach((one, i) => {
      const isShown = one === panel;
      setAttributes(tabs[i]!, { 'aria-selected': String(isShown), tabindex: isShown ? '0' : '-1' });
      if (isShown) tabs[i]!.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
    if (panel === undefined) return;
    const host = element('div', {
      class: `panel panel-${panel.id}`,
      id: `panel-${panel.id}`,
      role: 'tabpanel',
      'aria-labelledby': `tab-${panel.id}`,
      tabindex: '0',
    });
    body.append(host);
    shown = { id: panel.id, unmount: panel.mount(host, context) };
  };
  return { element: area, show };
}

/** Arrow keys, Home and End go from tab to tab, and choose it. */
function moveAmong(tabs: readonly HTMLButtonElement[], event: KeyboardEvent): void {
  const at = tabs.indexOf(document.activeElement as HTMLButtonElement);
  if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const last = tabs.length - 1;
  const keys: Readonly<Record<string, number>> = {
    ArrowRight: at === last ? 0 : at + 1,
    ArrowLeft: at === 0 ? last : at - 1,
    Home: 0,
    End: last,
  };
  const next = tabs[keys[event.key] ?? -1];
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
  next.click();
}
