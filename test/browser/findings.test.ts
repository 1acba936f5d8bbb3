import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GapsResult } from '../../src/analysis/gaps.js';
import type { KvResult } from '../../src/analysis/kv-result.js';
import type { SwitchResult } from '../../src/analysis/switch.js';
import { formatExact, formatNs, formatPercent } from '../../src/report/units.js';
import { missing, titled } from './chromium.js';
import { answer, GAPS, NAME } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

describe.skipIf(missing() !== undefined)(titled('findings beside the picture'), () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(await recorded(NAME));
  });
  afterAll(() => viewer?.close());

  /** What the panel shows once it is worked out, and the exact figures that its tooltips have. */
  async function panel(
    id: 'idle' | 'hotspots' | 'blocks' | 'kv' | 'switch',
  ): Promise<{ text: string; exact: string[] }> {
    await viewer.page.locator(`#tab-${id}`).click();
    const shown = viewer.page.locator(`#panel-${id}`);
    await shown.locator('table, .figures').first().waitFor();
    const exact = await shown
      .locator('[title]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('title')!));
    return { text: (await shown.innerText()).replace(/\s+/g, ' '), exact };
  }

  test('the idle budget is that of gaps --json, and closes', async () => {
    const [device] = answer<GapsResult>('gaps').devices;
    const { text, exact } = await panel('idle');
    const { busyNs, idleNs, window, idleByCause, gapCount } = device!;
    expect(busyNs + idleNs).toBe(window.spanNs);
    expect(text).toContain(
      `Of ${formatExact(window.spanNs)} ns: ${formatExact(busyNs)} busy + ${formatExact(idleNs)} idle`,
    );
    expect(text).toContain(formatExact(gapCount));
    const some = Object.entries(idleByCause).filter(([, ns]) => ns > 0);
    for (const [cause, ns] of some) {
      expect(text).toContain(cause);
      expect(exact).toContain(`${formatExact(ns)} ns`);
    }
    await expect.poll(() => viewer.page.locator('#panel-idle tbody tr').count()).toBe(some.length);
  });

  test('a hotspot goes to its example, and the arrows step through the rest', async () => {
    const [device] = answer<GapsResult>('gaps').devices;
    const spot = device!.hotspots[1]!;
    const { text } = await panel('hotspots');
    expect(text).toContain(`${spot.before} → ${spot.after}`);
    await viewer.page.locator('#panel-hotspots tbody tr').nth(1).getByRole('button').click();
    const { startNs, durationNs } = spot.example;
    await expect.poll(() => viewer.state.selection?.kind).toBe('event');
    await expect
      .poll(() => viewer.state.startNs <= startNs && viewer.state.endNs >= startNs + durationNs)
      .toBe(true);
    const stepper = viewer.page.locator('#panel-hotspots .stepper');
    const place = async (): Promise<number> =>
      Number(/([\d,]+) of/.exec(await stepper.innerText())![1]!.replaceAll(',', ''));
    await expect.poll(() => stepper.innerText()).toContain(`of ${formatExact(spot.count)} gaps`);
    const first = await place();
    const selected = (): number => {
      const { selection } = viewer.state;
      if (selection?.kind !== 'event') return -1;
      expect(selection.ref.track).toBe(GAPS);
      return selection.ref.event;
    };
    await expect.poll(selected).toBeGreaterThan(-1);
    const at = selected();
    await stepper.getByRole('button', { name: 'Next gap like this' }).click();
    await expect.poll(selected).toBeGreaterThan(at);
    await expect.poll(place).toBe(first + 1);
    // What it went to is a gap of that kind.
    await viewer.page.locator('#panel-details .event-parts').waitFor();
    await stepper.getByRole('button', { name: 'Previous gap like this' }).click();
    await expect.poll(selected).toBe(at);
    for (let k = 0; k < 2; k++) await stepper.getByRole('button', { name: 'Previous gap like this' }).click();
    await expect.poll(selected).toBeLessThan(at);
  });

  test('no two hotspots read alike, and each says its whole path', async () => {
    const { hotspots } = answer<GapsResult>('gaps', '--top', '1000').devices[0]!;
    await panel('hotspots');
    const cells = viewer.page.locator('#panel-hotspots tbody tr td:first-child');
    await expect.poll(() => cells.count()).toBe(25);
    const shown = await cells.evaluateAll((all) =>
      all.map((cell) => ({ text: (cell as HTMLElement).innerText, hint: cell.getAttribute('title') })),
    );
    shown.forEach(({ hint }, k) => {
      const { before, after, path, cause } = hotspots[k]!;
      expect(hint).toBe(`${before} → ${after}\n${path}\n${cause}`);
    });
    expect(new Set(shown.map(({ text }) => text)).size).toBe(shown.length);
    // The innermost segment and the cause are never cut.
    const cut = await viewer.page
      .locator('#panel-hotspots :is(.path-inner, .path-word)')
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).length);
    expect(cut).toBe(0);
  });

  test('blocks: one bar each, and a click brings the block into view', async () => {
    const { blocks, steadyBlockNs, interFrameNs } = answer<SwitchResult>('switch');
    const { text, exact } = await panel('blocks');
    expect(text).toContain(formatNs(steadyBlockNs!));
    expect(text).toContain(formatNs(interFrameNs!));
    for (const { name, role, durationNs } of blocks) {
      expect(text).toContain(`${name} ${role} ${formatNs(durationNs)}`);
      expect(exact).toContain(`${formatExact(durationNs)} ns`);
    }
    // Drawn once the panel has a width.
    await expect.poll(() => viewer.page.locator('.blocks-chart .bar').count()).toBe(blocks.length);
    const isInView = ({ startNs, durationNs }: (typeof blocks)[number]): boolean => {
      const { state } = viewer;
      const room = durationNs * 0.1;
      return (
        state.startNs <= startNs &&
        state.startNs > startNs - room &&
        state.endNs >= startNs + durationNs &&
        state.endNs < startNs + durationNs + room
      );
    };
    await viewer.page.locator('#panel-blocks').getByRole('button', { name: blocks[3]!.name }).click();
    await expect.poll(() => isInView(blocks[3]!)).toBe(true);
    await viewer.page.locator('.blocks-chart .bar').nth(7).click();
    await expect.poll(() => isInView(blocks[7]!)).toBe(true);
  });

  test('the KV cache: the figures of kv --json', async () => {
    const { total, rows, shareOfBlock } = answer<KvResult>('kv');
    const { text, exact } = await panel('kv');
    expect(text).toContain(formatPercent(shareOfBlock!));
    expect(exact).toContain(`${formatExact(total.gpuNs)} ns`);
    expect(exact).toContain(`${formatExact(total.idleNs)} ns`);
    for (const { operation, phase, gpuNs, idleNs } of rows) {
      expect(text).toContain(`${operation} ${phase} ${formatNs(gpuNs)} ${formatNs(idleNs)}`);
    }
  });

  test('the prompt switch: the figures of switch --json', async () => {
    const { switches } = answer<SwitchResult>('switch');
    const { text, exact } = await panel('switch');
    expect(switches.length).toBe(1);
    for (const { latencyNs, blockNs, beforeNs, block, before } of switches) {
      expect(exact).toContain(`${formatExact(latencyNs)} ns`);
      expect(text).toContain(formatNs(latencyNs));
      expect(text).toContain(`${formatNs(blockNs)} − ${formatNs(beforeNs)}`);
      expect(text).toContain(`${block} less ${before}`);
    }
    // The chart draws every part that is not nothing, and says them to a screen reader.
    const { parts } = switches[0]!;
    const chart = viewer.page.locator('#panel-switch svg').first();
    for (const ns of Object.values(parts)) {
      if (Math.abs(ns) > 1e5) await expect.poll(() => chart.innerHTML()).toContain(formatNs(ns));
    }
    const figures = await chart.locator('text').allTextContents();
    expect(
      figures.some((text) => /−\d/.test(text)),
      'a part that became shorter',
    ).toBe(true);
    expect(figures.filter((text) => /-\d/.test(text))).toEqual([]);
  });
});
