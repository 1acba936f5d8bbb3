import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPageFiles } from '../../src/server/page-files.js';
import { serve } from '../../src/server/server.js';
import type { ViewState } from '../../viewer/state/view-state.js';
import { violations } from './axe.js';
import { missing, titled } from './chromium.js';
import { NAME, OPS } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

const SELECTED = {
  bottom: 'details' as const,
  selection: { kind: 'event' as const, ref: { slot: 0 as const, track: OPS, event: 60_000 } },
};
const WIDE = { width: 1440, height: 900 };
const SMALL = { width: 390, height: 844 };

async function check({ page }: Viewer): Promise<void> {
  expect(await violations(page)).toEqual([]);
  const { width, room } = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    room: innerWidth,
  }));
  expect(width, 'wider than the page').toBeLessThanOrEqual(room);
}

describe.skipIf(missing() !== undefined)(titled('axe finds nothing wrong with'), () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(await recorded(NAME));
  });
  afterAll(() => viewer?.close());

  test.each<[string, typeof WIDE, 'light' | 'dark', string, Partial<ViewState>]>([
    ['a trace, light', WIDE, 'light', '#panel-idle table', {}],
    ['a trace, dark', WIDE, 'dark', '#panel-idle table', {}],
    ['details', WIDE, 'light', '.event-title', SELECTED],
    ['details, dark', WIDE, 'dark', '.event-title', SELECTED],
    [
      'hotspots, table, filter',
      WIDE,
      'light',
      '#panel-table tbody tr',
      { side: 'hotspots', bottom: 'table', search: 'gemm', filterOn: true },
    ],
    ['blocks', WIDE, 'light', '#panel-blocks .bar', { side: 'blocks' }],
    ['the KV cache, dark', WIDE, 'dark', '#panel-kv tbody tr', { side: 'kv' }],
    ['the switch', WIDE, 'light', '#panel-switch svg', { side: 'switch' }],
    [
      'an area, dark',
      WIDE,
      'dark',
      '#panel-area tbody tr',
      { bottom: 'area', selection: { kind: 'time', slot: 0, startNs: 1e9, endNs: 1.1e9 } },
    ],
    ['a small screen', SMALL, 'light', '.tl-stage', { side: undefined }],
    ['a small screen with findings, dark', SMALL, 'dark', '#panel-hotspots tbody tr', { side: 'hotspots' }],
    ['a small screen with details', SMALL, 'light', '.event-title', { side: undefined, ...SELECTED }],
  ])('%s', async (_, size, colorScheme, selector, state) => {
    await viewer.page.setViewportSize(size);
    await viewer.page.emulateMedia({ colorScheme });
    await viewer.go(state);
    await viewer.page.locator(selector).first().waitFor();
    await check(viewer);
  });

  test.each([
    ['help', '?', 'dialog[open].help'],
    ['palette', 'Control+k', 'dialog[open].palette'],
  ])('the %s', async (_, key, selector) => {
    await viewer.page.setViewportSize(WIDE);
    await viewer.go({});
    await viewer.page.keyboard.press(key);
    await viewer.page.locator(selector).waitFor();
    await check(viewer);
    await viewer.page.keyboard.press('Escape');
  });

  test('forced colours', async () => {
    await viewer.page.emulateMedia({ forcedColors: 'active' });
    await viewer.go({ bottom: 'table' });
    await viewer.page.locator('#panel-table tbody tr').first().waitFor();
    await check(viewer);
  });

  test('two traces compared', async () => {
    const two = await Viewer.open(await recorded('full-eager', 'full-batch2'), {
      state: { side: 'compare' },
    });
    await two.page.locator('#panel-compare tbody tr').first().waitFor();
    await check(two);
    await two.close();
  });

  test('the page before anything is opened, light and dark', async () => {
    const empty = await serve({ page: await readPageFiles(), traces: [], port: 0 });
    const start = await Viewer.open(empty.url, { bare: true });
    for (const colorScheme of ['light', 'dark'] as const) {
      await start.page.emulateMedia({ colorScheme });
      await start.page.getByRole('heading', { name: 'Drop a trace here' }).waitFor();
      await check(start);
    }
    await start.close();
    await empty.close();
  });
});
