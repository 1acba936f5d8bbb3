import type { EngineProblem } from '../engine/protocol.js';
import { element, toolButton } from './element.js';
import { icon } from './icons.js';

const MOST = 3;
const SHOWN_MS = 12_000;

/** Messages in the corner that need no answer. They go away by themselves, but not while they are pointed at. */
export function toasts(): { readonly element: HTMLElement; readonly show: (problem: EngineProblem) => void } {
  const list = element('div', { class: 'toasts', role: 'region', 'aria-label': 'Messages' });
  const show = ({ message, hint }: EngineProblem): void => {
    const same = [...list.children].find((one) => one.getAttribute('data-message') === message);
    same?.remove();
    const toast = element(
      'div',
      { class: 'toast', role: 'alert', 'data-message': message },
      element('p', {}, message, ...(hint === undefined ? [] : [element('span', { class: 'hint' }, hint)])),
      toolButton('Dismiss', [icon('close')], () => toast.remove()),
    );
    list.append(toast);
    while (list.children.length > MOST) list.firstElementChild?.remove();
    const leave = (): void => {
      if (toast.matches(':hover, :focus-within')) setTimeout(leave, SHOWN_MS / 4);
      else toast.remove();
    };
    setTimeout(leave, SHOWN_MS);
  };
  return { element: list, show };
}
