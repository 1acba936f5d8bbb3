import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyCaps } from '../../viewer/interact/keyboard.js';
import { BOTTOM_PANELS, SIDE_PANELS } from '../../viewer/panels/index.js';
import { shellCommands } from '../../viewer/shell/shell-commands.js';
import type { TraceDesk } from '../../viewer/shell/trace-desk.js';
import { INITIAL_STATE, ViewStore } from '../../viewer/state/view-state.js';
import { timelineCommands, type TimelineActions } from '../../viewer/timeline/timeline-commands.js';
import { missing, titled } from './chromium.js';
import { NAME } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

describe.skipIf(missing() !== undefined)(titled('help and palette'), () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(await recorded(NAME));
  });
  afterAll(() => viewer?.close());

  /** What is registered, by the same functions as in the page; none of it is run. */
  const registered = [
    ...timelineCommands({} as TimelineActions),
    ...shellCommands(new ViewStore(INITIAL_STATE), {} as TraceDesk, SIDE_PANELS, BOTTOM_PANELS, {
      chooseFile: () => undefined,
    }),
  ];

  test('? lists every command that has a key, with its keys', async () => {
    await viewer.page.keyboard.press('?');
    const dialog = viewer.page.getByRole('dialog', { name: 'Keys' });
    await dialog.waitFor();
    const rows = await dialog.locator('.help-row').evaluateAll((all) =>
      all.map((row) => ({
        title: row.querySelector('dd')!.textContent,
        keys: [...row.querySelectorAll('kbd')].map((key) => key.textContent),
      })),
    );
    const listed = new Map(rows.map(({ title, keys }) => [title, keys]));
    const withKeys = registered.filter(({ keys }) => (keys?.length ?? 0) > 0);
    expect(withKeys.length).toBeGreaterThan(30);
    for (const { title, keys = [] } of withKeys) {
      expect(listed.get(title), title).toEqual(keys.map((key) => keyCaps(key).join(' + ')));
    }
    for (const title of ['Search names', 'Find a command', 'Show all keys']) {
      expect(listed.has(title), title).toBe(true);
    }
    // All of it can be seen.
    await viewer.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('the palette finds every command by its title, and runs it', async () => {
    await viewer.page.keyboard.press('Control+k');
    const field = viewer.page.getByRole('combobox', { name: 'Command' });
    await field.waitFor();
    for (const { title, enabled, id } of registered) {
      if (enabled !== undefined) continue; // it may have nothing to do now
      await field.fill(title);
      await expect
        .poll(() => viewer.page.locator('.palette-title').first().innerText(), { message: id })
        .toBe(title);
    }
    await field.fill('kv cache');
    await viewer.page.keyboard.press('Enter');
    await viewer.expectState({ side: 'kv' });
    await viewer.page.keyboard.press('p');
    await field.fill('dim what');
    await viewer.page.keyboard.press('Enter');
    await viewer.expectState({ filterOn: true });
    await viewer.page.keyboard.press('p');
    await field.fill('qqqqq');
    await expect.poll(() => viewer.page.locator('.palette-none').innerText()).toBe('No such command');
    await viewer.page.keyboard.press('Escape');
  });
});
