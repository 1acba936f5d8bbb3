import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, titled } from './chromium.js';
import { NAME, OPS } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

const START = { startNs: 1_000_000_000, endNs: 1_400_000_000 };
const SPAN = START.endNs - START.startNs;

describe.skipIf(missing() !== undefined)(titled('moving about'), () => {
  let viewer: Viewer;
  let stage: { x: number; y: number; width: number; height: number };
  beforeAll(async () => {
    viewer = await Viewer.open(await recorded(NAME));
    stage = await viewer.box('.tl-stage');
  });
  afterAll(() => viewer?.close());

  /** The view at the start of a test, with the pointer at a quarter of it. */
  async function begin(): Promise<void> {
    await viewer.go({ ...START });
    await viewer.page.mouse.move(stage.x + stage.width / 4, stage.y + 10);
    await viewer.settled();
  }

  /** Time under the pointer, and how much is in view, once the address says something else than before. */
  async function now(
    before = START.startNs,
  ): Promise<{ underPointer: number; span: number; startNs: number }> {
    await expect.poll(() => viewer.state.startNs).not.toBe(before);
    const { startNs, endNs } = viewer.state;
    return { startNs, span: endNs - startNs, underPointer: startNs + (endNs - startNs) / 4 };
  }
  /** The same, of something that goes on for a while: the address is a third of a second behind. */
  async function rested(before = START.startNs): Promise<Awaited<ReturnType<typeof now>>> {
    let last = await now(before);
    for (;;) {
      await new Promise((done) => setTimeout(done, 350));
      const next = await now(Number.NaN);
      if (next.startNs === last.startNs && next.span === last.span) return next;
      last = next;
    }
  }
  const aQuarter = START.startNs + SPAN / 4;
  const pixel = SPAN / 1000;

  test('W and S zoom at the pointer, A and D pan', async () => {
    await begin();
    await viewer.page.keyboard.press('KeyW');
    const zoomed = await now();
    expect(zoomed.span / SPAN).toBeCloseTo(0.8, 5);
    expect(Math.abs(zoomed.underPointer - aQuarter)).toBeLessThan(pixel);
    await viewer.page.keyboard.press('KeyS');
    const back = await now(zoomed.startNs);
    expect(back.span / SPAN).toBeCloseTo(1, 5);
    expect(Math.abs(back.underPointer - aQuarter)).toBeLessThan(pixel);
    await viewer.page.keyboard.press('KeyD');
    const later = await now(back.startNs);
    expect(later.span / SPAN).toBeCloseTo(1, 5);
    expect(later.startNs).toBeGreaterThan(START.startNs + pixel);
    await viewer.page.keyboard.press('KeyA');
    expect(Math.abs((await now(later.startNs)).startNs - START.startNs)).toBeLessThan(pixel);
  });

  test('by the place of the key, not by what is printed on it', async () => {
    await begin();
    // A French keyboard: where W is elsewhere, Z is typed; where Z is elsewhere, W.
    const type = (code: string, key: string): Promise<void> =>
      viewer.page.evaluate(
        ([code, key]) => {
          for (const type of ['keydown', 'keyup']) {
            document.body.dispatchEvent(
              new KeyboardEvent(type, { code: code!, key: key!, bubbles: true, cancelable: true }),
            );
          }
        },
        [code, key],
      );
    await type('KeyZ', 'w');
    await new Promise((done) => setTimeout(done, 400));
    expect(viewer.state).toMatchObject(START);
    await type('KeyW', 'z');
    expect((await now()).span).toBeLessThan(SPAN);
  });

  test('Ctrl and wheel zoom at the pointer, as a pinch on a trackpad does; the wheel alone does not', async () => {
    await begin();
    await viewer.page.mouse.wheel(0, -100);
    await viewer.page.keyboard.down('Control');
    await viewer.page.mouse.wheel(0, -100);
    const notch = await now();
    expect(notch.span / SPAN).toBeCloseTo(Math.exp(-0.28), 5);
    expect(Math.abs(notch.underPointer - aQuarter)).toBeLessThan(pixel);
    await viewer.page.mouse.wheel(0, 5);
    await viewer.page.keyboard.up('Control');
    const pinch = await now(notch.startNs);
    expect(pinch.span / notch.span).toBeCloseTo(Math.exp(5 * 0.012), 5);
    expect(Math.abs(pinch.underPointer - aQuarter)).toBeLessThan(pixel);
  });

  test('two fingers zoom about their middle', async () => {
    await begin();
    const session = await viewer.page.context().newCDPSession(viewer.page);
    const touch = (type: string, ...xs: number[]): Promise<unknown> =>
      session.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: xs.map((x, id) => ({ x: stage.x + x * stage.width, y: stage.y + 60, id })),
      });
    await touch('touchStart', 0.4, 0.6);
    await touch('touchMove', 0.35, 0.65);
    await touch('touchMove', 0.3, 0.7);
    await touch('touchEnd');
    await now();
    await expect.poll(() => viewer.state.endNs - viewer.state.startNs).toBeLessThan(SPAN * 0.55);
    const { startNs, endNs } = viewer.state;
    expect(Math.abs((startNs + endNs) / 2 - (START.startNs + SPAN / 2))).toBeLessThan(4 * pixel);
    await session.detach();
  });

  test('Shift and wheel pan, and so does a drag with Shift, as far as the hand moves', async () => {
    await begin();
    await viewer.page.keyboard.down('Shift');
    await viewer.page.mouse.wheel(0, 120);
    const wheeled = await now();
    expect(wheeled.span).toBeCloseTo(SPAN, -1);
    expect(wheeled.startNs - START.startNs).toBeCloseTo((120 / stage.width) * SPAN, -3);
    const y = stage.y + 100;
    await viewer.drag({ x: stage.x + 300, y }, { x: stage.x + 400, y });
    await viewer.page.keyboard.up('Shift');
    const dragged = await rested(wheeled.startNs);
    expect(dragged.startNs - wheeled.startNs).toBeCloseTo((-100 / stage.width) * SPAN, -3);
    expect(viewer.state.selection).toBeUndefined();
  });

  test('0 shows everything, Home and End go to the ends', async () => {
    await begin();
    await viewer.page.keyboard.press('End');
    await now();
    const atEnd = viewer.state;
    expect(atEnd.endNs - atEnd.startNs).toBeCloseTo(SPAN, -1);
    expect(atEnd.endNs).toBeGreaterThan(4.6e9);
    await viewer.page.keyboard.press('Home');
    await now(atEnd.startNs);
    expect(viewer.state.startNs).toBe(0);
    await viewer.page.keyboard.press('0');
    await expect.poll(() => viewer.state.endNs - viewer.state.startNs).toBeGreaterThan(4.6e9);
  });

  test('the minimap: a click goes there, the window and its edges are dragged', async () => {
    await begin();
    const map = await viewer.box('.tl-minimap');
    const whole = 4.623e9;
    const x = (ns: number): number => map.x + (ns / whole) * map.width;
    const y = map.y + map.height / 2;
    await viewer.page.mouse.click(x(3e9), y);
    const clicked = await rested();
    expect(clicked.span).toBeCloseTo(SPAN, -1);
    expect(Math.abs(clicked.startNs + SPAN / 2 - 3e9)).toBeLessThan(2e7);
    await viewer.drag({ x: x(3e9), y }, { x: x(2e9), y });
    const dragged = await rested(clicked.startNs);
    expect(dragged.span / SPAN).toBeCloseTo(1, 2);
    expect(Math.abs(dragged.startNs + SPAN / 2 - 2e9)).toBeLessThan(4e7);
    await viewer.drag({ x: x(2e9 + SPAN / 2), y }, { x: x(2e9 + SPAN), y });
    await expect.poll(() => (viewer.state.endNs - viewer.state.startNs) / SPAN).toBeGreaterThan(1.4);
    expect(viewer.state.startNs).toBeCloseTo(dragged.startNs, -7.5);
  });

  test('what jumped can be taken back with the browser’s own button', async () => {
    await begin();
    await viewer.page.keyboard.press('0');
    await now();
    await viewer.page.goBack();
    await viewer.expectState(START);
  });

  test('the view stays within the trace, and no narrower than 20 ns', async () => {
    await begin();
    for (let k = 0; k < 12; k++) await viewer.page.keyboard.press('Shift+PageUp');
    await expect.poll(() => viewer.state.startNs).toBeLessThan(0);
    expect(viewer.state.startNs).toBeGreaterThan(-SPAN / 10);
    await viewer.go({ startNs: 2e9, endNs: 2e9 + 1000 });
    await viewer.page.keyboard.down('Control');
    for (let k = 0; k < 20; k++) await viewer.page.mouse.wheel(0, -100);
    await viewer.page.keyboard.up('Control');
    await expect.poll(() => Math.round(viewer.state.endNs - viewer.state.startNs)).toBe(20);
  });
});

describe.skipIf(missing() !== undefined)(titled('moving on while a key is held'), () => {
  test('W goes on until it comes up, and the picture comes to rest', async () => {
    const viewer = await Viewer.open(await recorded(NAME), { reducedMotion: 'no-preference', state: START });
    await viewer.page.locator('.tl-stage').focus();
    await viewer.page.keyboard.down('KeyW');
    // Much more than the one step that a press makes.
    await expect.poll(() => viewer.state.endNs - viewer.state.startNs).toBeLessThan(SPAN / 4);
    await viewer.page.keyboard.up('KeyW');
    let before = -1;
    await expect
      .poll(
        () => {
          const span = viewer.state.endNs - viewer.state.startNs;
          const rests = span === before;
          before = span;
          return rests;
        },
        { interval: 400 },
      )
      .toBe(true);
    await viewer.close();
  });

  test('nothing glides where the system asks for no motion: the first picture after a key is the last', async () => {
    const seen: number[][] = [];
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      const viewer = await Viewer.open(await recorded(NAME), { reducedMotion, state: START });
      const spans: number[] = await viewer.page.evaluate(async (key) => {
        const label = document.querySelector<HTMLElement>(`[data-key="${key}"]`);
        const axis = document.querySelector<HTMLElement>('.tl-minimap .selection');
        if (label === null || axis === null) throw new Error('no timeline');
        const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
        document.body.dispatchEvent(
          new KeyboardEvent('keydown', { key: '0', code: 'Digit0', bubbles: true, cancelable: true }),
        );
        const widths: number[] = [];
        for (let k = 0; k < 6; k++) {
          await frame();
          await frame();
          widths.push(Math.round(axis.getBoundingClientRect().width));
        }
        return [...new Set(widths)];
      }, OPS);
      seen.push(spans);
      await viewer.close();
    }
    expect(seen[0]!.length).toBe(1);
    expect(seen[1]!.length).toBeGreaterThan(2);
  });
});
