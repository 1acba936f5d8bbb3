import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, titled } from './chromium.js';
import { PROJECTION } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

const OTHER = '1:p600/d0/projection';

describe.skipIf(missing() !== undefined)(titled('comparing two traces'), () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(await recorded('full-eager', 'full-batch2'), {
      state: { side: 'compare' },
      // Both traces and the details are in view: a label that is not is not there.
      viewport: { width: 1440, height: 1400 },
    });
    await viewer.label(OTHER).waitFor();
  });
  afterAll(() => viewer?.close());

  test('one above the other, under their names', async () => {
    const [above, below] = [
      await viewer.label(PROJECTION).boundingBox(),
      await viewer.label(OTHER).boundingBox(),
    ];
    expect(above!.y).toBeLessThan(below!.y);
    expect(await viewer.text('header.header')).toMatch(/full-eager\.trace against full-batch2\.trace/);
    expect(await viewer.label('#base').innerText()).toContain('full-eager.trace');
    expect(await viewer.label('#candidate').innerText()).toContain('full-batch2.trace');
  });

  test('aligned at a block, both blocks start at the same place', async () => {
    const panel = viewer.page.locator('#panel-compare');
    // By itself it aligns at the first block of both.
    await expect.poll(() => viewer.state.align?.candidate.track).toBe('p600/d0/projection');
    const first = viewer.state.align!.base.event;
    await panel.getByRole('textbox').fill('temporal_block:3');
    await panel.getByRole('button', { name: 'Align' }).click();
    await expect.poll(() => viewer.state.align?.base.event).not.toBe(first);
    await panel.locator('tbody tr').first().waitFor();
    const { align } = viewer.state;
    // What the details of both say of their start.
    const starts: string[] = [];
    for (const ref of [align!.base, align!.candidate]) {
      await viewer.go({ align, side: 'compare', bottom: 'details', selection: { kind: 'event', ref } });
      await expect.poll(() => viewer.text('.panel-details .event-title')).toBe('temporal_block_3');
      starts.push((await viewer.facts()).get('Start')!);
      // What is asked next must not find what is still there of this one.
      await viewer.go({ align, side: 'compare' });
      await viewer.page.locator('.panel-details').waitFor({ state: 'detached' });
    }
    expect(starts[0]).toBe(starts[1]);
    // And the picture: just after that time both are in block 3, just before it in block 2.
    const startNs = Number(starts[0]!.replace(/[^\d.]/g, '')) * 1e9;
    const view = { startNs: startNs - 1e8, endNs: startNs + 1e8 };
    await viewer.go({ ...view, align, side: 'compare', bottom: 'details' });
    for (const [offset, name] of [
      [3e7, 'temporal_block_3'],
      [-3e7, 'temporal_block_2'],
    ] as const) {
      for (const key of [PROJECTION, OTHER]) {
        const at = await viewer.at(key, startNs + offset, view, { index: 0, height: 17 });
        await viewer.page.mouse.click(at.x, at.y);
        await expect.poll(() => viewer.text('.panel-details .event-title')).toBe(name);
      }
    }
  });

  test('the deltas add up: candidate less base', async () => {
    await viewer.go({ side: 'compare' });
    const panel = viewer.page.locator('#panel-compare');
    for (const name of ['By kernel', 'By cause', 'By range']) {
      await panel.getByRole('button', { name }).click();
      await panel.locator('tbody tr').first().waitFor();
      const rows = await panel
        .locator('tbody tr')
        .evaluateAll((all) =>
          all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText.trim())),
        );
      expect(rows.length).toBeGreaterThan(2);
      for (const [, base, candidate, change] of rows) {
        const difference = nsOf(candidate!) - nsOf(base!);
        // Three digits are shown of each.
        const slack = 0.011 * Math.max(nsOf(base!), nsOf(candidate!)) + 1;
        expect(Math.abs(nsOf(change!) - difference), `${base} → ${candidate}: ${change}`).toBeLessThan(slack);
      }
    }
  });

  test('the alignment is in the address, and the second trace can be put away', async () => {
    const align = {
      base: { slot: 0 as const, track: PROJECTION, event: 0 },
      candidate: { slot: 1 as const, track: 'p600/d0/projection', event: 0 },
    };
    await viewer.go({ side: 'compare', align });
    await viewer.page.reload();
    await viewer.label(OTHER).waitFor();
    await viewer.expectState({ align });
    await viewer.page.getByRole('button', { name: 'Stop comparing' }).click();
    await viewer.label(OTHER).waitFor({ state: 'detached' });
    await expect.poll(() => viewer.text('header.header')).not.toContain('full-batch2');
    await viewer.label(PROJECTION).waitFor();
  });
});

const UNITS: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };

function nsOf(text: string): number {
  const [, sign, number, unit] = /^([+−-]?)([\d.,]+)\s(\S+)$/.exec(text) ?? [];
  const ns = Number((number ?? 'NaN').replaceAll(',', '')) * UNITS[unit ?? '']!;
  return sign === '−' || sign === '-' ? -ns : ns;
}
