import { printable } from '../../src/report/printable.js';
import type { Slot } from '../engine/protocol.js';
import { element } from './element.js';
import type { SlotState, TraceDesk } from './trace-desk.js';

/** What is done sooner needs no picture of it. */
const PATIENCE_MS = 150;

/** What stands in place of the timeline while a trace is being opened: its shape in grey, how far it is, and Cancel. */
export function loadingView(desk: TraceDesk): HTMLElement {
  const text = element('p', { class: 'phase' });
  const bar = element('progress', { 'aria-label': 'Progress' });
  const title = element('h2', {});
  const cancel = element('button', { type: 'button' }, 'Cancel');
  const card = element('div', { class: 'loading-card' }, title, bar, text, cancel);
  const view = element('div', { class: 'loading', hidden: true, 'aria-busy': 'true' }, skeleton(), card);
  let slot: Slot = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  cancel.addEventListener('click', () => void desk.close(slot));

  const show = (state: SlotState): void => {
    if (state.kind !== 'loading') {
      clearTimeout(timer);
      timer = undefined;
      view.hidden = true;
      return;
    }
    title.textContent = `Opening ${printable(state.title)}`;
    const { progress } = state;
    text.textContent = progress?.text ?? 'Starting …';
    if (progress?.total !== undefined && progress.total > 0) {
      bar.max = progress.total;
      bar.value = Math.min(progress.done, progress.total);
    } else {
      bar.removeAttribute('value');
    }
    timer ??= setTimeout(() => (view.hidden = false), PATIENCE_MS);
  };
  desk.listen(() => {
    // One after the other, if both are being opened.
    slot = desk.state(0).kind === 'loading' ? 0 : 1;
    show(desk.state(slot));
    // Of the second trace only the card is shown: the first one stays in view.
    view.classList.toggle('over', desk.summary(0) !== undefined);
  });
  return view;
}

/** Rows of bars that look like tracks; their widths are made up, and always the same. */
function skeleton(): HTMLElement {
  const rows = [62, 88, 35, 74, 51, 93, 44, 68].map((width, i) =>
    element(
      'div',
      { class: 'skeleton-row' },
      element('i', {}),
      element('i', { class: `w${i % 4}` }),
      bar(width),
    ),
  );
  return element('div', { class: 'skeleton', 'aria-hidden': 'true' }, ...rows);
}

function bar(width: number): HTMLElement {
  const made = element('i', { class: 'rest' });
  made.style.flexGrow = String(width);
  return made;
}
