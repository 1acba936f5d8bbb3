import { describe, expect, it } from 'vitest';
import { BOTTOM_PANELS, SIDE_PANELS } from '../../../viewer/panels/index.js';
import { COMMAND_GROUPS, CommandRegistry, type Command } from '../../../viewer/interact/commands.js';
import { fuzzyScore } from '../../../viewer/interact/fuzzy.js';
import { commandOf, isKey, keyCaps, type KeyPress } from '../../../viewer/interact/keyboard.js';
import { shellCommands } from '../../../viewer/shell/shell-commands.js';
import type { TraceDesk } from '../../../viewer/shell/trace-desk.js';
import { INITIAL_STATE, ViewStore } from '../../../viewer/state/view-state.js';
import { timelineCommands, type TimelineActions } from '../../../viewer/timeline/timeline-commands.js';

const nothing = (): undefined => undefined;
const timeline = timelineCommands(new Proxy({} as TimelineActions, { get: () => nothing }));
const shell = shellCommands(
  new ViewStore(INITIAL_STATE),
  { state: () => ({ kind: 'empty' }) } as unknown as TraceDesk,
  SIDE_PANELS,
  BOTTOM_PANELS,
  new Proxy({} as Parameters<typeof shellCommands>[4], { get: () => nothing }),
);
/** What search box, help and palette add when they are put into a page. */
const dialogs: Command[] = [
  { id: 'search.start', title: 'Search names', group: 'Search', keys: ['/'], run: nothing },
  { id: 'page.help', title: 'Show all keys', group: 'Page', keys: ['?'], run: nothing },
  { id: 'page.palette', title: 'Find a command', group: 'Page', keys: ['Mod+k', 'p'], run: nothing },
];
const all = [...timeline, ...shell, ...dialogs];

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: /^[A-Z?]$/.test(key),
  altKey: false,
  ...more,
});

describe('commands', () => {
  it('have ids, titles and groups that can be shown', () => {
    const registry = new CommandRegistry();
    registry.register(...all);
    for (const { title, group } of registry.all()) {
      expect(title).toMatch(/^[A-Z].{3,}[^.]$/);
      expect(COMMAND_GROUPS).toContain(group);
    }
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
  });

  it('share no key, not even by place on a QWERTY keyboard', () => {
    const keys = all.flatMap(({ keys = [] }) =>
      keys.map((key) => key.replace(/code:Key(\w)/, (_, c: string) => c.toLowerCase())),
    );
    expect(keys.filter((key, k) => keys.indexOf(key) !== k)).toEqual([]);
  });

  it('are each found by each of their keys, and by that key only', () => {
    for (const command of all) {
      for (const key of command.keys ?? []) {
        const parts = key.split('+').filter((part) => part !== '');
        const last = key.endsWith('+') ? '+' : parts.at(-1)!;
        const code = last.startsWith('code:') ? last.slice(5) : undefined;
        const event = press(code === undefined ? last : code.slice(3).toLowerCase(), {
          shiftKey: parts.includes('Shift') || last === '?',
          ctrlKey: parts.includes('Mod'),
          altKey: parts.includes('Alt'),
        });
        expect(commandOf(all, event)?.id, key).toBe(command.id);
      }
    }
  });

  it('go by place for W, A, S and D, and by letter for the others', () => {
    // AZERTY: Z is where W is, and the comma is where M is.
    expect(commandOf(all, press('z', { code: 'KeyW' }))?.id).toBe('move.zoom-in');
    expect(commandOf(all, press(',', { code: 'KeyM' }))?.id).toBe('select.previous');
    expect(commandOf(all, press('m', { code: 'Semicolon' }))?.id).toBe('select.selection-area');
    // Dvorak: a place comes before a letter, and the comma is where W is.
    expect(commandOf(all, press(',', { code: 'KeyW' }))?.id).toBe('move.zoom-in');
    expect(commandOf(all, press('ArrowLeft', { shiftKey: true }))?.id).toBe('select.previous');
  });

  it('leave the keys of the browser alone', () => {
    for (const key of ['w', 's', 'a', 'd', 'f', 'n', 't', 'c', 'x', 'r', 'l']) {
      expect(commandOf(all, press(key, { ctrlKey: true })), `Ctrl+${key}`).toBeUndefined();
    }
    expect(commandOf(all, press('ArrowLeft', { altKey: true }))).toBeUndefined();
  });

  it('take signs that need AltGr or Shift', () => {
    expect(isKey('[', press('[', { code: 'Digit8', ctrlKey: true, altKey: true }))).toBe(true);
    expect(isKey('?', press('?', { shiftKey: true }))).toBe(true);
    expect(isKey('/', press('/', { shiftKey: true }))).toBe(true);
    expect(isKey('+', press('+'))).toBe(true);
    expect(isKey('f', press('F', { shiftKey: true }))).toBe(false);
  });

  it('are refused twice, and gone when taken out', () => {
    const registry = new CommandRegistry();
    const [first] = timeline;
    const remove = registry.register(first!);
    expect(() => registry.register(first!)).toThrow(first!.id);
    remove();
    expect(registry.run(first!.id)).toBe(false);
  });

  it('do not run while disabled', () => {
    const registry = new CommandRegistry();
    let runs = 0;
    let enabled = false;
    registry.register({ id: 'x', title: 'X', group: 'Page', run: () => runs++, enabled: () => enabled });
    expect(registry.run('x')).toBe(false);
    enabled = true;
    expect(registry.run('x')).toBe(true);
    expect(runs).toBe(1);
  });

  it('show their keys as they are printed', () => {
    expect(keyCaps('code:KeyW')).toEqual(['W']);
    expect(keyCaps('Shift+ArrowLeft')).toEqual(['Shift', '←']);
    expect(keyCaps('Mod+k')).toEqual(['Ctrl', 'K']);
    expect(keyCaps('+')).toEqual(['+']);
  });
});

describe('finding a command by some letters', () => {
  const best = (typed: string): string | undefined =>
    all
      .map(({ id, title }) => ({ id, score: fuzzyScore(typed, title) }))
      .filter(({ score }) => score !== undefined)
      .sort((a, b) => b.score! - a.score!)[0]?.id;

  it('puts the obvious one first', () => {
    expect(best('pin')).toBe('tracks.pin');
    expect(best('next ev')).toBe('select.next');
    expect(best('zo')).toBe('move.zoom-out');
    expect(best('hidden')).toBe('tracks.show-hidden');
    expect(best('flag')).toBe('notes.flag');
  });

  it('finds nothing for letters that are not there', () => {
    expect(best('qqq')).toBeUndefined();
    expect(fuzzyScore('abc', 'acb')).toBeUndefined();
  });
});
