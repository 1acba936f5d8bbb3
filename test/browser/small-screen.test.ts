import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { missing, titled } from './chromium.js';
import { CALLS, GAPS, NAME, OPS, PROJECTION } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

const PHONE = { viewport: { width: 390, height: 844 } };
const NO_PANELS = { side: undefined, bottom: undefined };

/** Pixels of the picture in a strip across the stage that have a colour: events have, the ground and its lines do not. */
function coloured(page: Page, top: number, height: number): Promise<number> {
  return page.evaluate(
    ([top, height]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.tl-stage canvas')!;
      const box = canvas.getBoundingClientRect();
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, Math.round(top - box.y), canvas.width, Math.floor(height));
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
        if (Math.max(r, g, b) - Math.min(r, g, b) > 16) count++;
      }
      return count;
    },
    [top, height] as const,
  );
}

describe.skipIf(missing() !== undefined)(titled('on a phone'), () => {
  test('no label lies over events, and events begin below each', async () => {
    const viewer = await Viewer.open(await recorded(NAME), { ...PHONE, state: NO_PANELS });
    await viewer.label(CALLS).waitFor();
    await viewer.settled();
    for (const key of [PROJECTION, OPS, GAPS, CALLS]) {
      const box = (await viewer.label(key).boundingBox())!;
      expect(await coloured(viewer.page, box.y, box.height), key).toBe(0);
      expect(await coloured(viewer.page, box.y + box.height, 36), key).toBeGreaterThan(100);
      const name = viewer.label(key).locator('.tl-name');
      const { y, height } = (await name.boundingBox())!;
      expect(y >= box.y && y + height <= box.y + box.height, key).toBe(true);
    }
    await viewer.close();
  });

  test('a tap on a label folds its track, one on an event beside it selects that', async () => {
    const view = { startNs: 1.0e9, endNs: 1.2e9 };
    const viewer = await Viewer.open(await recorded(NAME), {
      ...PHONE,
      hasTouch: true,
      state: { ...view, ...NO_PANELS },
    });
    await viewer.label(CALLS).waitFor();
    await viewer.settled();
    const label = (await viewer.label(PROJECTION).boundingBox())!;
    await viewer.page.touchscreen.tap(label.x + 60, label.y + label.height + 10);
    await expect.poll(() => viewer.state.selection?.kind).toBe('event');
    await viewer.label(PROJECTION).getByRole('button', { expanded: true }).tap();
    await viewer.expectState({ collapsed: [PROJECTION] });
    await viewer.close();
  });

  test('both names of a comparison can be read', async () => {
    const url = await recorded('full-eager', 'full-batch2');
    const viewer = await Viewer.open(url, { ...PHONE, state: NO_PANELS });
    const names = viewer.page.locator('.title h1, .title .other .name');
    await expect.poll(() => names.count()).toBe(2);
    const look = await names.evaluateAll((all) =>
      all.map((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        const text = (one as HTMLElement).innerText;
        return { text, left, right, top, bottom, isCut: one.scrollWidth > one.clientWidth };
      }),
    );
    expect(look.map(({ text, isCut }) => [text, isCut])).toEqual([
      ['full-eager', false],
      ['full-batch2', false],
    ]);
    for (const { left, right, top, bottom } of look) {
      expect(right - left).toBeGreaterThan(40);
      expect(left >= 0 && right <= 390 && top >= 0 && bottom <= 44).toBe(true);
    }
    expect(look[0]!.bottom).toBeLessThanOrEqual(look[1]!.top);
    await viewer.close();
  });
});
