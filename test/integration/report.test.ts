import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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
import { readUrl } from '../../viewer/state/url.js';
import { BASE_NS, smallTables, writeSmallTrace } from '../unit/small-trace.js';
import { gapscope, REPOSITORY } from './gapscope.js';

const HAS_VIEWER = existsSync(join(REPOSITORY, 'dist', 'viewer-single', 'viewer.js'));
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

  test('the plan and the findings lead to rows that are there', () => {
    const text = readFileSync(file, 'utf8');
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const inside = [...text.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
    expect(inside.filter((id) => !ids.has(id))).toEqual([]);
    const plan = /<section id="plan">.*?<\/section>/s.exec(text)![0];
    const steps = (JSON.stringify(dataOf(text).get('whatif')).match(/"aloneNs"/g) ?? []).length;
    const rows = [...plan.matchAll(/<td[^>]*>\s*<a href="#((?:hotspot|kernel|wait|kv|place)-\d+)">/g)];
    // Each step once in the sequence, and once alone.
    expect(steps).toBeGreaterThan(2);
    expect(rows.length).toBeGreaterThanOrEqual(2 * steps);
    expect(plan.match(/gapscope view \S+ --at [\d.]+ms\.\.[\d.]+ms<\/code>/g)).toHaveLength(steps);
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

/** Addresses of the timeline in a report, without the file. */
function fragments(text: string, page: string): string[] {
  return [...text.matchAll(/(?:href="|\]\()\.\/([^#")]+)(?:#([^")]*))?/g)].flatMap(([, target, behind]) => {
    expect(target).toBe(page);
    return behind === undefined ? [] : [behind.replaceAll('&amp;', '&')];
  });
}

describe.skipIf(!HAS_VIEWER)('report --timeline', () => {
  test.each([
    ['small-graphs', 'html', 60],
    ['full-batch2', 'md', 50],
  ])(
    '%s as %s: every link is to an event of the trace, in a window around it',
    async (name, ending, least) => {
      const file = join(folder, `linked-${name}.${ending}`);
      const page = `linked-${name}-timeline.html`;
      const { code, stdout } = gapscope(['report', pathOf(name), '-o', file, '--timeline']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Report .*\nTimeline .*-timeline\.html [\d.]+ MB\n$/);
      expect(existsSync(join(folder, page))).toBe(true);
      const text = readFileSync(file, 'utf8');
      const found = fragments(text, page);
      expect(found.length).toBeGreaterThan(least);
      expect(text).not.toContain(' --at ');
      const [trace] = (await readRun(pathOf(name))).traces;
      const { ops, calls } = trace!;
      const starts = { ops: new Set(ops.startNs), calls: new Set(calls.startNs) };
      const ends = new Set(ops.startNs.map((start, op) => start + Math.max(0, ops.durationNs[op]!)));
      for (const one of found) {
        const { state, problem } = readUrl(`#${one}`);
        expect(problem, one).toBeUndefined();
        const { startNs, endNs, place } = state;
        expect(startNs >= 0 && endNs > startNs && endNs <= trace!.endNs, one).toBe(true);
        const toNs = place!.startNs + place!.durationNs;
        expect(startNs <= place!.startNs && toNs <= endNs, one).toBe(true);
        // Ops and calls begin there; a gap begins where an op ends, and ends where one begins; so do ranges.
        switch (place!.kind) {
          case 'ops':
          case 'calls':
            expect(starts[place!.kind].has(place!.startNs), one).toBe(true);
            break;
          case 'gaps':
            expect(ends.has(place!.startNs) && starts.ops.has(toNs), one).toBe(true);
            break;
          case 'projection':
            expect(starts.ops.has(place!.startNs) && ends.has(toNs), one).toBe(true);
        }
      }
      const kinds = new Set(found.map((one) => readUrl(one).state.place!.kind));
      expect([...kinds].toSorted()).toEqual(['calls', 'gaps', 'ops', 'projection']);
    },
  );

  test('of the later process of a run, links count from the start of the earlier', async () => {
    const run = join(folder, 'two-ranks');
    await writeSmallTrace({}, { pid: 1 }, join(run, 'a.trace'));
    const { ops, ...rest } = smallTables();
    const busier = { ...rest, ops: { ...ops, durationNs: Array.from({ length: 8 }, () => 15_000) } };
    await writeSmallTrace(busier, { pid: 2, baseNs: BASE_NS + 1_000_000n }, join(run, 'b.trace'));
    const file = join(folder, 'ranks.html');
    expect(gapscope(['report', run, '-o', file, '--timeline']).code).toBe(0);
    const states = fragments(readFileSync(file, 'utf8'), 'ranks-timeline.html').map(
      (one) => readUrl(one).state,
    );
    expect(states.length).toBeGreaterThan(3);
    for (const { startNs, place } of states) {
      expect(place?.within).toMatch(/^p2\/[dt]/);
      expect(place!.startNs).toBeGreaterThanOrEqual(1_000_000);
      expect(startNs).toBeGreaterThan(900_000);
    }
  });

  test('a trace too large for one page: it says so, and the report has commands instead', async () => {
    const trace = await writeSmallTrace({}, {}, join(folder, 'large.trace'));
    // What counts is the size of the files, before anything in them is read; what follows a stream's end is not.
    const calls = readFileSync(join(trace, 'calls.arrows'));
    writeFileSync(join(trace, 'calls.arrows.gz'), Buffer.concat([gzipSync(calls), Buffer.alloc(80e6)]));
    rmSync(join(trace, 'calls.arrows'));
    const file = join(folder, 'large.html');
    const { code, stdout, stderr } = gapscope(['report', trace, '-o', file, '--timeline']);
    expect([code, stdout.split('\n').length]).toEqual([0, 2]);
    expect(stderr).toMatch(/timeline: not written: large\.trace is too big for one page/);
    expect(existsSync(join(folder, 'large-timeline.html'))).toBe(false);
    const text = readFileSync(file, 'utf8');
    expect(fragments(text, '')).toEqual([]);
    expect(text).toContain(' --at ');
  });

  test('--json names the file; a folder that is not there is a mistake, and is not made', async () => {
    const trace = await writeSmallTrace();
    const file = join(folder, 'json-linked.html');
    const { stdout } = gapscope(['report', trace, '-o', file, '--timeline', '--json', '-q']);
    expect(JSON.parse(stdout)).toMatchObject({ file, timeline: join(folder, 'json-linked-timeline.html') });
    const nowhere = join(folder, 'nowhere', 'report.html');
    expect(gapscope(['report', trace, '-o', nowhere, '--timeline']).code).toBe(1);
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });
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
