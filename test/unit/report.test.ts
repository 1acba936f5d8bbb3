import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bar } from '../../src/report/bar.js';
import { printable } from '../../src/report/printable.js';
import { shortenMiddle, stringWidth } from '../../src/report/shorten.js';
import { textStyle } from '../../src/report/style.js';
import { formatTable } from '../../src/report/table.js';
import { formatBytes, formatExact, formatNs, formatPercent, plural } from '../../src/report/units.js';

describe('units', () => {
  test.each([
    [0, '0 ns'],
    [999, '999 ns'],
    [999.6, '1.00 µs'],
    [1234, '1.23 µs'],
    [99_960, '100 µs'],
    [881_240_000, '881 ms'],
    [12_345_678_901, '12.3 s'],
    [245e9, '245 s'],
    [1505e9, '25 min 05 s'],
    [-1500, '−1.50 µs'],
  ])('%d ns reads %s', (ns, text) => expect(formatNs(ns)).toBe(text));

  test('bytes, counts and plurals', () => {
    expect(formatBytes(800_163_072)).toBe('800 MB');
    expect(formatBytes(12)).toBe('12 B');
    expect(formatExact(12_345_678_901)).toBe('12,345,678,901');
    expect(plural(1, 'gap')).toBe('1 gap');
  });

  test('what is negative has a minus sign, no hyphen; what rounds to nothing has no sign', () => {
    const texts = [formatNs(-412), formatNs(-10_100_000), formatNs(-1505e9), formatExact(-12_345)];
    expect(texts).toEqual(['−412 ns', '−10.1 ms', '−25 min 05 s', '−12,345']);
    expect([formatPercent(-0.0123), formatBytes(-1_210_000)]).toEqual(['−1.2 %', '−1.21 MB']);
    expect([formatNs(-0.2), formatExact(-0.2), formatPercent(-0.0001)]).toEqual(['0 ns', '0', '0.0 %']);
  });
});

test('no control character of a name reaches the terminal', () => {
  expect(printable('a\u001b[31mred\u0007\n')).toBe('a\\x1b[31mred\\x07\\n');
  expect(printable('abc\u202edef')).toBe('abc\\u202edef');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      // eslint-disable-next-line no-control-regex -- the test is about control characters
      expect(printable(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    }),
  );
});

test('a shortened text has at most its width, and keeps both ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(stringWidth(shortenMiddle(printable(text), width))).toBeLessThanOrEqual(width);
    }),
  );
  expect(shortenMiddle('temporal_block:# > layer:# > attention', 20)).toBe('temporal_… attention');
});

test('a bar shows an eighth of a column, and never nothing for something', () => {
  expect(bar(1, 4)).toBe('████');
  expect(bar(0.5, 1)).toBe('▌');
  expect(bar(1e-9, 8)).toBe('▏');
  expect(bar(0, 8)).toBe('');
});

test('a table fits its width by shortening what may be shortened', () => {
  const columns = [
    { header: 'n', align: 'right' as const },
    { header: 'name', shrinkTo: 8 },
  ];
  const rows = [
    ['1', 'void at::native::vectorized_elementwise_kernel<4, float>'],
    undefined,
    ['1,000', 'gemm'],
  ];
  const lines = formatTable(columns, rows, textStyle(30, false));
  expect(lines).toEqual(['    n  name', '    1  void at::na…l<4, float>', '─'.repeat(30), '1,000  gemm']);
});
