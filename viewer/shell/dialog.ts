import type { EngineProblem } from '../engine/protocol.js';
import { element } from './element.js';

export interface Choice<T> {
  readonly label: string;
  readonly value: T;
  readonly primary?: boolean;
}

/** Asks, and resolves with what was chosen; undefined if the question was closed with Escape. */
export function ask<T>(
  title: string,
  body: readonly (Node | string)[],
  choices: readonly Choice<T>[],
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const heading = element('h2', { id: 'dialog-title' }, title);
    const buttons = element('div', { class: 'choices' });
    const dialog = element(
      'dialog',
      { class: 'dialog', 'aria-labelledby': 'dialog-title' },
      heading,
      ...body,
      buttons,
    );
    let chosen: T | undefined;
    for (const { label, value, primary } of choices) {
      const button = element('button', { type: 'button', class: primary === true ? 'primary' : '' }, label);
      if (primary === true) button.autofocus = true;
      button.addEventListener('click', () => {
        chosen = value;
        dialog.close();
      });
      buttons.append(button);
    }
    dialog.addEventListener('keydown', (event) => event.stopPropagation());
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(chosen);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Something did not work: what, and what to do. */
export async function tell(title: string, { message, hint }: EngineProblem): Promise<void> {
  const body = [
    element('p', {}, message),
    ...(hint === undefined ? [] : [element('p', { class: 'hint' }, ...codeParts(hint))]),
  ];
  await ask(title, body, [{ label: 'Close', value: true, primary: true }]);
}

/** Text between backticks is a command. */
export function codeParts(text: string): (Node | string)[] {
  return text.split('`').map((part, i) => (i % 2 === 1 ? element('code', {}, part) : part));
}
