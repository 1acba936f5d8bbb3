import { describe, expect, test } from 'vitest';
import type { ViewState } from '../../viewer/state/view-state.js';
import { missing, titled } from './chromium.js';
import { CALLS, GAPS, NAME, OPS } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

const VIEW = { startNs: 1_000_000_000, endNs: 1_400_000_000 };
/** Too low for all tracks. */
const LOW = { width: 1440, height: 420 };

describe.skipIf(missing() !== undefined)(titled('a selection dragged to the edge'), () => {
  const area = ({ selection }: ViewState) => (selection?.kind === 'area' ? selection.area : undefined);
  const scrollTop = (viewer: Viewer): Promise<number> =>
    viewer.page.locator('.tl-scroller').evaluate((scroller) => scroller.scrollTop);
  const scrollEnd = (viewer: Viewer): Promise<number> =>
    viewer.page.locator('.tl-scroller').evaluate((one) => one.scrollHeight - one.clientHeight);

  test.each(['no-preference', 'reduce'] as const)(
    'scrolls the tracks down, and up again (motion: %s)',
    async (reducedMotion) => {
      const viewer = await Viewer.open(await recorded(NAME), {
        viewport: LOW,
        reducedMotion,
        state: { ...VIEW, side: undefined },
      });
      const { mouse } = viewer.page;
      await viewer.label(OPS).waitFor();
      const stage = await viewer.box('.tl-stage');
      const from = await viewer.at(OPS, 1.1e9, VIEW);
      await mouse.move(from.x, from.y);
      await mouse.down();
      await mouse.move(from.x + 100, from.y + 20);
      // Not before it is there.
      expect(await scrollTop(viewer)).toBe(0);
      await mouse.move(from.x + 200, stage.y + stage.height - 4);
      await expect.poll(() => scrollTop(viewer)).toBeGreaterThan(60);
      const end = await scrollEnd(viewer);
      await expect.poll(() => scrollTop(viewer)).toBeGreaterThan(end - 2);
      await viewer.label(CALLS).waitFor();
      await mouse.up();
      await expect.poll(() => area(viewer.state)?.tracks).toContain(CALLS);
      expect(area(viewer.state)!.tracks.slice(0, 2)).toEqual([OPS, GAPS]);
      expect(area(viewer.state)!.startNs).toBeLessThan(1.1e9 + 2e6);
      // And up, past the upper edge; the panel that opened would take most of the room.
      await viewer.go({ ...VIEW, side: undefined });
      await viewer.page.locator('.tl-scroller').evaluate((one) => one.scrollTo(0, one.scrollHeight));
      await viewer.label(CALLS).waitFor();
      const calls = await viewer.at(CALLS, 1.2e9, VIEW);
      await mouse.move(calls.x, calls.y);
      await mouse.down();
      await mouse.move(calls.x + 100, stage.y + 60);
      await mouse.move(calls.x + 100, stage.y - 30);
      await expect.poll(() => scrollTop(viewer)).toBe(0);
      await mouse.up();
      await expect.poll(() => area(viewer.state)?.tracks).toContain(OPS);
      expect(area(viewer.state)!.tracks).toContain(CALLS);
      await viewer.close();
    },
  );

  test('moves on in time, as far as there is any, from the tracks and from the axis', async () => {
    const viewer = await Viewer.open(await recorded(NAME), { reducedMotion: 'no-preference', state: VIEW });
    const { mouse } = viewer.page;
    await viewer.label(OPS).waitFor();
    const stage = await viewer.box('.tl-stage');
    const from = await viewer.at(OPS, 1.3e9, VIEW);
    await mouse.move(from.x, from.y);
    await mouse.down();
    await mouse.move(from.x + 50, from.y);
    await mouse.move(stage.x + stage.width + 40, from.y);
    await expect.poll(() => viewer.state.startNs).toBeGreaterThan(1.5e9);
    await mouse.move(stage.x + stage.width / 2, from.y);
    await mouse.up();
    await expect.poll(() => area(viewer.state)?.endNs ?? 0).toBeGreaterThan(1.6e9);
    expect(Math.abs(area(viewer.state)!.startNs - 1.3e9)).toBeLessThan(5e6);
    expect(viewer.state.endNs - viewer.state.startNs).toBeCloseTo(4e8, -1);

    await viewer.go({ startNs: 0.2e9, endNs: 0.6e9 });
    const axis = await viewer.box('.tl-axis');
    await mouse.move(axis.x + 300, axis.y + 8);
    await mouse.down();
    await mouse.move(axis.x + 200, axis.y + 8);
    await mouse.move(axis.x - 80, axis.y + 8);
    // It stops where the trace begins.
    await expect.poll(() => viewer.state.startNs).toBe(0);
    await new Promise((done) => setTimeout(done, 400));
    await mouse.up();
    await expect.poll(() => viewer.state.selection?.kind).toBe('time');
    const { selection } = viewer.state;
    if (selection?.kind !== 'time') throw new Error('no time');
    expect(selection.startNs).toBe(0);
    expect(selection.endNs).toBeCloseTo(0.2e9 + (300 / axis.width) * 4e8, -7);
    expect(viewer.state.startNs).toBe(0);
    await viewer.close();
  });
});
