import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'parse5';
import { afterAll, describe, expect, test } from 'vitest';
import { analyzeBreakdown } from '../../src/analysis/breakdown.js';
import { analyzeGaps } from '../../src/analysis/gaps.js';
import { analyzeKernels } from '../../src/analysis/kernels.js';
import { analyzeKv } from '../../src/analysis/kv.js';
import { analyzeOverlap } from '../../src/analysis/overlap.js';
import { analyzeSwitch } from '../../src/analysis/switch.js';
import { summarize } from '../../src/analysis/info.js';
import { readRun } from '../../src/trace/read-run.js';
import { gapscope, REPOSITORY } from './gapscope.js';

const TRACES = ['full-eager', 'full-batch2', 'small-eager', 'small-graphs'] as const;

const folder = mkdtempSync(join(tmpdir(), 'gapscope-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pathOf(name: string): string {
  return join(REPOSITORY, 'traces', `${name}.trace`);
}

/** The data blocks of a page, parsed. */
function dataOf(text: string): Map<string, unknown> {
  const blocks = text.matchAll(/<script type="application\/json" id="data-(\w+)">([^<]*)<\/script>/g);
  return new Map([...blocks].map(([, name = '', json = '']) => [name, JSON.parse(json)]));
}

describe.each(TRACES)('report of %s', (name) => {
  const file = join(folder, `${name}.html`);
  const ran = gapscope(['report', pathOf(name), '-o', file]);

  test('says where it is, and nothing else', () => {
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^Report .*\.html [\d.]+ kB, \d+ findings\n$/);
  });

  test('its data are the results of the analyzers', async () => {
    const [trace] = (await readRun(pathOf(name))).traces;
    const device = 0;
    const all = { device, top: Infinity };
    const switchPattern = name === 'full-batch2' ? { switch: 'none' } : {};
    const data = dataOf(readFileSync(file, 'utf8'));
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    expect(data.get('info')).toEqual(plain(summarize(trace!)));
    expect(data.get('gaps')).toEqual(plain(analyzeGaps(trace!, all)));
    expect(data.get('breakdown')).toEqual(plain(analyzeBreakdown(trace!, { device })));
    expect(data.get('kv')).toEqual(plain(analyzeKv(trace!, { device })));
    expect(data.get('switch')).toEqual(plain(analyzeSwitch(trace!, { device, ...switchPattern })));
    expect(data.get('kernels')).toEqual(plain(analyzeKernels(trace!, all)));
    expect(data.get('overlap')).toEqual(plain(analyzeOverlap(trace!, all)));
    expect(data.get('findings')).not.toEqual([]);
  });

  test('is well-formed, and needs nothing else', () => {
    const text = readFileSync(file, 'utf8');
    const errors: string[] = [];
    parse(text, { sourceCodeLocationInfo: true, onParseError: ({ code }) => errors.push(code) });
    expect(errors).toEqual([]);
    expect(text).not.toMatch(/url\(|@import|https?:\/\//);
    expect(text).not.toMatch(/>[^<]*\b(?:NaN|undefined|Infinity)\b[^<]*</);
  });

  test('tells the same as Markdown', () => {
    const markdown = join(folder, `${name}.md`);
    expect(gapscope(['report', pathOf(name), '-o', markdown]).code).toBe(0);
    const text = readFileSync(markdown, 'utf8');
    expect(text).toMatch(new RegExp(`^# gapscope report: ${name}\n`));
    for (const title of [
      'Findings',
      'Blocks',
      'Idle time',
      'Layers',
      'KV cache',
      'Prompt switch',
      'Kernels',
    ]) {
      expect(text).toContain(`\n## ${title}\n`);
    }
    expect(text).not.toMatch(/\b(?:NaN|undefined|Infinity)\b/);
  });
});

test('a part that cannot be had is one sentence, not a failure', () => {
  const text = readFileSync(join(folder, 'full-batch2.html'), 'utf8');
  expect(text).toMatch(/<p class="note">None of the 8 blocks holds a prompt switch[^<]*<\/p>/);
});

test('--window is for all parts but the blocks', () => {
  const file = join(folder, 'window.html');
  const path = pathOf('full-eager');
  expect(gapscope(['report', path, '-o', file, '--window', 'temporal_block:4']).code).toBe(0);
  const data = dataOf(readFileSync(file, 'utf8'));
  const { devices } = data.get('gaps') as { devices: { window: { spanNs: number } }[] };
  expect(devices[0]?.window.spanNs).toBeGreaterThan(450e6);
  expect(devices[0]?.window.spanNs).toBeLessThan(460e6);
  expect((data.get('switch') as { blocks: unknown[] }).blocks).toHaveLength(10);
});

test('--json: the findings, and where the file is', () => {
  const file = join(folder, 'json.html');
  const { code, stdout } = gapscope(['report', pathOf('small-eager'), '-o', file, '--json']);
  expect(code).toBe(0);
  const result = JSON.parse(stdout) as { schema: string; file: string; findings: { rule: string }[] };
  expect(result).toMatchObject({ schema: 'gapscope.report/1', file });
  // The launch-bound capture: nine tenths of its window are host and launch time.
  expect(result.findings[0]?.rule).toBe('launch-bound');
});

test('mistakes', () => {
  const wrongEnd = gapscope(['report', pathOf('small-eager'), '-o', join(folder, 'report.pdf')]);
  expect(wrongEnd.code).toBe(1);
  expect(wrongEnd.stderr).toContain('name a file that ends in .html or .md');
  const noFolder = gapscope(['report', pathOf('small-eager'), '-o', join(folder, 'no', 'report.html')]);
  expect(noFolder.code).toBe(1);
  expect(noFolder.stderr).toContain('its folder must exist');
  const noTrace = gapscope(['report', join(folder, 'nothing')]);
  expect(noTrace.code).toBe(1);
  expect(noTrace.stderr).toMatch(/^error: /);
});
