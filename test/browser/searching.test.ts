import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatExact } from '../../src/report/units.js';
import { missing, titled } from './chromium.js';
import { fullEager, NAME, OPS } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

describe.skipIf(missing() !== undefined)(titled('searching'), () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(await recorded(NAME));
  });
  afterAll(() => viewer?.close());

  const count = (): Promise<string> => viewer.page.locator('.search-count').innerText();
  async function type(text: string): Promise<void> {
    await viewer.page.locator('body').press('/');
    await viewer.page.keyboard.type(text);
  }

  test('/ finds, counts and cycles in order of time', async () => {
    const { ops, strings } = await fullEager();
    await viewer.go({});
    // A kernel that ran often, by the middle of its name, in capitals.
    const tally = new Map<number, number>();
    for (let op = 0; op < ops.length; op++) tally.set(ops.name[op]!, (tally.get(ops.name[op]!) ?? 0) + 1);
    const isRare = (name: number): boolean => tally.get(name)! > 3 && tally.get(name)! < 400;
    const name = [...tally.keys()].find((one) => strings[one]!.length > 20 && isRare(one))!;
    const text = strings[name]!.slice(0, 60);
    const starts = [...ops.startNs].filter((_, op) => strings[ops.name[op]!]!.includes(text));
    await type(text.toUpperCase());
    await expect.poll(count).toBe(formatExact(starts.length));
    const at = (): number => {
      const { selection } = viewer.state;
      return selection?.kind === 'event' ? ops.startNs[selection.ref.event]! : -1;
    };
    await viewer.page.keyboard.press('Enter');
    await expect.poll(count).toBe(`1 of ${formatExact(starts.length)}`);
    await expect.poll(at).toBe(starts[0]);
    await viewer.page.keyboard.press('Enter');
    await expect.poll(at).toBe(starts[1]);
    for (let k = 0; k < 2; k++) await viewer.page.keyboard.press('Shift+Enter');
    // From the first backwards is the last.
    await expect.poll(at).toBe(starts.at(-1));
    await expect.poll(count).toBe(`${formatExact(starts.length)} of ${formatExact(starts.length)}`);
    // Out of the field: what was found stays, to step through by key.
    await viewer.page.keyboard.press('Escape');
    await viewer.page.keyboard.press('g');
    await expect.poll(at).toBe(starts[0]);
    await viewer.page.keyboard.press('Escape');
    await viewer.expectState({ selection: undefined, search: text.toUpperCase() });
    await viewer.page.keyboard.press('Escape');
    await viewer.expectState({ search: '' });
    await expect.poll(count).toBe('');
  });

  test('a regular expression; one that is not valid says so', async () => {
    const { ops, calls, ranges, strings } = await fullEager();
    await viewer.go({});
    await type('/^temporal_block_[34]$/');
    // On the host, and on the device.
    const onHost = [...ranges.name].filter((name) => /^temporal_block_[34]$/.test(strings[name]!)).length;
    expect(ops.length + calls.length).toBeGreaterThan(0);
    await expect.poll(count).toBe(String(2 * onHost));
    await viewer.page.locator('.search-input').fill('/(/');
    await expect.poll(count).toBe('not valid');
    await viewer.page.locator('.search-input').fill('nothing is called this');
    await expect.poll(count).toBe('0');
    const next = viewer.page.getByRole('button', { name: 'Next match (Enter)' });
    await expect.poll(() => next.isDisabled()).toBe(true);
  });

  test('matches are marked on the overview', async () => {
    const ink = (): Promise<number> =>
      viewer.page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('.tl-minimap-canvas')!;
        const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
        context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        let hash = 0;
        for (let i = 0; i < data.length; i++) hash = (hash * 31 + data[i]!) | 0;
        return hash;
      });
    await viewer.go({});
    const before = await ink();
    await viewer.go({ search: 'recache' });
    await expect.poll(count).toMatch(/^\d/);
    await expect.poll(ink).not.toBe(before);
  });

  test('the filter dims what does not match', async () => {
    const view = { startNs: 1.0e9, endNs: 1.0002e9 };
    /** How far the colours of the ops' track are from the ground, on average. */
    const strength = async (): Promise<number> => {
      await viewer.settled();
      const box = (await viewer.label(OPS).boundingBox())!;
      const stage = await viewer.box('.tl-stage');
      return viewer.page.evaluate(
        ([y, height]) => {
          const canvas = document.querySelector<HTMLCanvasElement>('.tl-stage canvas')!;
          const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
          context.drawImage(canvas, 0, 0);
          const { data } = context.getImageData(0, y, canvas.width, height);
          let sum = 0;
          for (let i = 0; i < data.length; i += 4) sum += 252 - data[i]! + 252 - data[i + 1]!;
          return sum / (data.length / 4);
        },
        [Math.round(box.y - stage.y + 4), Math.round(box.height - 8)] as const,
      );
    };
    await viewer.go(view);
    const plain = await strength();
    await viewer.go({ ...view, search: 'nothing is called this', filterOn: true });
    await expect.poll(count).toBe('0');
    await expect.poll(strength).toBeLessThan(plain / 2);
    await viewer.page.keyboard.press('x');
    await viewer.expectState({ filterOn: false });
    await expect.poll(strength).toBeGreaterThan(plain / 2);
  });
});
