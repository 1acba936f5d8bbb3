import { beforeAll, describe, expect, it } from 'vitest';
import { Canvas2dRenderer } from '../../../viewer/render/canvas2d.js';
import { LabelTexts } from '../../../viewer/render/text.js';
import { theme } from './canvas-theme.js';
import { frameOf } from './track-frame.js';

type Call = readonly [name: string, ...args: unknown[]];

/** A context that notes what it is told. */
function recorder(): {
  context: CanvasRenderingContext2D;
  calls: Call[];
  canvas: { width: number; height: number };
} {
  const calls: Call[] = [];
  const canvas = { width: 0, height: 0 };
  const context = new Proxy(
    { canvas, measureText: (text: string) => ({ width: text.length * 6 }) },
    {
      get: (target, name: string) =>
        name in target ? target[name as never] : (...args: unknown[]) => void calls.push([name, ...args]),
      set: (_target, name: string, value) => {
        calls.push(['set', name, value]);
        return true;
      },
    },
  );
  return { context: context as unknown as CanvasRenderingContext2D, calls, canvas };
}

beforeAll(() => {
  // Node has neither; of both only the arguments matter here.
  Object.assign(globalThis, {
    ImageData: class {
      constructor(
        readonly data: Uint8ClampedArray,
        readonly width: number,
        readonly height: number,
      ) {}
    },
    Path2D: class {
      readonly rects: number[][] = [];
      rect(...args: number[]): void {
        this.rects.push(args);
      }
    },
  });
});

function setUp(dpr: number) {
  const main = recorder();
  const scratch = recorder();
  const scratchCanvas = { width: 0, height: 0, getContext: () => scratch.context };
  const renderer = new Canvas2dRenderer(main.context, scratchCanvas as unknown as HTMLCanvasElement);
  renderer.resize({ width: 100 * dpr, height: 60 * dpr, dpr });
  renderer.begin(theme, [25]);
  renderer.pushTransform({ startNs: 0, endNs: 100 });
  const named = (name: string): Call[] => main.calls.filter(([one]) => one === name);
  return { renderer, main, scratch, named };
}
const labels = new LabelTexts(['gemm']);

describe('2D canvas', () => {
  it.each([1, 2])('stretches each row to its place, crisp at %i device pixels a pixel', (dpr) => {
    const { renderer, named, scratch } = setUp(dpr);
    renderer.clip(0, 60);
    const frame = frameOf([
      { start: 0, end: 50 },
      { start: 10, end: 30, row: 1 },
    ]);
    renderer.drawSlices(frame, 'ops', { y: 10, rowHeight: 20, rows: 2 }, 'plain', labels);
    renderer.end();
    const places = named('drawImage').map(([, , ...numbers]) => numbers);
    // Source line, then place: a pixel of ground between the rows.
    expect(places).toEqual([
      [0, 0, 100 * dpr, 1, 0, 10 * dpr, 100 * dpr, 19 * dpr],
      [0, 2, 100 * dpr, 1, 0, 30 * dpr, 100 * dpr, 19 * dpr],
    ]);
    const image = scratch.calls.find(([name]) => name === 'putImageData')![1] as ImageData;
    expect([image.width, image.height]).toEqual([100 * dpr, 4]);
  });

  it('draws the lower edge apart only where it differs', () => {
    const { renderer, named } = setUp(1);
    renderer.clip(0, 60);
    const band = { y: 0, rowHeight: 20, rows: 1 };
    renderer.drawSlices(frameOf([{ start: 0, end: 50, merged: 4 }]), 'ops', band, 'plain', labels);
    renderer.end();
    expect(named('drawImage').map(([, , , line, , , , y, , height]) => [line, y, height])).toEqual([
      [0, 0, 17],
      [1, 17, 2],
    ]);
  });

  it('costs the same calls for a million events as for one', () => {
    const { renderer, named } = setUp(1);
    renderer.clip(0, 60);
    const many = frameOf(
      Array.from({ length: 50_000 }, (_, k) => ({ start: k / 500, end: k / 500 + 0.001 })),
    );
    renderer.drawSlices(many, 'ops', { y: 0, rowHeight: 20, rows: 1 }, 'plain', labels);
    renderer.end();
    expect(named('drawImage').length).toBe(2);
    expect(named('fillText')).toEqual([]);
  });

  it('writes labels in the middle of what is visible, in a colour that can be read', () => {
    const { renderer, named, main } = setUp(1);
    renderer.clip(0, 60);
    const frame = frameOf([{ start: -200, end: 60 }]);
    renderer.drawSlices(frame, 'ops', { y: 0, rowHeight: 20, rows: 1 }, 'plain', labels);
    renderer.end();
    // 'gemm' is 24 wide in a visible part from 0 to 60.
    expect(named('fillText').map(([, text, x]) => [text, x])).toEqual([['gemm', 18]]);
    const at = main.calls.findIndex(([name]) => name === 'fillText');
    const color = main.calls.slice(0, at).findLast(([name, key]) => name === 'set' && key === 'fillStyle');
    expect(color?.[2]).toBe('#ffffff');
  });

  it('draws no label in a row too low for it', () => {
    const { renderer, named } = setUp(1);
    renderer.clip(0, 60);
    renderer.drawSlices(
      frameOf([{ start: 0, end: 90 }]),
      'ops',
      { y: 0, rowHeight: 6, rows: 1 },
      'plain',
      labels,
    );
    renderer.end();
    expect(named('fillText')).toEqual([]);
  });

  it('keeps each part of the picture within its bounds', () => {
    const { renderer, named } = setUp(1);
    const band = { y: 30, rowHeight: 20, rows: 1 };
    renderer.clip(0, 20);
    renderer.drawSlices(frameOf([{ start: 0, end: 9 }]), 'ops', band, 'plain', labels);
    renderer.clip(20, 60);
    renderer.drawSlices(frameOf([{ start: 0, end: 9 }]), 'ops', band, 'plain', labels);
    renderer.end();
    expect(named('drawImage').length).toBe(1);
    expect(named('rect')).toEqual([['rect', 0, 20, 100, 40]]);
  });

  it('draws a counter as steps, and its extremes as bars', () => {
    const { renderer, named } = setUp(1);
    renderer.clip(0, 60);
    const counter = {
      track: 'c',
      count: 2,
      startNs: Float64Array.of(10, 40),
      min: Float64Array.of(5, 0),
      max: Float64Array.of(5, 10),
      last: Float64Array.of(5, 0),
    };
    // 36 high: values from 3 to 35, so that 10 is 32 pixels.
    renderer.drawCounter(counter, { y: 0, rowHeight: 36, rows: 1 }, 10);
    const [area, bars] = named('fill').map(([, path]) => (path as { rects: number[][] }).rects);
    expect(area).toEqual([[10, 35 - 16, 30, 16]]);
    expect(bars).toEqual([[40, 35 - 32, 1, 32]]);
  });
});
