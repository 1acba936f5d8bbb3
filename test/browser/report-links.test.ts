import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { WhatIfResult } from '../../src/projection/whatif-result.js';
import { readUrl } from '../../viewer/state/url.js';
import type { ViewState } from '../../viewer/state/view-state.js';
import { gapscope } from '../integration/gapscope.js';
import { temporaryFolder } from '../unit/small-trace.js';
import { missing, titled } from './chromium.js';
import { CALLS, fullEager, GAPS, NAME, OPS, PROJECTION } from './full-eager.js';
import { folderOf, recorded } from './served.js';
import { Viewer } from './viewer.js';

function stateOf(page: Page): ViewState {
  return readUrl(new URL(page.url()).hash).state;
}

/** The event that the timeline has selected, once it has one. */
async function selected(page: Page): Promise<{ track: string; event: number }> {
  await expect.poll(() => stateOf(page).selection?.kind).toBe('event');
  const { selection } = stateOf(page);
  if (selection?.kind !== 'event') throw new Error('nothing is selected');
  return selection.ref;
}

describe.skipIf(missing() !== undefined)(titled('from a report into the timeline'), () => {
  const folder = temporaryFolder();
  const url = pathToFileURL(join(folder, 'report.html')).href;
  let browser: Browser;
  let report: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    const args = ['report', folderOf(NAME), '-o', join(folder, 'report.html'), '--timeline', '-q'];
    expect(gapscope(args)).toMatchObject({ code: 0 });
    browser = await chromium.connect(inject('chromium'));
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(15_000);
    context.on('console', (message) => problems.push(message.text()));
    context.on('weberror', (error) => problems.push(error.error().message));
    report = await context.newPage();
    await report.goto(url);
  });
  afterAll(() => browser?.close());

  async function follow(selector: string): Promise<Page> {
    const context = report.context();
    const before = context.pages().length;
    await report.locator(selector).first().click();
    await expect.poll(() => context.pages().length).toBe(Math.max(2, before));
    return context.pages()[1]!;
  }

  test('a step of the plan opens it at its example, with that op selected', async () => {
    const json = await report.locator('#data-whatif').textContent();
    const { plan, edits } = JSON.parse(json!) as WhatIfResult;
    const first = edits.find((row) => row.edit === plan[0]!.edit);
    const example = first?.applies === true ? first.evidence.example : undefined;
    const page = await follow('#plan table a.spot');
    const { track, event } = await selected(page);
    expect(track).toBe(OPS);
    const { ops } = await fullEager();
    expect(ops.startNs[event]).toBe(example!.startNs);
    const { startNs, endNs, place } = stateOf(page);
    expect(startNs).toBeLessThan(example!.startNs);
    expect(endNs).toBeGreaterThan(example!.startNs + example!.durationNs);
    expect(endNs - startNs).toBeLessThan(30 * example!.durationNs);
    expect(place).toBeUndefined();
    await page.locator('.panel-details .event-title').waitFor();
  });

  test('the next link goes on in the same tab, without opening the trace again', async () => {
    const [, page] = report.context().pages();
    await page!.evaluate('globalThis.isStill = true');
    const gaps = report.locator('#hotspot-1 a.spot');
    const { place } = readUrl(new URL((await gaps.getAttribute('href'))!, url).hash).state;
    expect(await follow('#hotspot-1 a.spot')).toBe(page);
    await expect.poll(async () => (await selected(page!)).track).toBe(GAPS);
    expect(stateOf(page!).startNs).toBeLessThan(place!.startNs);
    expect(stateOf(page!).endNs).toBeGreaterThan(place!.startNs + place!.durationNs);
    expect(await page!.evaluate('globalThis.isStill')).toBe(true);
    await follow('#block-4 a.spot');
    await expect.poll(async () => (await selected(page!)).track).toBe(PROJECTION);
    await page!.locator('.panel-details').getByText('temporal_block_3').first().waitFor();
    await follow('#wait-1 a.spot');
    await expect.poll(async () => (await selected(page!)).track).toBe(CALLS);
    expect(await page!.evaluate('globalThis.isStill')).toBe(true);
  });

  test('what a step rests on is jumped to and marked; on a phone it unfolds', async () => {
    const jump = report.locator('#plan table').first().locator('a[href^="#kernel-"]').first();
    const id = (await jump.getAttribute('href'))!.slice(1);
    const row = report.locator(`#${id}`);
    const ground = (): Promise<string> => row.evaluate((one) => getComputedStyle(one).backgroundColor);
    const before = await ground();
    await jump.click();
    await expect.poll(ground).not.toBe(before);
    await expect.poll(async () => ((await row.boundingBox())?.y ?? -1) > 30).toBe(true);
    await report.setViewportSize({ width: 390, height: 844 });
    const last = report.locator('#kernel-15');
    await report.evaluate("location.hash = '#summary'");
    await expect.poll(() => last.isVisible()).toBe(false);
    expect(await report.locator('#kernel-6').isVisible()).toBe(true);
    await report.evaluate("location.hash = '#kernel-15'");
    await expect.poll(() => last.isVisible()).toBe(true);
    await report.evaluate("location.hash = '#summary'");
    await report.locator('#kernels .unfold').click();
    await expect.poll(() => last.isVisible()).toBe(true);
    await report.emulateMedia({ media: 'print' });
    expect(await report.locator('#hotspot-15').isVisible()).toBe(true);
    await report.emulateMedia({ media: 'screen' });
    await report.setViewportSize({ width: 1280, height: 900 });
  });

  test('nothing complained', () => {
    expect(problems).toEqual([]);
  });

  test('without a timeline, a click on a time copies the command that shows it', async () => {
    const file = join(folder, 'plain.html');
    expect(gapscope(['report', folderOf('small-graphs'), '-o', file, '-q']).code).toBe(0);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    const time = page.locator('#hotspot-2 button.spot');
    const command = (await time.getAttribute('title'))!.replace('Copy: ', '');
    expect(command).toMatch(/^gapscope view \S+small-graphs\.trace --at [\d.]+ms\.\.[\d.]+ms$/);
    await time.click();
    await expect.poll(() => page.locator('.copied').innerText()).toBe(`Copied: ${command}`);
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(command);
    await context.close();
  });

  test('a link to an event that is not in the trace says so, and keeps the window', async () => {
    const viewer = await Viewer.open(await recorded(NAME), {
      state: {
        startNs: 1e6,
        endNs: 2e6,
        place: { slot: 0, within: 'p1/d7', kind: 'ops', startNs: 1.5e6, durationNs: 10 },
      },
    });
    await viewer.page.getByText('is not in this trace').waitFor();
    await viewer.expectState({ startNs: 1e6, endNs: 2e6, selection: undefined, place: undefined });
    await viewer.close();
  });
});
