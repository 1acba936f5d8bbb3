import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Trace } from '../../src/trace/trace.js';
import { missing, titled } from './chromium.js';
import { CALLS, findOp, fullEager, GAPS, launchOf, NAME, OPS, PROJECTION } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

describe.skipIf(missing() !== undefined)(titled('selecting'), () => {
  let viewer: Viewer;
  let trace: Trace;
  beforeAll(async () => {
    trace = await fullEager();
    viewer = await Viewer.open(await recorded(NAME));
  });
  afterAll(() => viewer?.close());

  /** A view around an op, with so many times its length on both sides. */
  function around(op: number, times = 10): { startNs: number; endNs: number } {
    const { startNs, durationNs } = trace.ops;
    const room = times * durationNs[op]!;
    return { startNs: startNs[op]! - room, endNs: startNs[op]! + durationNs[op]! + room };
  }
  const ref = (track: string, event: number) => ({
    selection: { kind: 'event' as const, ref: { slot: 0 as const, track, event } },
  });

  test('a click selects an event and opens its details, one beside it clears', async () => {
    const op = findOp(trace, 0, 60_000, 50_000);
    const view = around(op);
    await viewer.go(view);
    const middle = trace.ops.startNs[op]! + trace.ops.durationNs[op]! / 2;
    const at = await viewer.at(OPS, middle, view);
    await viewer.page.mouse.click(at.x, at.y);
    await viewer.expectState({ ...ref(OPS, op), bottom: 'details' });
    await viewer.page.keyboard.press('Escape');
    await viewer.expectState({ selection: undefined });
    await viewer.page.mouse.click(at.x, at.y);
    await viewer.expectState(ref(OPS, op));
    // Just below the last track.
    const calls = (await viewer.label(CALLS).boundingBox())!;
    await viewer.page.mouse.click(at.x, calls.y + calls.height + 30);
    await viewer.expectState({ selection: undefined });
  });

  test('a double click zooms to the event', async () => {
    const op = findOp(trace, 0, 30_000, 50_000);
    const view = around(op);
    await viewer.go(view);
    const at = await viewer.at(OPS, trace.ops.startNs[op]! + trace.ops.durationNs[op]! / 2, view);
    await viewer.page.mouse.dblclick(at.x, at.y);
    await viewer.expectState(ref(OPS, op));
    const [start, end] = [trace.ops.startNs[op]!, trace.ops.startNs[op]! + trace.ops.durationNs[op]!];
    await expect.poll(() => (viewer.state.endNs - viewer.state.startNs) / (end - start)).toBeCloseTo(2.5, 2);
    await expect
      .poll(() => (viewer.state.startNs + viewer.state.endNs) / 2)
      .toBeCloseTo((start + end) / 2, -2);
  });

  test('F brings the selection to the middle, then zooms to it', async () => {
    const op = findOp(trace, 0, 40_000, 50_000);
    const [start, end] = [trace.ops.startNs[op]!, trace.ops.startNs[op]! + trace.ops.durationNs[op]!];
    const view = { startNs: start - 100_000, endNs: start + 1_900_000 };
    await viewer.go({ ...view, ...ref(OPS, op) });
    await viewer.page.keyboard.press('f');
    await expect.poll(() => viewer.state.startNs).not.toBe(view.startNs);
    const first = viewer.state;
    expect(first.endNs - first.startNs).toBeCloseTo(2_000_000, -1);
    expect((first.startNs + first.endNs) / 2).toBeCloseTo((start + end) / 2, -2);
    await viewer.page.keyboard.press('f');
    await expect.poll(() => (viewer.state.endNs - viewer.state.startNs) / (end - start)).toBeCloseTo(2.5, 2);
  });

  test('. and , step along the track, in order of time', async () => {
    await viewer.go({ ...around(50_000), ...ref(OPS, 50_000) });
    for (const next of [50_001, 50_002]) {
      await viewer.page.keyboard.press('.');
      await viewer.expectState(ref(OPS, next));
    }
    for (const next of [50_001, 50_000, 49_999]) {
      await viewer.page.keyboard.press(',');
      await viewer.expectState(ref(OPS, next));
    }
    // What was stepped to is in view.
    await expect.poll(() => viewer.state.startNs).toBeLessThan(trace.ops.startNs[49_999]!);
  });

  test('[ and ] go along the arrow: from an op to its launch and back', async () => {
    const op = findOp(trace, 0, 70_000, 2000);
    const call = launchOf(trace, op);
    await viewer.go({ ...around(op), ...ref(OPS, op), bottom: 'details' });
    await viewer.page.locator('.panel-details .event-title').waitFor();
    await viewer.page.keyboard.press('[');
    await viewer.expectState(ref(CALLS, call));
    await expect
      .poll(() => {
        const { startNs, endNs } = viewer.state;
        return startNs <= trace.calls.startNs[call]! && endNs > trace.calls.startNs[call]!;
      })
      .toBe(true);
    await viewer.page.keyboard.press(']');
    await viewer.expectState(ref(OPS, op));
  });

  test('one arrow is drawn, from the launch to the op, and none when nothing is selected', async () => {
    const op = findOp(trace, 0, 20_000, 20_000);
    const call = launchOf(trace, op);
    const view = { startNs: trace.calls.startNs[call]! - 50_000, endNs: trace.ops.startNs[op]! + 100_000 };
    await viewer.go({ ...view, hidden: [PROJECTION] });
    // Between the two tracks, above the labels of neither.
    const from = await viewer.at(OPS, trace.ops.startNs[op]!, view);
    const to = await viewer.at(CALLS, trace.calls.startNs[call]!, view);
    const between = (): Promise<number> => inked(viewer, from.y + 12, to.y - 12);
    // The line under the pointer is ink too.
    await viewer.page.mouse.move(300, 20);
    await expect.poll(between).toBe(0);
    await viewer.go({ ...view, hidden: [PROJECTION], ...ref(OPS, op), bottom: 'details' });
    // Its launch is known, and so the arrow drawn, once its details are here.
    await expect.poll(between).toBeGreaterThan(to.y - from.y - 24);
    const drawn = await between();
    // A line, not a fan of them.
    expect(drawn).toBeLessThan(8 * (to.y - from.y + Math.abs(to.x - from.x)));
  });

  test('dragging selects time on the tracks dragged over, with its edges at events', async () => {
    const op = findOp(trace, 0, 60_000, 50_000);
    const view = around(op, 1);
    await viewer.go(view);
    const [start, end] = [trace.ops.startNs[op]!, trace.ops.startNs[op]! + trace.ops.durationNs[op]!];
    const from = await viewer.at(OPS, start, view);
    const to = await viewer.at(GAPS, end, view);
    // A few pixels off: the edges attract.
    await viewer.drag({ x: from.x - 3, y: from.y }, { x: to.x + 3, y: from.y });
    await viewer.expectState({
      bottom: 'area',
      selection: { kind: 'area', area: { slot: 0, tracks: [OPS], startNs: start, endNs: end } },
    });
    await viewer.page.keyboard.down('Alt');
    await viewer.drag({ x: from.x - 40, y: from.y }, { x: to.x + 40, y: to.y });
    await viewer.page.keyboard.up('Alt');
    const pixel = (view.endNs - view.startNs) / (await viewer.box('.tl-stage')).width;
    await expect
      .poll(() => (viewer.state.selection?.kind === 'area' ? viewer.state.selection.area.tracks : []))
      .toEqual([OPS, GAPS]);
    const { selection } = viewer.state;
    if (selection?.kind !== 'area') throw new Error('no area');
    expect(Math.abs(selection.area.startNs - (start - 40 * pixel))).toBeLessThan(2 * pixel);
    expect(Math.abs(selection.area.endNs - (end + 40 * pixel))).toBeLessThan(2 * pixel);
  });

  test('dragging on the axis selects time on everything; Esc in the middle of a drag gives it up', async () => {
    const view = { startNs: 1e9, endNs: 2e9 };
    await viewer.go(view);
    const axis = await viewer.box('.tl-axis');
    const y = axis.y + axis.height / 2;
    await viewer.drag({ x: axis.x + 100, y }, { x: axis.x + 300, y });
    await expect.poll(() => viewer.state.selection?.kind).toBe('time');
    const { selection } = viewer.state;
    if (selection?.kind !== 'time') return;
    expect(selection.endNs - selection.startNs).toBeCloseTo((200 / axis.width) * 1e9, -6.5);
    const row = await viewer.at(OPS, 1.5e9, view);
    await viewer.page.mouse.move(row.x, row.y);
    await viewer.page.mouse.down();
    await viewer.page.mouse.move(row.x + 60, row.y);
    await viewer.page.mouse.move(row.x + 120, row.y);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.mouse.up();
    await new Promise((done) => setTimeout(done, 400));
    expect(viewer.state.selection).toEqual(selection);
  });

  test('pin, unpin, hide, show again, fold', async () => {
    await viewer.go({ startNs: 0, endNs: 4e9 });
    await viewer.label(GAPS).hover();
    await viewer.label(GAPS).getByRole('button', { name: 'Pin idle, by cause to the top' }).click();
    await viewer.expectState({ pinned: [GAPS] });
    const pinned = viewer.page.getByRole('list', { name: 'Pinned tracks' });
    await pinned.locator(`[data-key="${GAPS}"]`).waitFor();
    const topOf = async (one: Locator): Promise<number> => (await one.boundingBox())?.y ?? Infinity;
    await expect.poll(async () => (await topOf(pinned)) < (await topOf(viewer.label(PROJECTION)))).toBe(true);
    await pinned.getByRole('button', { name: 'Pin idle, by cause to the top' }).click();
    await viewer.expectState({ pinned: [] });
    await viewer.label(OPS).hover();
    await viewer.label(OPS).getByRole('button', { name: 'Hide stream 7' }).click();
    await viewer.expectState({ hidden: [OPS] });
    await viewer.label(OPS).waitFor({ state: 'detached' });
    await viewer.page.getByRole('button', { name: '1 hidden track · show' }).click();
    await viewer.expectState({ hidden: [] });
    await viewer.label(OPS).waitFor();
    const tall = (await viewer.label(PROJECTION).boundingBox())!.height;
    await viewer.label(PROJECTION).getByRole('button', { expanded: true }).click();
    await viewer.expectState({ collapsed: [PROJECTION] });
    const height = async (): Promise<number> => (await viewer.label(PROJECTION).boundingBox())!.height;
    await expect.poll(height).toBeLessThan(tall / 3);
  });
});

/** Pixels of the upper canvas that are not empty, between two heights of the page. */
function inked(viewer: Viewer, top: number, bottom: number): Promise<number> {
  return viewer.page.evaluate(
    ([top, bottom]) => {
      const canvas = document.querySelectorAll<HTMLCanvasElement>('.tl-stage canvas')[1]!;
      const box = canvas.getBoundingClientRect();
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, top - box.y, canvas.width, bottom - top);
      let count = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i]! > 40) count++;
      return count;
    },
    [Math.ceil(top), Math.floor(bottom)] as const,
  );
}
