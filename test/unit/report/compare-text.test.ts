import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../../src/analysis/compare.js';
import { compareMarkdown } from '../../../src/report/compare-markdown.js';
import { compareText } from '../../../src/report/compare-text.js';
import { stringWidth } from '../../../src/report/shorten.js';
import { textStyle } from '../../../src/report/style.js';
import type { Trace } from '../../../src/trace/trace.js';
import { buildTrace, type OpRow } from '../analysis/build-trace.js';

const HOSTILE = '\u001b[31mred\u202ename';

/** Kernels one after another, each with a name of its own. */
function run(kernels: readonly (readonly [name: string, ns: number])[], config: unknown): Trace[] {
  const ops: OpRow[] = [];
  let at = 0;
  for (const [name, ns] of kernels) {
    ops.push({ start: at, end: at + ns, name });
    at += ns + 1000;
  }
  return [{ ...buildTrace({ ops }), run: { config } }];
}

const base = run(
  [
    ['stays', 5000],
    ['grows', 1000],
    ['shrinks', 9000],
    [HOSTILE, 40],
  ],
  { [HOSTILE]: HOSTILE, long: 'x'.repeat(500) },
);
const candidate = run(
  [
    ['stays', 5000],
    ['grows', 4000],
    ['shrinks', 2000],
    ['new_one', 700],
  ],
  { [HOSTILE]: 'y', long: 'x' },
);
const result = compareRuns(base, candidate, { per: 'instance' });

function lines(width: number, top: number, color = false, of = result): string[] {
  const name = (path: string) => ({ path: `${HOSTILE}/${path}`, gpu: `GPU ${HOSTILE}` });
  return compareText(of, textStyle(width, color), name('one'), name('two'), top);
}

describe('the text', () => {
  test('fits the terminal and holds no control characters', () => {
    for (let width = 80; width <= 200; width += 5) {
      for (const line of lines(width, 12)) {
        expect(stringWidth(line), `${width}: ${line}`).toBeLessThanOrEqual(width);
        // eslint-disable-next-line no-control-regex -- that is what must not be there
        expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
      }
    }
  });

  test('adds up: what is listed, and what is counted as left out', () => {
    const kernels = lines(140, 2);
    const from = kernels.findIndex((line) => line.startsWith('Kernels'));
    expect(kernels.slice(from, from + 7).map((line) => line.trim().replace(/ {2,}/g, '  '))).toEqual([
      'Kernels  15.0 µs → 11.7 µs, −3.34 µs: time of ops by kernel or copy',
      'difference  base  candidate  count  kernel',
      '−7.00 µs  9.00 µs  2.00 µs  1  shrinks',
      '+3.00 µs  1.00 µs  4.00 µs  1  grows',
      // 700 new, 40 gone.
      '… 2 more kernels, together +660 ns: --top all shows them',
      '1 kernel without a difference',
      '',
    ]);
    const text = lines(140, 12).join('\n');
    expect(text).toMatch(/\+700 ns +700 ns +0 → 1 +new +new_one/);
    expect(text).toMatch(/−40 ns +40 ns +1 → 0 +gone/);
  });

  test('says faster and slower by sign and word, and in colour on a terminal', () => {
    expect(lines(140, 12).join('\n')).toMatch(/−3\.34 µs +−1\d\.\d % +1\.\d\d× as fast/);
    const back = compareRuns(candidate, base, { per: 'instance' });
    expect(lines(140, 12, false, back).join('\n')).toMatch(/\+3\.34 µs +\+\d\d\.\d % +1\.\d\d× as long/);
    expect(lines(140, 12, true).join('\n')).toContain('\u001b[32m');
    expect(lines(140, 12, true, back).join('\n')).toContain('\u001b[31m');
  });

  test('of a run against itself has no difference', () => {
    const same = lines(140, 12, false, compareRuns(base, base, { per: 'instance' })).join('\n');
    expect(same).toContain('the same');
    expect(same).toContain('4 kernels without a difference');
    expect(same).not.toMatch(/[+−]\d/);
  });
});

test('as Markdown, tables have their columns whatever is in a name', () => {
  const rows = compareMarkdown(compareRuns(base, candidate), { base: 'a|b`c', candidate: HOSTILE }, 2);
  const text = rows.join('\n');
  // eslint-disable-next-line no-control-regex -- that is what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  const cells = rows.filter((row) => row.startsWith('|')).map((row) => row.split(/(?<!\\)\|/).length - 2);
  expect(new Set(cells)).toEqual(new Set([7, 4]));
  expect(text).toContain('| *2 more* |  |  | +660 ns |');
  expect(text).toContain('| **= span** | 18.0 µs | 14.7 µs | −3.34 µs |');
});
