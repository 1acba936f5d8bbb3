import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listFolder } from '../../src/export/listed-trace.js';
import { writeHtml } from '../../src/export/html.js';
import { readPageFiles } from '../../src/server/page-files.js';
import { serve, type Serving } from '../../src/server/server.js';
import { writeSmallTrace } from '../unit/small-trace.js';
import { REPOSITORY } from './gapscope.js';

const CHROMIUM = process.env.GAPSCOPE_CHROMIUM ?? '/usr/bin/chromium';
const IS_BUILT = existsSync(join(REPOSITORY, 'dist', 'viewer-single', 'viewer.js'));
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const AXE = join(REPOSITORY, 'node_modules', 'axe-core', 'axe.min.js');
/** A trace that says markup wherever it can. */
const EVIL = '</script><script>document.title="run"</script><img src=x onerror=alert(1)>$&$`';

describe.skipIf(!existsSync(CHROMIUM) || !IS_BUILT)(
  'the viewer in a browser (Chromium; GAPSCOPE_CHROMIUM names another)',
  () => {
    let folder: string;
    let trace: string;
    let browser: Browser;
    let serving: Serving;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'gapscope-viewer-'));
      trace = join(folder, 'small.trace');
      await writeSmallTrace(
        {
          strings: { id: [0, 1, 2, 3, 4, 5], text: ['', EVIL, 'copy', 'cudaLaunchKernel', 'block:0', EVIL] },
          status: { key: ['capture', 'dropped', 'exit'], value: ['on', '7', 'clean'], startNs: [0, 0, 0] },
        },
        {},
        trace,
      );
      const listed = await listFolder(trace);
      serving = await serve({ page: await readPageFiles(), traces: [listed!], port: 0 });
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    });
    afterAll(async () => {
      await browser?.close();
      await serving?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Opens an address; whatever the page complains about or asks of others is in `problems`. */
    async function open(
      url: string,
      {
        width = 1440,
        height = 900,
        colorScheme = 'light',
      }: { width?: number; height?: number; colorScheme?: 'light' | 'dark' } = {},
    ): Promise<{ page: Page; problems: string[] }> {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('request', (request) => {
        const own = request.url().startsWith(new URL(serving.url).origin) || request.url() === url;
        if (!own && !/^(blob|data):/.test(request.url())) problems.push(`asked for ${request.url()}`);
      });
      await page.goto(url);
      return { page, problems };
    }

    /** How many different colours the two largest canvases show: the events, and what lies over them. */
    function coloursOnCanvas(page: Page): Promise<number> {
      return page.evaluate(`(() => {
        const all = [...document.querySelectorAll('canvas')].sort((a, b) => b.width * b.height - a.width * a.height);
        const copy = new OffscreenCanvas(all[0].width, all[0].height).getContext('2d', { willReadFrequently: true });
        for (const canvas of all.slice(0, 2)) copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, all[0].width, all[0].height);
        const seen = new Set();
        for (let i = 0; i < data.length; i += 4 * 7) seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
        return seen.size;
      })()`);
    }

    async function drawn(page: Page): Promise<void> {
      await expect.poll(() => coloursOnCanvas(page), { timeout: 10_000 }).toBeGreaterThan(6);
    }

    test('draws what it is served, and says in its header what was lost', async () => {
      const { page, problems } = await open(serving.url);
      await drawn(page);
      expect(await page.title()).toBe('small.trace · gapscope');
      const header = await page.locator('header.header').innerText();
      expect(header).toContain('NVIDIA H200 · 8 ops · 8 calls');
      expect(header).toContain('7 records lost');
      await page.getByRole('button', { name: '7 records lost' }).click();
      expect(await page.locator('.popover:popover-open').innerText()).toContain('lost 7 records');
      await page.keyboard.press('Escape');
      expect(await page.locator('.popover:popover-open').count()).toBe(0);
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('one file from disk draws the same, asks for nothing, and runs nothing of the trace', async () => {
      const file = join(folder, 'one.html');
      const { bytes } = await writeHtml(trace, file);
      expect(readFileSync(file).length).toBe(bytes);
      const { page, problems } = await open(pathToFileURL(file).href);
      await drawn(page);
      expect(await page.title()).toBe('small.trace · gapscope');
      expect(await page.locator('header.header').innerText()).toContain('8 ops');
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('a name that is markup is text in one file too', async () => {
      const evil = join(folder, '"><script>alert(1)<_script>&$`.trace');
      await writeSmallTrace({}, {}, evil);
      const file = join(folder, 'evil.html');
      await writeHtml(evil, file);
      const { page, problems } = await open(pathToFileURL(file).href);
      await drawn(page);
      expect(await page.title()).toBe('"><script>alert(1)<_script>&$`.trace · gapscope');
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('a page too large to be opened is not written, unless it must be', async () => {
      const large = join(folder, 'large.trace');
      await writeSmallTrace({}, {}, large);
      const file = join(folder, 'large.html');
      // What counts is what is known of the size before anything is read.
      writeFileSync(join(large, 'calls.arrows.gz'), Buffer.alloc(80e6));
      rmSync(join(large, 'calls.arrows'));
      await expect(writeHtml(large, file)).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringContaining('too big for one page') as string,
      });
      expect(existsSync(file)).toBe(false);
      const forced = await writeHtml(large, file, { force: true });
      expect(forced.bytes).toBeGreaterThan(100e6);
    });

    test.each([
      [1440, 900, 'light'],
      [1440, 900, 'dark'],
      [390, 844, 'light'],
      [390, 844, 'dark'],
    ] as const)(
      'at %i × %i, %s: nothing wider than the page, nothing that axe finds',
      async (width, height, theme) => {
        const { page, problems } = await open(`${serving.url}#v1&bottom=table`, {
          width,
          height,
          colorScheme: theme,
        });
        await drawn(page);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        // The table says what the picture shows: a name that is markup is a text in it.
        await page.locator('.panel-table tbody tr').filter({ hasText: EVIL }).first().waitFor();
        expect(problems).toEqual([]);
        // Not as an inline script: the page's policy would refuse it.
        await page.evaluate(readFileSync(AXE, 'utf8'));
        const found = await page.evaluate(
          `axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
           violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`,
        );
        expect(found).toEqual([]);
        await page.context().close();
      },
    );

    test('by keyboard: skip link, panels, splitter, colours', async () => {
      const { page, problems } = await open(serving.url);
      await drawn(page);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(`document.activeElement.closest('#timeline') !== null`)).toBe(true);
      await page.keyboard.press('2');
      expect(await page.locator('#tab-hotspots').getAttribute('aria-selected')).toBe('true');
      await page.keyboard.press('ArrowLeft');
      expect(await page.locator('#tab-idle').getAttribute('aria-selected')).toBe('true');
      const line = page.getByRole('separator', { name: 'Width of the findings' });
      await line.focus();
      await page.keyboard.press('ArrowLeft');
      expect(await line.getAttribute('aria-valuenow')).toBe('396');
      expect(await page.evaluate(`document.querySelector('.slot-side').offsetWidth`)).toBe(396);
      await page.keyboard.press('i');
      expect(await page.locator('.slot-side').isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Dark colours' }).click();
      expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
        'rgb(19, 20, 22)',
      );
      await expect.poll(() => page.url(), { timeout: 10_000 }).toContain('theme=dark');
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('a file that is no trace is told of; one that is, is drawn', async () => {
      const empty = await serve({ page: await readPageFiles(), traces: [], port: 0 });
      const { page } = await open(empty.url);
      await page.getByRole('heading', { name: 'Drop a trace here' }).waitFor();
      const input = page.locator('input[type=file]');
      await input.setInputFiles({ name: 'x.bin', mimeType: '', buffer: Buffer.from('no trace') });
      await page.getByRole('dialog', { name: 'x.bin could not be opened' }).waitFor();
      await page.keyboard.press('Escape');
      const tables = ['ops', 'calls', 'ranges', 'strings', 'status', 'devices'];
      await input.setInputFiles(tables.map((name) => join(trace, `${name}.arrows`)));
      await drawn(page);
      expect(await page.locator('header.header').innerText()).toContain('8 ops');
      await page.context().close();
      await empty.close();
    });

    test('notes go to the folder, and are there again', async () => {
      const { page, problems } = await open(serving.url);
      await drawn(page);
      await page.locator('.tl-stage').focus();
      await page.keyboard.press('n');
      const file = join(trace, 'notes.json');
      // The cursor is in the new note.
      await page.keyboard.type('look here');
      await page.keyboard.press('Tab');
      const texts = (): string[] =>
        existsSync(file)
          ? (JSON.parse(readFileSync(file, 'utf8')) as { notes: { text: string }[] }).notes.map(
              ({ text }) => text,
            )
          : [];
      await expect.poll(texts, { timeout: 10_000 }).toEqual(['look here']);
      await page.reload();
      await drawn(page);
      await page.locator('#tab-notes').click();
      await page.locator('[data-note]').waitFor();
      expect(await page.locator('[data-note] textarea').inputValue()).toBe('look here');
      expect(await page.locator('.panel-notes').innerText()).toContain('Saved beside the trace');
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('a wrong address says what is wrong', async () => {
      const { page } = await open(serving.url.replace(/[0-9a-f]{32}/, '0'.repeat(32)));
      expect(await page.locator('h1').innerText()).toBe('This address is not complete');
      await page.context().close();
    });
  },
);
