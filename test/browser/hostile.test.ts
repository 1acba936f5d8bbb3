import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { smallTables, temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';
import { missing, titled } from './chromium.js';
import { served } from './served.js';
import { Viewer } from './viewer.js';

const SCRIPT = '<script>window.ran=1</script><img src=x onerror="window.ran=1"><svg onload="window.ran=1">';
const RTL = 'kernel\u202Egnp.exe\u2066evil\u2069';
const HUGE = `huge_${'x<y>'.repeat(250_000)}`;
const NUL = 'a\u0000b\u0007c\u001b[31md';
const LONE = 'lone \ud800 surrogate';

/** As text in a tooltip, a table or a title it must be shown, never obeyed. */
const NAMES = ['', SCRIPT, RTL, HUGE, NUL, LONE, '__proto__', '${window.ran=1}', 'javascript:window.ran=1'];

describe.skipIf(missing() !== undefined)(titled('a trace with hostile names'), () => {
  test('is shown, and nothing in it is run', async () => {
    const folder = join(temporaryFolder(), '"><img src=x onerror=window.ran=1>.trace');
    const tables = smallTables();
    await writeSmallTrace(
      {
        ops: { ...tables.ops, name: [1, 2, 3, 4, 5, 6, 7, 8] },
        calls: { ...tables.calls, name: [1, 2, 3, 4, 5, 6, 7, 8] },
        ranges: { ...tables.ranges, name: [1, 3] },
        strings: { id: NAMES.map((_, id) => id), text: NAMES },
        devices: { id: [0], key: ['name'], number: [0], text: [SCRIPT] },
        threads: { id: [11], name: [2] },
      },
      { exe: SCRIPT },
      folder,
    );
    const viewer = await Viewer.open(await served(folder), { state: { bottom: 'table' } });
    const { page } = viewer;
    expect(await page.title()).toContain('<img src=x onerror=window.ran=1>');
    expect(await viewer.text('header.header')).toContain(SCRIPT.slice(0, 40));
    const rows = page.locator('#panel-table tbody tr');
    const texts = (): Promise<string[]> => rows.locator('td:first-child').allInnerTexts();
    await expect
      .poll(async () => (await texts()).some((text) => text.includes('window.ran=1</script>')))
      .toBe(true);
    // Every op, its details, its tooltip.
    await viewer.go({ bottom: 'details' });
    const key: string = await page.evaluate(
      () => [...document.querySelectorAll<HTMLElement>('.tl-label.tl-ops')][0]!.dataset['key']!,
    );
    const stage = await viewer.box('.tl-stage');
    const label = (await viewer.label(key).boundingBox())!;
    for (let op = 0; op < 8; op++) {
      // The extent ends with the range, at 170 µs.
      const x = stage.x + ((11_000 + op * 20_000) / 170_000) * stage.width;
      await page.mouse.move(x, label.y + label.height / 2);
      await expect.poll(() => page.locator('.tl-tooltip').innerText()).not.toBe('');
      await page.mouse.click(x, label.y + label.height / 2);
      await viewer.expectState({ selection: { kind: 'event', ref: { slot: 0, track: key, event: op } } });
      await page.locator('.panel-details .event-title').waitFor();
    }
    for (const side of ['idle', 'hotspots', 'blocks', 'kv', 'switch', 'compare', 'notes'] as const) {
      await viewer.go({
        side,
        bottom: 'area',
        selection: { kind: 'time', slot: 0, startNs: 0, endNs: 170_000 },
      });
      await page.locator(`#panel-${side}`).waitFor();
    }
    await page.locator('#panel-area tbody tr').first().waitFor();
    expect(await page.evaluate(() => (globalThis as { ran?: number }).ran)).toBeUndefined();
    // Names became text: no element came of them.
    expect(await page.locator('img, script:not([src]), svg[onload]').count()).toBe(0);
    // What would turn the text around it is shown by its code.
    const all = await page.evaluate(() => document.body.innerText);
    for (const char of ['\u202e', '\u2066', '\u0000', '\u001b']) {
      expect(all.includes(char), `${char.charCodeAt(0)}`).toBe(false);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1440);
    await viewer.close();
  });

  test('is searched with hostile patterns without harm', async () => {
    const folder = await writeSmallTrace({
      strings: { id: [0, 1, 2, 3, 4, 5], text: ['', `${'a'.repeat(40)}!`, 'b', 'c', 'd', 'e'] },
    });
    const viewer = await Viewer.open(await served(folder));
    for (const text of ['/[/', '/\\/', '(', '__proto__', '\u202e']) {
      await viewer.go({ search: text });
      await expect.poll(() => viewer.page.locator('.search-count').innerText()).toMatch(/^(\d+|not valid)$/);
    }
    await viewer.close();
  });
});
