import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, CHROMIUM_ARGUMENTS } from '../browser/chromium.js';
import { gapscope, REPOSITORY } from './gapscope.js';

describe.skipIf(!existsSync(CHROMIUM))(
  'the report in a browser (Chromium; GAPSCOPE_CHROMIUM names another)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'gapscope-browser-'));
    const file = join(folder, 'report.html');
    let browser: Browser;

    beforeAll(async () => {
      expect(gapscope(['report', join(REPOSITORY, 'traces', 'full-eager.trace'), '-o', file]).code).toBe(0);
      browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGUMENTS });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Opens the file; whatever it asks for or complains about is in `problems`. */
    async function open(
      width: number,
      colorScheme: 'light' | 'dark',
      javaScriptEnabled = true,
    ): Promise<{ page: Page; problems: string[] }> {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
        javaScriptEnabled,
      });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('request', (request) => {
        if (request.url() !== pathToFileURL(file).href) problems.push(`asked for ${request.url()}`);
      });
      await page.goto(pathToFileURL(file).href);
      return { page, problems };
    }

    test.each([
      [390, 'light'],
      [390, 'dark'],
      [1280, 'light'],
      [1280, 'dark'],
    ] as const)(
      'at %i px, %s: no error, no request, nothing wider than the page, no text over another',
      async (width, theme) => {
        const { page, problems } = await open(width, theme);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        const background = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
        expect(background).toBe(theme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 27)');
        expect(await page.evaluate(OVERLAPS)).toEqual([]);
        expect(problems).toEqual([]);
        await page.context().close();
      },
    );

    test('prints on white, whatever the theme, with no table cut off', async () => {
      const { page, problems } = await open(1280, 'dark');
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      // A4 less its margins, in CSS pixels.
      await page.setViewportSize({ width: 688, height: 900 });
      expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
        'rgb(255, 255, 255)',
      );
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(688);
      expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(50_000);
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('sorts its tables, and changes its colours', async () => {
      const { page, problems } = await open(1280, 'light');
      const table = page.locator('#blocks table');
      // As text: the tests' types know no browser.
      const latencies = (): Promise<number[]> =>
        page.evaluate(
          `[...document.querySelectorAll('#blocks tbody td:nth-child(4)')].map((cell) => Number(cell.dataset.sort))`,
        );
      const before = await latencies();
      await table.locator('th:nth-child(4) button').click();
      expect(await latencies()).toEqual(before.toSorted((a, b) => b - a));
      await table.locator('th:nth-child(4) button').click();
      expect(await latencies()).toEqual(before.toSorted((a, b) => a - b));
      await page.locator('button[data-theme=dark]').click();
      expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
        'rgb(20, 23, 27)',
      );
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('can be read without script', async () => {
      const { page } = await open(1280, 'light', false);
      expect(await page.locator('.theme').isVisible()).toBe(false);
      expect(await page.locator('.wide .chart').first().isVisible()).toBe(true);
      await page.locator('.tiles a').first().click();
      expect(new URL(page.url()).hash).toBe('#def-block');
      await page.context().close();
    });
  },
);

/** Pairs of texts in the shown charts whose boxes cross by more than a pixel. */
const OVERLAPS = `
  [...document.querySelectorAll('.chart')].filter((one) => one.getClientRects().length > 0).flatMap((chart) => {
    const boxes = [...chart.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    return boxes.flatMap(([name, a], i) =>
      boxes.slice(i + 1).flatMap(([other, b]) => {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        // A line box is taller than its letters.
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - 4;
        return across > 1 && down > 1 ? [name + ' | ' + other] : [];
      }),
    );
  })`;
