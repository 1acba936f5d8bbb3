import { describe, expect, test } from 'vitest';
import { formatExact } from '../../src/report/units.js';
import { missing, titled } from './chromium.js';
import { CALLS, fullEager, GAPS, NAME, OPS, PROJECTION, RANGES } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

const EVENT = { kind: 'event' as const, ref: { slot: 0 as const, track: OPS, event: 60_000 } };

describe.skipIf(missing() !== undefined)(titled('without a mouse, without the picture'), () => {
  test('by keyboard alone: to a track, to an event, to its details, and to what they link to', async () => {
    const viewer = await Viewer.open(await recorded(NAME), { state: { startNs: 1e9, endNs: 1.001e9 } });
    const { page } = viewer;
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the timeline');
    await page.keyboard.press('Enter');
    // To the label of the ops' track, and into it.
    for (
      let k = 0;
      k < 20 && !(await page.evaluate(() => document.activeElement?.matches('.tl-stage')));
      k++
    ) {
      await page.keyboard.press('Tab');
    }
    const spoken = (): Promise<string> => page.locator('[aria-live]').last().innerText();
    for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowUp');
    await expect.poll(spoken).toContain('GPU 0');
    for (let k = 0; k < 2; k++) await page.keyboard.press('ArrowDown');
    await expect.poll(spoken).toMatch(/stream 7, 129,306 events/);
    await page.keyboard.press('Enter');
    await expect.poll(() => viewer.state.selection?.kind).toBe('event');
    const { selection } = viewer.state;
    if (selection?.kind !== 'event') return;
    expect(selection.ref.track).toBe(OPS);
    // It was in the middle of the view.
    const { ops } = await fullEager();
    expect(Math.abs(ops.startNs[selection.ref.event]! - 1.0005e9)).toBeLessThan(1e5);
    await page.locator('.panel-details .event-title').waitFor();
    // On to a link within the details.
    const reached = (): Promise<boolean> =>
      page.evaluate(
        () =>
          document.activeElement?.closest('.panel-details') !== null &&
          document.activeElement?.matches('button.go') === true,
      );
    for (let k = 0; k < 60 && !(await reached()); k++) await page.keyboard.press('Tab');
    expect(await reached()).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(() => JSON.stringify(viewer.state.selection)).not.toBe(JSON.stringify(selection));
    await viewer.close();
  });

  test('the focus can be seen wherever Tab stops', async () => {
    const viewer = await Viewer.open(await recorded(NAME), {
      state: { bottom: 'details', selection: EVENT },
    });
    const unseen: string[] = [];
    let stops = 0;
    for (let k = 0; k < 70; k++) {
      await viewer.page.keyboard.press('Tab');
      const stop = await viewer.page.evaluate(() => {
        const one = document.activeElement;
        if (one === null || one === document.body) return undefined;
        const ring = (element: Element): boolean => {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
          return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
        };
        // The stage draws its own ring, on the track.
        const line = getComputedStyle(one, '::after');
        // The line between labels and events becomes a thick one.
        const thick =
          one.matches('.tl-divider') && line.width === '2px' && line.backgroundColor !== 'rgba(0, 0, 0, 0)';
        const seen =
          thick ||
          ring(one) ||
          (one.parentElement !== null && ring(one.parentElement)) ||
          one.matches('.tl-stage');
        const box = one.getBoundingClientRect();
        return { seen: seen && box.width > 0 && box.height > 0, html: one.outerHTML.slice(0, 120) };
      });
      if (stop === undefined) break;
      stops++;
      if (!stop.seen) unseen.push(stop.html);
    }
    expect(unseen).toEqual([]);
    expect(stops).toBeGreaterThan(20);
    await viewer.close();
  });

  test('the table lists what is in view, and follows it', async () => {
    const view = { startNs: 2.0e9, endNs: 2.005e9 };
    const viewer = await Viewer.open(await recorded(NAME), {
      state: { ...view, bottom: 'table', hidden: [GAPS, CALLS, RANGES, PROJECTION] },
    });
    const { ops } = await fullEager();
    const inView = ({ startNs, endNs }: typeof view): number =>
      [...ops.startNs].filter((start, op) => start < endNs && start + ops.durationNs[op]! > startNs).length;
    const head = (): Promise<string> => viewer.text('.table-head');
    await expect.poll(head).toContain(`${formatExact(inView(view))} events in view`);
    const rows = viewer.page.locator('#panel-table tbody tr');
    await expect.poll(() => rows.count()).toBe(Math.min(100, inView(view)));
    const starts = await rows
      .locator('td:nth-child(4)')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('title')!.replace(/[^\d]/g, ''))));
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(ops.startNs.includes(starts[0]!)).toBe(true);
    const next = { startNs: 2.1e9, endNs: 2.103e9 };
    await viewer.go({ ...next, bottom: 'table', hidden: [GAPS, CALLS, RANGES, PROJECTION] });
    await expect.poll(head).toContain(`${formatExact(inView(next))} events in view`);
    await rows.first().getByRole('button').click();
    await expect.poll(() => viewer.state.selection?.kind).toBe('event');
    await viewer.close();
  });

  test('forced colours: the page keeps its shape, in the system’s colours', async () => {
    const viewer = await Viewer.open(await recorded('small-eager'), {
      forcedColors: 'active',
      colorScheme: 'dark',
    });
    const { ground, canvas } = await viewer.page.evaluate(() => {
      const probe = document.createElement('div');
      probe.style.color = 'Canvas';
      document.body.append(probe);
      const ground = getComputedStyle(document.documentElement).backgroundColor;
      return { ground, canvas: getComputedStyle(probe).color };
    });
    expect(ground).toBe(canvas);
    // The tabs can be told apart, the chosen one too.
    const looks = await viewer.page.locator('[role=tab]').evaluateAll((tabs) =>
      tabs.map((tab) => {
        const after = getComputedStyle(tab, '::after');
        return `${getComputedStyle(tab).color} ${after.content} ${after.backgroundColor}`;
      }),
    );
    expect(new Set(looks).size).toBeGreaterThan(1);
    await viewer.close();
  });
});
