import type { Command, CommandRegistry } from './commands.js';

/** What of a key event decides which command it is. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const MODIFIERS = ['Mod+', 'Shift+', 'Alt+'] as const;

/** Whether a key event is the one that a text such as `Shift+f` or `code:KeyW` names. */
export function isKey(spec: string, press: KeyPress): boolean {
  let rest = spec;
  const wanted = new Set<string>();
  for (let found = true; found;) {
    found = false;
    for (const modifier of MODIFIERS) {
      if (rest.startsWith(modifier) && rest.length > modifier.length) {
        wanted.add(modifier);
        rest = rest.slice(modifier.length);
        found = true;
      }
    }
  }
  const byCode = rest.startsWith('code:');
  const letter = /^[a-z]$/.test(rest);
  // AltGr types signs on many keyboards, and reports itself as Ctrl and Alt.
  const sign = !byCode && !letter && rest.length === 1;
  const typed = sign && press.ctrlKey && press.altKey;
  if (wanted.has('Mod+') !== (press.ctrlKey || press.metaKey) && !typed) return false;
  if (wanted.has('Alt+') !== press.altKey && !typed) return false;
  // A sign such as `?` needs Shift on some keyboards and not on others.
  if (!sign && wanted.has('Shift+') !== press.shiftKey) return false;
  if (byCode) return press.code === rest.slice(5);
  return (letter ? press.key.toLowerCase() : press.key) === rest;
}

/** The command of a key event: one that names the key's place comes before one that names what it types. */
export function commandOf(commands: readonly Command[], press: KeyPress): Command | undefined {
  let typed: Command | undefined;
  for (const command of commands) {
    for (const key of command.keys ?? []) {
      if (!isKey(key, press)) continue;
      if (key.includes('code:')) return command;
      typed ??= command;
    }
  }
  return typed;
}

/** Runs commands as their keys go down. Returns the function that stops listening. */
export function listenToKeys(commands: CommandRegistry, target: Document = document): () => void {
  /** By the place of the key: what is typed may change while it is down, if Shift goes up. */
  const held = new Map<string, Command>();
  const letGo = (code: string): void => {
    held.get(code)?.release?.();
    held.delete(code);
  };
  const down = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = commandOf(commands.all(), event);
    if (command === undefined || command.enabled?.() === false) return;
    if (command.whileTyping !== true && isTyping(event.target)) return;
    // A dialog has the keys to itself.
    if (target.querySelector('dialog[open]') !== null) return;
    if (pressesButton(event)) return;
    event.preventDefault();
    if (event.repeat && command.release !== undefined && held.has(event.code)) return;
    if (command.release !== undefined) held.set(event.code, command);
    command.run();
  };
  const up = (event: KeyboardEvent): void => letGo(event.code);
  // A key that comes up elsewhere is never seen to.
  const blur = (): void => {
    for (const code of [...held.keys()]) letGo(code);
  };
  target.addEventListener('keydown', down);
  target.addEventListener('keyup', up);
  target.defaultView?.addEventListener('blur', blur);
  return () => {
    blur();
    target.removeEventListener('keydown', down);
    target.removeEventListener('keyup', up);
    target.defaultView?.removeEventListener('blur', blur);
  };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input:not([type=checkbox],[type=radio]), textarea, select') !== null)
  );
}

/** Enter and the space bar belong to a button or a link that has the focus; arrows to a list or a table. */
function pressesButton(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (!(target instanceof Element)) return false;
  if (key === 'Enter' || key === ' ') {
    return target.closest('button, a[href], summary, [role=tab], [role=option], [role=row]') !== null;
  }
  if (/^(?:Arrow|Home|End|Page)/.test(key)) {
    return (
      target.closest(
        '[role=tablist], [role=listbox], [role=grid], [role=table], [role=slider], [role=separator], table',
      ) !== null
    );
  }
  return false;
}

const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  PageUp: 'Page Up',
  PageDown: 'Page Down',
  ' ': 'Space',
};

/** The caps of a key as they are printed: `['Ctrl', 'K']`. */
export function keyCaps(spec: string): readonly string[] {
  const parts: string[] = [];
  let rest = spec;
  for (const modifier of MODIFIERS) {
    if (!rest.startsWith(modifier) || rest.length === modifier.length) continue;
    const name = modifier.slice(0, -1);
    parts.push(name === 'Mod' ? (MAC ? '⌘' : 'Ctrl') : name);
    rest = rest.slice(modifier.length);
  }
  if (rest.startsWith('code:')) rest = rest.slice(5).replace(/^Key/, '');
  parts.push(KEY_NAMES[rest] ?? (rest.length === 1 ? rest.toUpperCase() : rest));
  return parts;
}
