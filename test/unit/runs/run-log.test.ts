import { describe, expect, test } from 'vitest';
import { runLogMarkdown } from '../../../src/report/markdown/run-log-markdown.js';
import { runLogText } from '../../../src/report/run-log-text.js';
import { runsText } from '../../../src/report/runs-text.js';
import { runText } from '../../../src/report/run-text.js';
import { textStyle } from '../../../src/report/style.js';
import { runLog } from '../../../src/runs/run-log.js';
import { checkedName, nameOfTrace } from '../../../src/runs/run-name.js';
import type { RunFacts } from '../../../src/runs/run-record.js';
import { made } from './made-run.js';

const facts = (over: Partial<RunFacts>): RunFacts => ({
  options: {},
  optionsLeftOut: 0,
  problems: [],
  ...over,
});

describe('figures', () => {
  const base = made('base', [1000, 1010, 990, 1000], {
    facts: facts({
      options: { graphs: false, seed: 0, old: 1 },
      quality: { movement: 0.2, sharpness: 0.5 },
    }),
  });
  const ring = made('ring', [900, 910, 890, 905], {
    base: 'base',
    verdict: 'keep',
    facts: facts({
      options: { graphs: true, seed: 0, new: 2 },
      quality: { movement: 0.15, sharpness: 0.5, psnr: 31.5, ssim: 0.98 },
      peakMemoryBytes: 5e9,
    }),
    prediction: {
      edits: ['kv=ring'],
      of: 'base',
      target: 'temporal_block_#',
      replayNs: 1000,
      predictedNs: 918,
      lowNs: 910,
      highNs: 920,
      trusted: true,
    },
  });
  const noise = made('noise', [1005, 1000, 1002, 995], { base: 'base', verdict: 'drop' });
  const deeper = made('deeper', [450, 455, 448, 452], { base: 'ring' });
  const [log] = runLog([base, ring, noise, deeper], 'c').logs;
  const row = (name: string) => log!.rows.find(({ run }) => run === name)!;

  test('against the base, and against the last that was kept', () => {
    expect(row('base').versusBase).toBeUndefined();
    expect(row('ring').versusBase).toMatchObject({ run: 'base', differenceNs: -100, share: -0.1 });
    expect(row('ring').versusKept?.run).toBe('base');
    expect(row('noise').versusKept).toMatchObject({ run: 'ring', differenceNs: 100 });
    // `noise` was dropped, so what follows it is not held against it.
    expect(row('deeper').versusKept).toMatchObject({ run: 'ring', differenceNs: -450, share: -0.5 });
    expect(row('deeper').versusBase?.share).toBe(-0.55);
  });

  test('noise is told from a gain', () => {
    expect(row('noise').versusBase?.spread?.verdict).toBe('within');
    expect(row('ring').versusBase?.spread?.verdict).toBe('beyond');
  });

  test('the prediction, its error, what changed and what the output lost', () => {
    expect(row('ring').prediction?.errorShare).toBeCloseTo(0.02, 12);
    expect(row('ring').options).toEqual([
      { option: 'graphs', from: false, to: true },
      { option: 'new', to: 2 },
      { option: 'old', from: 1 },
    ]);
    expect(row('ring').quality).toEqual({
      psnr: 31.5,
      ssim: 0.98,
      movementShare: 0.15 / 0.2 - 1,
      sharpnessShare: 0,
    });
    expect(row('ring').peakMemoryBytes).toBe(5e9);
  });

  test('a run without blocks is taken by its span, and never held against one with blocks', () => {
    const span = made('span', [], { base: 'base' });
    const [mixed] = runLog([base, span], 'c').logs;
    expect(mixed!.rows[1]).toMatchObject({ latencyOf: 'span', latencyNs: 1000 });
    expect(mixed!.rows[1]!.versusBase).toBeUndefined();
    expect(mixed!.rows[1]!.cautions.join()).toContain('steady block');
  });
});

describe('which runs', () => {
  const runs = [
    made('a', [10]),
    made('b', [20]),
    made('a2', [9], { base: 'a1' }),
    made('a1', [8], { base: 'a' }),
    made('lone', [1]),
    made('b1', [19], { base: 'b' }),
  ];
  const shape = (base?: string) =>
    runLog(runs, 'c', base).logs.map(({ rows }) => rows.map(({ run }) => run).join(' '));

  test('one log a base with what builds on it, the rest named', () => {
    expect(shape()).toEqual(['a a2 a1', 'b b1']);
    expect(runLog(runs, 'c').leftOut).toEqual(['lone']);
  });
  test('a base may be in the middle', () => {
    expect(shape('a1')).toEqual(['a1 a2']);
    expect(shape('lone')).toEqual(['lone']);
    expect(() => shape('nobody')).toThrow("no run 'nobody'");
  });
  test('without any base every run stands alone', () => {
    expect(runLog([made('x', [1]), made('y', [2])], 'c').logs).toHaveLength(2);
    expect(() => runLog([], 'c')).toThrow('no run in c');
  });
});

describe('what speaks against comparing is said', () => {
  test.each([
    [made('x', [9], { base: 'base', facts: facts({ gpu: 'H200' }) }), 'GPU H200, the base H100'],
    [made('x', [9], { base: 'base', measuredWith: { device: 1 } }), '--device 1 / (default)'],
  ])('%#', (run, words) => {
    const base = made('base', [10], { facts: facts({ gpu: 'H100' }) });
    const { rows } = runLog([base, run], 'c').logs[0]!;
    expect(rows[1]!.cautions.join()).toContain(words);
  });
});

describe('text', () => {
  const evil = 'x\u001b[31m|`<b>\u202e\n# y';
  const base = made(evil, [1000, 1010, 1020], { facts: facts({ options: { [evil]: evil }, gpu: evil }) });
  const run = made(`2${evil}`, [1004, 1012, 1021], {
    base: evil,
    change: evil,
    note: evil,
    verdict: 'drop',
    facts: facts({ options: { [evil]: 'z' }, gpu: 'other', peakMemoryBytes: 1e9 }),
  });
  const log = runLog([base, run], evil);

  test('fits every terminal, and no foreign text drives it', () => {
    for (const width of [60, 80, 120, 200]) {
      const style = textStyle(width, false);
      const lines = [
        ...runLogText(log, style),
        ...runsText([base, run], evil, style),
        ...runText(run, base, style),
      ];
      // eslint-disable-next-line no-control-regex -- control characters are what this is about
      for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
      for (const line of runLogText(log, style)) {
        expect([...line].length, line).toBeLessThanOrEqual(width);
      }
    }
  });

  test('a difference within the spread is marked and explained', () => {
    const lines = runLogText(log, textStyle(200, false));
    expect(lines.join('\n')).toMatch(/\+0\.2 % ≈/);
    expect(lines.join('\n')).toContain('≈ not more than the steady blocks');
  });

  test('columns that have no room are named, and those that hold nothing are not there', () => {
    const wide = runLogText(log, textStyle(200, false)).join('\n');
    expect(wide).toContain('memory');
    expect(wide).not.toContain('PSNR');
    const narrow = runLogText(log, textStyle(60, false)).join('\n');
    expect(narrow.replace(/\s+/g, ' ')).toMatch(/no room for .*memory/);
  });

  test('Markdown keeps its table whole', () => {
    const rows = runLogMarkdown(log)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(4);
    const cells = rows.map((line) => line.replace(/\\./g, '').split('|').length);
    expect(new Set(cells).size).toBe(1);
    const outsideCode = runLogMarkdown(log).replace(/``.*?``/g, '');
    expect(outsideCode).not.toMatch(/(?<!\\)<b>/);
    expect(runLogMarkdown(log)).not.toContain('\u001b');
  });
});

test('names: after the trace, and nothing a shell or terminal would take otherwise', () => {
  expect(nameOfTrace('traces/small-eager.trace/')).toBe('small-eager');
  expect(nameOfTrace('/x/run.tar.gz')).toBe('run');
  expect(nameOfTrace('/x/--out.sqlite')).toBe('out');
  expect(nameOfTrace('/x/.trace')).toBe('.trace');
  expect(nameOfTrace('/x/a\u001b[31mb.json.gz')).toBe('a_[31mb');
  expect(checkedName(" Robert'); DROP ")).toBe("Robert'); DROP");
  for (const bad of ['', '  ', '-x', 'a\nb', '\u202ex', 'x'.repeat(201)]) {
    expect(() => checkedName(bad)).toThrow('cannot be called');
  }
});
