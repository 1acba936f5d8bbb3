import { describe, expect, test } from 'vitest';
import { codeMarkdown, escapeMarkdown } from '../../../src/report/markdown/escape.js';
import { markdown } from '../../../src/report/markdown/markdown.js';
import { reportDocument } from '../../../src/report/report-document.js';
import { gapsResult, hotspot, kernelRow, kernelsResult, results, switchResult } from './hand-made.js';

const TEXT = markdown(
  reportDocument(
    results({
      gaps: gapsResult({ host: 300_000, sync: 20_000 }, [hotspot({ path: 'a > b > c > d > e | f' })]),
      kernels: kernelsResult([kernelRow({ name: 'gemm|`x`', fullName: 'gemm' })]),
      rest: {
        switches: { result: switchResult({}) },
        noSwitch: 'None of the 3 blocks holds a prompt switch.',
      },
    }),
  ),
);

/** The lines of a section, without its head. */
function section(title: string): string[] {
  const lines = TEXT.split('\n');
  const from = lines.indexOf(`## ${title}`);
  const to = lines.findIndex((line, i) => i > from && line.startsWith('## '));
  return lines.slice(from + 1, to < 0 ? undefined : to).filter((line) => line !== '');
}

describe('a report as Markdown', () => {
  test('begins with what was measured', () => {
    expect(TEXT.split('\n').slice(0, 9)).toEqual([
      '# gapscope report: by-hand',
      '',
      '- GPU: Some GPU (GPU 0)',
      '- recorded: 2026-01-02 03:04:05 UTC, process 7',
      '- software: driver 1.2, gapscope 0.1.0',
      '- window: the whole trace',
      '- command: python run.py',
      '- timeline: `gapscope view traces/by-hand.trace --at START..END`',
      '',
    ]);
  });

  test('headline numbers have their units and what they rest on', () => {
    expect(section('Summary').slice(1)).toEqual([
      '- Block latency: **519 µs**, median of 1 steady block',
      '- Inter-frame latency: **173 µs**, 3 latent frames a block',
      '- GPU busy: **68.0 %**, 680 µs of 1.00 ms',
      '- GPU idle, and its main cause: **320 µs**, 300 µs of it (93.8 %) host',
    ]);
  });

  test('findings carry evidence with a place, a certainty and a bound', () => {
    expect(section('Findings').slice(1, 7)).toEqual([
      '### 1. The host launches too slowly for the GPU: at most 300 µs of 1.00 ms (30.0 %)',
      '- 300 µs in the framework’s own code, 0 ns in launch calls: 93.8 % of all idle time, in 10 gaps.',
      '- matmul → elementwise: 4 gaps, median 10.0 µs, 40.0 µs in all; the longest, 12.0 µs, at 0.123 ms in a \\> b \\> c \\> d \\> e \\| f ([hotspot 1](#idle-time)) `gapscope view traces/by-hand.trace --at 0.057ms..0.201ms`',
      expect.stringMatching(/^- \*\*Try\*\* Replay each forward as a CUDA graph/),
      expect.stringMatching(/^- \*\*Certainty: high\.\*\* The time is measured gap by gap/),
      expect.stringMatching(/^### 2\. /),
    ]);
  });

  test('tables: aligned, names as code, no cell that a bar could break', () => {
    expect(section('Blocks').slice(1)).toEqual([
      '**Blocks**',
      '| block | role | starts at | latency | over steady |',
      '| --- | --- | --: | --: | --: |',
      '| `temporal_block_0` | first | 0.000 ms | 400 µs | −119 µs |',
      '| `temporal_block_1` | steady | 0.400 ms | 519 µs | 0 ns |',
      '| `temporal_block_2` | switch | 0.919 ms | 881 µs | 362 µs |',
    ]);
    const kernel = section('Kernels').find((line) => line.includes('gemm'))!;
    expect(kernel).toMatch(/^\| `` gemm\\\|`x` `` \| matmul \| 500 µs \|/);
    const widths = section('Kernels')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.replaceAll('\\|', '').split('|').length);
    expect(new Set(widths).size).toBe(1);
  });

  test('with a timeline beside it, times are links into that, and there are no commands for it', () => {
    const text = markdown(
      reportDocument(
        results({
          gaps: gapsResult({ host: 300_000 }, [hotspot({})]),
          rest: { switches: { result: switchResult({}) } },
        }),
        'a (b)|c-timeline.html',
      ),
    );
    const targets = [...text.matchAll(/\]\((\.[^)]*)\)/g)].map(([, target = '']) => target);
    // Under the title, in the finding, in the table of hotspots, and once a block.
    expect(targets.length).toBe(1 + 1 + 1 + 3);
    for (const target of targets) {
      expect(target).toMatch(/^\.\/a%20%28b%29%7Cc-timeline\.html(#v1&[\w=&,/]+)?$/);
    }
    expect(text).toContain('#v1&t=57000,201000&at=0,p7/d0,gaps,123000,12000) in ');
    expect(text).not.toContain('--at');
  });

  test('says why a part is missing', () => {
    expect(section('Prompt switch').at(-1)).toBe('None of the 3 blocks holds a prompt switch.');
    expect(section('KV cache').at(-1)).toBe('No KV cache.');
  });
});

describe('foreign names in Markdown', () => {
  test.each([
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['[x](javascript:1)', '\\[x\\](javascript:1)'],
    ['# head', '\\# head'],
    ['1. list', '1\\. list'],
    ['a\nb', 'a\\\\nb'],
    ['a|b', 'a\\|b'],
    ['see https://evil.example', 'see https:\u200b//evil.example'],
  ])('%j', (name, written) => {
    expect(escapeMarkdown(name)).toBe(written);
  });

  test('code is fenced by more backticks than it holds', () => {
    expect(codeMarkdown('a``b')).toBe('```a``b```');
    expect(codeMarkdown('`')).toBe('`` ` ``');
    expect(codeMarkdown('a|b')).toBe('`a\\|b`');
  });
});
