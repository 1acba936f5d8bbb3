import { iconButton, make } from '../timeline/dom.js';

/** A dialog over the page: closes on Esc, on its button and on a click beside it. */
export function modal(className: string, title: string): HTMLDialogElement {
  const dialog = make('dialog', `modal ${className}`);
  dialog.setAttribute('aria-label', title);
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  return dialog;
}

export function modalHead(dialog: HTMLDialogElement, title: string): HTMLElement {
  return make(
    'header',
    'modal-head',
    make('h2', '', title),
    iconButton('close', 'Close (Esc)', 'modal-close', () => dialog.close()),
  );
}
