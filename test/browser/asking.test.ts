import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchShape } from '../../src/analysis/launch-shape.js';
import { shortKernelName } from '../../src/analysis/kernel-name.js';
import type { GapsResult } from '../../src/analysis/gaps.js';
import { formatBytes, formatExact, formatNs } from '../../src/report/units.js';
import type { Trace } from '../../src/trace/trace.js';
import { missing, titled } from './chromium.js';
import { answer, findOp, fullEager, GAPS, launchOf, NAME, OPS } from './full-eager.js';
import { recorded } from './served.js';
import { Viewer } from './viewer.js';

describe.skipIf(missing() !== undefined)(titled('asking'), () => {
  let viewer: Viewer;
  let trace: Trace;
  beforeAll(async () => {
    trace = await fullEager();
    viewer = await Viewer.open(await recorded(NAME));
  });
  afterAll(() => viewer?.close());

  async function click(op: number): Promise<void> {
    const { startNs, durationNs } = trace.ops;
    const room = 10 * durationNs[op]!;
    const view = { startNs: startNs[op]! - room, endNs: startNs[op]! + durationNs[op]! + room };
    await viewer.go(view);
    const at = await viewer.at(OPS, startNs[op]! + durationNs[op]! / 2, view);
    await viewer.page.mouse.click(at.x, at.y);
    await viewer.expectState({ selection: { kind: 'event', ref: { slot: 0, track: OPS, event: op } } });
    // Its own details, not those of the op before, which stay until these are here.
    const start = `${(startNs[op]! / 1e9).toFixed(9)}s`;
    await expect.poll(async () => (await viewer.facts()).get('Start')?.replace(/\s/g, '')).toBe(start);
  }

  test('a kernel: every figure is the trace’s own', async () => {
    const op = findOp(trace, 0, 60_000, 20_000);
    await click(op);
    const { ops, calls, strings, shapes, shapeRow } = trace;
    const name = strings[ops.name[op]!]!;
    expect(await viewer.text('.panel-details .event-title')).toBe(shortKernelName(name));
    expect(await viewer.text('.panel-details .event-subtitle')).toBe(name.replace(/\s+/g, ' '));
    const call = launchOf(trace, op);
    const facts = await viewer.facts();
    const has = (label: string, text: string): void => expect(facts.get(label), label).toContain(text);
    const shape = launchShape(shapes, shapeRow[ops.shape[op]!]!)!;
    has('Kind', 'kernel');
    has('Stream', '7');
    has('Correlation', String(ops.correlation[op]));
    has('Grid', shape.grid.join(' × '));
    has('Block', shape.block.join(' × '));
    has('Registers', String(shape.registers));
    has('Shared memory', formatBytes(shape.sharedStatic + shape.sharedDynamic));
    has('Launched by', strings[calls.name[call]!]!);
    has('Launch call', formatNs(calls.durationNs[call]!));
    const queue = ops.startNs[op]! - calls.startNs[call]! - calls.durationNs[call]!;
    has('Queue time', formatNs(Math.max(0, queue)));
    has('Launch to start', formatNs(ops.startNs[op]! - calls.startNs[call]!));
    expect(facts.has('Waves')).toBe(true);
    has('Duration', formatNs(ops.durationNs[op]!));
    expect(facts.get('Start')!.replace(/\s/g, '')).toBe(`${(ops.startNs[op]! / 1e9).toFixed(9)}s`);
    const path = await viewer.page.locator('.panel-details .event-path li').allInnerTexts();
    expect(path).toEqual(rangesAround(trace, call));
  });

  test('a copy: bytes and bandwidth', async () => {
    const { ops, shapes, shapeRow } = trace;
    const op = findOp(trace, 1, 60_000, 3000);
    await click(op);
    const facts = await viewer.facts();
    // A copy within the device reads and writes every byte.
    const bytes = Number(shapes.bytes[shapeRow[ops.shape[op]!]!]!);
    expect(facts.get('Kind')).toContain('memory copy');
    const shown = facts.get('Bytes')!;
    expect(
      [formatBytes(bytes), formatBytes(2 * bytes)].some((text) => shown.includes(text)),
      shown,
    ).toBe(true);
    expect(facts.get('Bandwidth')).toContain('/s');
  });

  test('a gap: its parts sum to it, the ops around it, and “all like this” is its hotspot', async () => {
    const [device] = answer<GapsResult>('gaps').devices;
    const spot = device!.hotspots[0]!;
    const { startNs, durationNs } = spot.example;
    const view = { startNs: startNs - durationNs, endNs: startNs + 2 * durationNs };
    await viewer.go(view);
    const at = await viewer.at(GAPS, startNs + durationNs / 2, view);
    await viewer.page.mouse.click(at.x, at.y);
    await viewer.page.locator('.panel-details .event-parts').waitFor();
    const before = trace.ops.startNs.findLastIndex((ns) => ns < startNs);
    expect(trace.ops.startNs[before]! + trace.ops.durationNs[before]!).toBe(startNs);
    expect(trace.ops.startNs[before + 1]).toBe(startNs + durationNs);
    const hints = await viewer.page
      .locator('.event-parts tbody tr:not(.total) td:nth-child(2)')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('title')!.replace(/[^\d]/g, ''))));
    expect(hints.length).toBeGreaterThan(0);
    expect(hints.reduce((sum, ns) => sum + ns, 0)).toBe(durationNs);
    expect(await viewer.page.locator('.event-parts tr.total').getAttribute('title')).toBe(
      `${formatExact(durationNs)} ns`,
    );
    const facts = await viewer.facts();
    expect(facts.get('Before')).toContain(spot.example.beforeName);
    expect(facts.get('After')).toContain(spot.example.afterName);
    await viewer.page.getByRole('button', { name: 'All like this' }).click();
    await viewer.expectState({ side: 'hotspots' });
    const current = viewer.page.locator('.panel-hotspots tr[aria-current=true]');
    await current.waitFor();
    await expect.poll(() => current.innerText()).toContain(`${spot.before} → ${spot.after}`);
    await expect
      .poll(() => viewer.text('.panel-hotspots .stepper'))
      .toContain(`of ${formatExact(spot.count)} gaps`);
  });

  test('an area: by kernel, by range and by cause are plain sums', async () => {
    const startNs = 3.1e9;
    const endNs = 3.13e9;
    const area = { slot: 0 as const, tracks: [OPS], startNs, endNs };
    await viewer.go({ startNs: 3.0e9, endNs: 3.2e9, bottom: 'area', selection: { kind: 'area', area } });
    const panel = viewer.page.locator('#panel-area');
    await panel.locator('tbody tr').first().waitFor();
    const { ops, strings } = trace;
    const sums = new Map<string, { count: number; ns: number }>();
    let busy = 0;
    for (let op = 0; op < ops.length; op++) {
      const from = Math.max(startNs, ops.startNs[op]!);
      const to = Math.min(endNs, ops.startNs[op]! + ops.durationNs[op]!);
      if (to <= from) continue;
      busy += to - from;
      if (ops.kind[op] !== 0) continue;
      const name = shortKernelName(strings[ops.name[op]!]!);
      const sum = sums.get(name) ?? { count: 0, ns: 0 };
      sums.set(name, { count: sum.count + 1, ns: sum.ns + to - from });
    }
    const read = (): Promise<{ name: string; count: number; ns: number }[]> =>
      panel.locator('tbody tr').evaluateAll((rows) =>
        rows.map((row) => {
          const number = (text: string | null | undefined): number =>
            Number((text ?? '').replace(/[^\d]/g, ''));
          const cells = [...row.querySelectorAll('td')];
          return {
            name: cells[0]!.innerText.trim(),
            count: number(cells[1]!.textContent),
            ns: number(cells[2]!.getAttribute('title')),
          };
        }),
      );
    const byKernel = await read();
    expect(byKernel.length).toBeGreaterThan(5);
    for (const { name, count, ns } of byKernel) {
      const plain = sums.get(name);
      if (plain === undefined) continue; // a copy or a set, which has a name of its own
      expect({ name, count, ns }).toEqual({ name, count: plain.count, ns: plain.ns });
      sums.delete(name);
    }
    expect([...sums.keys()], 'kernels that the table leaves out').toEqual([]);
    const total = (rows: readonly { ns: number }[]): number => rows.reduce((sum, { ns }) => sum + ns, 0);
    // One stream, whose ops never overlap: the kernels' and copies' times are the busy time.
    expect(total(byKernel)).toBe(busy);
    await panel.getByRole('button', { name: 'By range' }).click();
    await expect.poll(async () => total(await read())).toBe(busy);
    await panel.getByRole('button', { name: 'By cause' }).click();
    await expect.poll(async () => total(await read())).toBe(endNs - startNs - busy);
    expect(await panel.innerText()).toContain(`busy ${formatNs(busy)}`);
    // Sorted by what is clicked, the other way round with the next click.
    await panel.getByRole('button', { name: 'By kernel' }).click();
    await panel.getByRole('button', { name: 'count' }).click();
    const counts = async (): Promise<number[]> => (await read()).map(({ count }) => count);
    const largestFirst = byKernel.map(({ count }) => count).sort((a, b) => b - a);
    await expect.poll(counts).toEqual(largestFirst);
    await panel.getByRole('button', { name: 'count' }).click();
    await expect.poll(counts).toEqual(largestFirst.toReversed());
  });
});

/** Names of the ranges that were open on a call's thread when it was made, outermost first, by a plain search. */
function rangesAround({ calls, ranges, strings }: Trace, call: number): string[] {
  const at = calls.startNs[call]!;
  const names: string[] = [];
  for (let range = 0; range < ranges.length; range++) {
    const isOpen = ranges.startNs[range]! <= at && ranges.startNs[range]! + ranges.durationNs[range]! > at;
    if (isOpen && ranges.thread[range] === calls.thread[call]) names.push(strings[ranges.name[range]!]!);
  }
  return names;
}
