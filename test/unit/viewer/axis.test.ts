import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTicks, formatTime } from '../../../viewer/render/axis.js';

/** Wider than any digit at 11 px. */
const textWidth = (text: string): number => text.length * 7;
const texts = (startNs: number, endNs: number, width = 800): string[] =>
  axisTicks({ startNs, endNs }, width, textWidth).ticks.map(({ text }) => text);

describe('time axis', () => {
  it('never lets texts touch, and never repeats one', () => {
    const view = fc.tuple(
      fc.double({ min: 0, max: 1e13, noNaN: true }),
      fc.double({ min: Math.log(20), max: Math.log(1e13), noNaN: true }),
      fc.integer({ min: 60, max: 4000 }),
    );
    fc.assert(
      fc.property(view, ([startNs, logSpan, width]) => {
        const { ticks } = axisTicks({ startNs, endNs: startNs + Math.exp(logSpan) }, width, textWidth);
        for (let k = 1; k < ticks.length; k++) {
          const end = ticks[k - 1]!.x + 4 + textWidth(ticks[k - 1]!.text);
          expect(end).toBeLessThan(ticks[k]!.x);
        }
        expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
        for (const { x } of ticks) expect(x).toBeGreaterThanOrEqual(-0.5);
        for (const { text } of ticks) expect(text.length).toBeLessThan(16);
      }),
      { numRuns: 500 },
    );
  });

  it('puts ticks where their times are', () => {
    const { ticks } = axisTicks({ startNs: 0, endNs: 1000 }, 500, textWidth);
    for (const { ns, x } of ticks) expect(x).toBeCloseTo(ns / 2, 9);
  });

  it('counts in the unit that suits the times', () => {
    expect(texts(0, 10e9)).toContain('4 s');
    expect(texts(0, 1.2e9)).toContain('0.4 s');
    expect(texts(0, 5e6)).toContain('1.0 ms');
    expect(texts(2e6, 2.05e6)).toContain('2.020 ms');
    expect(texts(0, 800)).toContain('100 ns');
    expect(texts(0, 800)[0]).toBe('0');
  });

  it('counts from a near origin deep in a trace, and says which', () => {
    const { ticks, originText } = axisTicks(
      { startNs: 12_345_678_120, endNs: 12_345_678_320 },
      800,
      textWidth,
    );
    expect(originText).toBe('12.345\u202f678 s');
    expect(ticks[0]!.text).toMatch(/^\+1[2-4]0 ns$/);
    for (const { text } of ticks) expect(text).toMatch(/^\+\d{3} ns$/);
  });

  it('has no ticks between nanoseconds', () => {
    const { ticks } = axisTicks({ startNs: 5.3, endNs: 25.3 }, 4000, textWidth);
    expect(ticks.every(({ ns }) => Number.isInteger(ns))).toBe(true);
    expect(ticks.length).toBe(20);
  });

  it('writes a point in time no finer than can be seen', () => {
    expect(formatTime(12_345_678_901, 1000)).toBe('12.345\u202f679 s');
    expect(formatTime(1_234_567, 1)).toBe('1.234\u202f567 ms');
    expect(formatTime(250, 0.4)).toBe('250.0 ns');
    expect(formatTime(0, 1)).toBe('0 ns');
  });
});
