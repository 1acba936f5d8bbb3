import { describe, expect, test } from 'vitest';
import { EdgePull, pullOf } from '../../../viewer/timeline/edge-pull.js';

describe('a drag at an edge', () => {
  test('pulls only near the edge or beyond it, the more the further', () => {
    const pulls = [200, 10, -20, -60, -1000].map((at) => pullOf(at, 300, 0, 600));
    expect(pulls[0]).toBe(0);
    expect(pulls.slice(1).every((pull, k) => pull <= pulls[k]!)).toBe(true);
    expect([pulls[1]! < 0, pulls.at(-1)]).toEqual([true, -1]);
    expect(pullOf(590, 300, 0, 600)).toBeGreaterThan(0);
    expect(pullOf(9000, 300, 0, 600)).toBe(1);
  });

  test('does not pull where it was pressed at that edge and goes the other way', () => {
    expect(pullOf(12, 10, 0, 600)).toBe(0);
    expect(pullOf(8, 10, 0, 600)).toBeLessThan(0);
    expect(pullOf(585, 590, 0, 600)).toBe(0);
  });

  test('moves at a rate by the clock, whatever the pictures a second, and by whole pixels down', () => {
    for (const frameMs of [4, 16, 40]) {
      const pull = new EdgePull();
      let [screens, pixels] = [0, 0];
      for (let now = 1000; now <= 2000; now += frameMs) {
        const by = pull.tick(now, -0.5, 0.013, false)!;
        expect(Number.isInteger(by.pixels)).toBe(true);
        screens += by.screens;
        pixels += by.pixels;
      }
      expect(screens).toBeCloseTo(-0.7, 1);
      expect(Math.abs(pixels - 18)).toBeLessThanOrEqual(1);
    }
  });

  test('goes in steps where no motion is wanted, as far in all', () => {
    const pull = new EdgePull();
    const moved: number[] = [];
    for (let now = 0; now <= 3500; now += 10) moved.push(pull.tick(now, 1, 0, true)!.screens);
    const steps = moved.filter((screens) => screens !== 0);
    expect(steps.length).toBe(10);
    expect(steps.reduce((sum, one) => sum + one, 0)).toBeCloseTo(4.9, 5);
    expect(pull.tick(3510, 0, 0, true)).toBeUndefined();
  });
});
