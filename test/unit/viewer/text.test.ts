import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabelTexts, TextFitter } from '../../../viewer/render/text.js';

/** Proportional: an i is a third of an m. */
const widthOf = (char: string): number => (char === 'i' ? 3 : char === 'm' ? 9 : 6);
const fitter = new TextFitter((text) => [...text].reduce((sum, char) => sum + widthOf(char), 0));

describe('labels', () => {
  it('fit where they are said to fit, and are the start of the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 0, max: 250 }),
        (text, room) => {
          const label = fitter.fit(text, room);
          expect(fitter.width(label)).toBeLessThanOrEqual(room);
          if (label.endsWith('…') && label !== text) expect(text.startsWith(label.slice(0, -1))).toBe(true);
          else if (label !== '') expect(label).toBe(text);
        },
      ),
    );
  });

  it('keep as much as fits', () => {
    expect(fitter.fit('gemm_128', 48)).toBe('gemm_1…');
    expect(fitter.fit('iiiiiiiiii', 30)).toBe('iiiiiiiiii');
    expect(fitter.fit('iiiiiiiiii', 29)).toBe('iiiiiii…');
  });

  it('are left out where only an ellipsis would be left', () => {
    expect(fitter.fit('gemm', 20)).toBe('');
    expect(fitter.fit('gemm', 27)).toBe('gem…');
    expect(fitter.fit('gemm', 30)).toBe('gemm');
  });

  it('never show control characters, nor a whole megabyte', () => {
    const texts = new LabelTexts(['a\u202eb\n', 'x'.repeat(1_000_000)]);
    expect(texts.of(0)).toBe('a\\u202eb\\n');
    expect(texts.of(1).length).toBeLessThan(300);
    expect(texts.of(99)).toBe('');
  });
});
