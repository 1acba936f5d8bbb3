import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ViewState } from '../../viewer/state/view-state.js';
import { temporaryFolder } from '../unit/small-trace.js';
import { missing, titled } from './chromium.js';
import { CALLS, GAPS, NAME, OPS, PROJECTION } from './full-eager.js';
import { folderOf, recorded, served } from './served.js';
import { Viewer } from './viewer.js';

/** Parts that are no view of any trace. */
const SENSELESS = [
  'v1&t=5,1&e=0,nope,999999999999&pin=%E0%A4%A',
  'v9&t=0,1000',
  `v1&q=${'x'.repeat(140_000)}`,
  'v1&__proto__=1&constructor=2&t=NaN,Infinity',
  '%00%ff&<script>alert(1)</script>',
];

describe.skipIf(missing() !== undefined)(titled('what is kept'), () => {
  test('the address: window, selection, pins, what is hidden and folded, search, filter, panels', async () => {
    const kept: Partial<ViewState> = {
      startNs: 1_000_000_000,
      endNs: 1_200_000_000,
      selection: { kind: 'event', ref: { slot: 0, track: OPS, event: 40_000 } },
      pinned: [GAPS],
      hidden: [CALLS],
      collapsed: [PROJECTION],
      search: 'kv & clone=1,#',
      filterOn: true,
      side: 'blocks',
      bottom: 'details',
      theme: 'dark',
    };
    const viewer = await Viewer.open(await recorded(NAME), { state: kept });
    for (const again of [false, true]) {
      if (again) {
        await viewer.page.reload();
        await viewer.ready();
      }
      await viewer.page
        .getByRole('list', { name: 'Pinned tracks' })
        .locator(`[data-key="${GAPS}"]`)
        .waitFor();
      await viewer.page.locator('.panel-details .event-title').waitFor();
      await viewer.page.getByRole('button', { name: '1 hidden track · show' }).waitFor();
      await viewer.label(PROJECTION).getByRole('button', { expanded: false }).waitFor();
      await expect.poll(() => viewer.page.locator('.search-input').inputValue()).toBe(kept.search);
      await viewer.page.locator('#tab-blocks[aria-selected=true]').waitFor();
      await viewer.page.locator('html[data-theme=dark]').waitFor();
      await viewer.expectState(kept);
      // Nothing was asked of the trace before it was there.
      expect(await viewer.page.locator('.toast').count()).toBe(0);
    }
    await viewer.close();
  });

  test('an address that makes no sense shows the whole trace and says so', async () => {
    const viewer = await Viewer.open(await recorded('small-eager'), { hash: SENSELESS[0]! });
    for (const hash of SENSELESS) {
      if (hash !== SENSELESS[0]) await viewer.page.evaluate((hash) => void (location.hash = hash), hash);
      const toast = viewer.page.locator('.toast').filter({ hasText: /address/ });
      await toast.first().waitFor();
      await viewer.settled();
      await viewer.page.keyboard.press('KeyW');
      // A step into the whole trace, whose end is at 1.65 s.
      await expect.poll(() => viewer.state.endNs - viewer.state.startNs).toBeGreaterThan(1.2e9);
      while ((await toast.count()) > 0) await toast.first().getByRole('button').click();
    }
    await viewer.close();
  });

  test('an event that is not in this trace is told of, and the rest of the address counts', async () => {
    const state = { startNs: 1e9, endNs: 1.1e9, bottom: 'details' as const };
    const selection = { kind: 'event' as const, ref: { slot: 0 as const, track: OPS, event: 4_000_000_000 } };
    const viewer = await Viewer.open(await recorded(NAME), { state: { ...state, selection } });
    await viewer.page.locator('.toast').first().waitFor();
    await viewer.expectState(state);
    await viewer.close();
  });

  test('notes and flags go beside the trace, and are there again', async () => {
    const folder = join(temporaryFolder(), 'copy.trace');
    cpSync(folderOf('small-eager'), folder, { recursive: true });
    const viewer = await Viewer.open(await served(folder), { state: { startNs: 1e9, endNs: 1.1e9 } });
    const { page } = viewer;
    const stage = await viewer.box('.tl-stage');
    await page.mouse.move(stage.x + stage.width / 2, stage.y + 200);
    await page.keyboard.press('Shift+N');
    await page.keyboard.press('n');
    await page.keyboard.type('<b>slow</b> here');
    await page.keyboard.press('Tab');
    const file = join(folder, 'notes.json');
    const notes = (): { text: string; startNs: number }[] =>
      existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')) as { notes: { text: string; startNs: number }[] }).notes
        : [];
    await expect
      .poll(() =>
        notes()
          .map(({ text }) => text)
          .sort(),
      )
      .toEqual(['', '<b>slow</b> here']);
    for (const { startNs } of notes()) expect(Math.abs(startNs - 1.05e9)).toBeLessThan(1e6);
    await viewer.close();
    const again = await Viewer.open(await served(folder), { state: { side: 'notes' } });
    await expect.poll(() => again.page.locator('[data-note]').count()).toBe(2);
    const texts = await again.page
      .locator('[data-note] textarea')
      .evaluateAll((all) => all.map((one) => (one as HTMLTextAreaElement).value));
    expect(texts.sort()).toEqual(['', '<b>slow</b> here']);
    await again.page
      .getByRole('button', { name: /^Remove the note/ })
      .first()
      .click();
    await expect.poll(() => notes().length).toBe(1);
    await again.close();
  });

  test('colours: the system’s, and the switch overrules it; the canvas follows', async () => {
    const viewer = await Viewer.open(await recorded('small-eager'), { colorScheme: 'dark' });
    const ground = (): Promise<string> =>
      viewer.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    /** Of the canvas, below the last track. */
    const canvas = async (): Promise<number[]> => {
      await viewer.settled();
      return viewer.page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('.tl-stage canvas')!;
        const context = new OffscreenCanvas(1, 1).getContext('2d')!;
        context.drawImage(canvas, 5 - canvas.width, 5 - canvas.height);
        return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
      });
    };
    const dark = { page: 'rgb(19, 20, 22)', most: 60, least: 0 };
    const light = { page: 'rgb(252, 252, 251)', most: 255, least: 200 };
    const check = async ({ page, most, least }: typeof dark): Promise<void> => {
      await expect.poll(ground).toBe(page);
      await expect
        .poll(async () => (await canvas()).every((value) => value >= least && value <= most))
        .toBe(true);
    };
    await check(dark);
    await viewer.page.emulateMedia({ colorScheme: 'light' });
    await check(light);
    await viewer.page.getByRole('button', { name: 'Dark colours' }).click();
    await check(dark);
    await viewer.expectState({ theme: 'dark' });
    await viewer.page.getByRole('button', { name: 'Colours of the system' }).click();
    await check(light);
    await viewer.close();
  });
});
