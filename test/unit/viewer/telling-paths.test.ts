import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TellingPaths } from '../../../viewer/panels/telling-paths.js';

const tellingSegments = (paths: readonly string[]): (readonly string[])[] => {
  const telling = new TellingPaths(paths);
  return paths.map((path) => telling.of(path));
};

describe('segments that tell paths apart', () => {
  test.each<[string[], string[]]>([
    [['a > b > c'], ['c']],
    [
      ['block > layer > clone', 'block > layer > attn'],
      ['clone', 'attn'],
    ],
    [
      ['block > denoise > layer > attn', 'block > clean > layer > attn'],
      ['denoise … attn', 'clean … attn'],
    ],
    [
      ['first > layer > attn', 'second > layer > attn', 'first > layer > ffn'],
      ['first … attn', 'second … attn', 'ffn'],
    ],
    [
      ['layer > attn', 'attn'],
      ['layer attn', 'attn'],
    ],
    [
      ['x > attn', 'x > attn'],
      ['attn', 'attn'],
    ],
    [[''], ['']],
  ])('of %j are %j', (paths, shown) => {
    expect(tellingSegments(paths).map((segments) => segments.join(' '))).toEqual(shown);
  });

  test('are different for different paths, and parts of them in their order', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(' > '));
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), (paths) => {
        const shown = tellingSegments(paths);
        // What is shown is read as a pattern: two paths that look the same would fit each other's.
        const pattern = (segments: readonly string[]): RegExp => {
          const text = segments.join(' > ').replaceAll('… > ', '(?:. > )+');
          return new RegExp(`(?:^|> )${text}$`);
        };
        paths.forEach((one, k) => {
          expect(one).toMatch(pattern(shown[k]!));
          expect(one.endsWith(shown[k]!.at(-1)!)).toBe(true);
        });
        const looks = new Map(paths.map((one, k) => [one, shown[k]!.join(' ')]));
        // A path that is the end of another shows all there is of it; the two still look different.
        expect(new Set(looks.values()).size).toBe(looks.size);
      }),
    );
  });
});
