import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { SwitchResult } from '../../src/analysis/switch.js';
import type { WhatIfResult } from '../../src/projection/whatif-result.js';
import type { CheckResult } from '../../src/runs/check.js';
import type { RunLog } from '../../src/runs/run-log.js';
import type { CataloguedRun } from '../../src/runs/run-record.js';
import { temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';
import { hasSqlite, newRun } from '../unit/runs/made-run.js';
import { gapscope, MAIN, REPOSITORY, type Ran } from './gapscope.js';

const sqlite = await hasSqlite();
const trace = (name: string): string => join(REPOSITORY, 'traces', `${name}.trace`);
const EDITS = ['no-sync', 'cuda-graphs=generator_forward,clean_context_cache_update'];

interface Runs {
  readonly schema: string;
  readonly catalogue: string;
  readonly runs: readonly CataloguedRun[];
}

function json<T>({ stdout, stderr, code }: Ran): T {
  expect([stderr, code]).toEqual(['', 0]);
  return JSON.parse(stdout) as T;
}

describe.skipIf(!sqlite)('gapscope runs (needs better-sqlite3)', () => {
  let catalogue: string;
  const runs = (...args: readonly string[]): Ran =>
    gapscope(['runs', ...args], { GAPSCOPE_CATALOGUE: catalogue });
  const list = (): string[] => json<Runs>(runs('list', '--json')).runs.map(({ name }) => name);

  beforeAll(() => {
    catalogue = join(temporaryFolder(), 'c.sqlite');
    const added = json<Runs>(runs('add', trace('small-eager'), '--name', 'eager', '--json'));
    expect(added).toMatchObject({ schema: 'gapscope.runs/1', catalogue });
    const change = ['--change', 'graphs', '--verdict', 'keep', '--note', 'no index reads'];
    const edits = EDITS.flatMap((edit) => ['--edit', edit]);
    expect(runs('add', trace('small-graphs'), ...change, ...edits)).toMatchObject({ code: 0, stderr: '' });
  });

  test('the log has the figures of switch and whatif', () => {
    const log = json<RunLog>(runs('log', '--json'));
    expect(log.schema).toBe('gapscope.run-log/1');
    const [eager, graphs] = log.logs[0]!.rows;
    const latencies = ['small-eager', 'small-graphs'].map((name) =>
      json<SwitchResult>(gapscope(['switch', trace(name), '--json'])),
    );
    expect(eager).toMatchObject({ run: 'eager', latencyNs: latencies[0]!.steadyBlockNs });
    expect(graphs).toMatchObject({
      run: 'small-graphs',
      base: 'eager',
      change: 'graphs',
      verdict: 'keep',
      latencyNs: latencies[1]!.steadyBlockNs,
      interFrameNs: latencies[1]!.interFrameNs,
      switchLatencyNs: latencies[1]!.meanLatencyNs,
      versusBase: {
        differenceNs: latencies[1]!.steadyBlockNs! - latencies[0]!.steadyBlockNs!,
        spread: { verdict: 'beyond' },
      },
      peakMemoryBytes: 3761711616,
      options: [
        { option: 'itemSync', from: true, to: false },
        { option: 'cudaGraphs', from: false, to: true },
      ],
    });
    const apply = EDITS.flatMap((edit) => ['--apply', edit]);
    const whatif = json<WhatIfResult>(gapscope(['whatif', trace('small-eager'), ...apply, '--json']));
    const [row] = whatif.edits;
    expect(row?.applies && row.predictedNs).toBe(graphs!.prediction!.predictedNs);
    expect(graphs!.prediction!.errorShare).toBeCloseTo(
      graphs!.prediction!.predictedNs / graphs!.latencyNs - 1,
      12,
    );
  });

  test('text and Markdown', () => {
    expect(runs('log').stdout).toMatch(/small-graphs +graphs .*−63\.\d %.* keep/);
    expect(runs('log', '--md', '-').stdout).toMatch(/^\| small-graphs \| graphs \| 59\.07 ms \| −63\.\d %/m);
    const file = join(temporaryFolder(), 'log.md');
    expect(runs('log', '--base', 'eager', '--md', file).stdout).toBe('');
    expect(readFileSync(file, 'utf8')).toBe(runs('log', '--md', '-').stdout);
    expect(runs('show', 'small-graphs').stdout).toContain('changed options itemSync true → false');
    expect(runs('list').stdout).toMatch(/eager .*161\.70 ms/);
  });

  test('the same recording, moved or packed, is noticed, and nothing is added', () => {
    const packed = join(temporaryFolder(), 'sent.tar.gz');
    expect(gapscope(['export', trace('small-graphs'), '--pack', packed]).code).toBe(0);
    const { code, stderr } = runs('add', packed);
    expect(code).toBe(1);
    expect(stderr).toContain("in the catalogue already, as 'small-graphs'");
    expect(list()).toEqual(['eager', 'small-graphs']);
  });

  test('set, and remove', async () => {
    const path = await writeSmallTrace();
    const [run] = json<Runs>(runs('add', path, '--base', 'eager', '--name', "it's", '--json')).runs;
    expect(run).toMatchObject({ name: "it's", base: 'eager' });
    expect(run!.metrics).toMatchObject({ busyNs: 96_000, idleNs: 56_000 });
    expect(runs('remove', 'eager').stderr).toContain("'eager' is the base of 'small-graphs', 'it's'");
    expect(json<Runs>(runs('set', "it's", '--verdict', 'drop', '--json')).runs[0]!.verdict).toBe('drop');
    expect(json<Runs>(runs('set', "it's", '--verdict', 'none', '--json')).runs[0]!.verdict).toBeUndefined();
    expect(runs('remove', "it's").stdout).toContain('stays');
    expect(existsSync(path)).toBe(true);
    expect(list()).toEqual(['eager', 'small-graphs']);
  });

  test('names of files cannot drive the terminal', async () => {
    const path = await writeSmallTrace();
    const hostile = join(path, '..', "\u001b[31m'; DROP TABLE runs; --.trace");
    renameSync(path, hostile);
    const texts = ['--change', 'a\u001b[2Jb', '--note', 'x\ny'];
    const shown = [
      runs('add', hostile, ...texts),
      runs('list'),
      runs('log'),
      runs('log', '--md', '-'),
      runs('show', "_[31m'; DROP TABLE runs; --"),
      runs('remove', "_[31m'; DROP TABLE runs; --"),
    ];
    for (const { code, stdout, stderr } of shown) {
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).not.toContain('\u001b');
    }
    expect(list()).toEqual(['eager', 'small-graphs']);
  });

  test('processes that add at once, to a catalogue that is not there yet, all succeed', async () => {
    const file = join(temporaryFolder(), 'new', 'runs.sqlite');
    const paths = await Promise.all(
      Array.from({ length: 4 }, (_, pid) =>
        writeSmallTrace({}, { pid: pid + 1 }, join(temporaryFolder(), 'same.trace')),
      ),
    );
    const codes = await Promise.all(
      paths.map(
        (path) =>
          new Promise((resolve) =>
            spawn(process.execPath, [MAIN, 'runs', 'add', path, '--catalogue', file]).on('exit', resolve),
          ),
      ),
    );
    expect(codes).toEqual([0, 0, 0, 0]);
    const names = json<Runs>(gapscope(['runs', 'list', '--catalogue', file, '--json'])).runs.map(
      ({ name }) => name,
    );
    expect(names.toSorted()).toEqual(['same', 'same-2', 'same-3', 'same-4']);
  });

  test('killed in the middle of an add, the catalogue is what it was before', async () => {
    const file = join(temporaryFolder(), 'killed.sqlite');
    const program = `
      const { openCatalogue } = await import(${JSON.stringify(new URL('../runs/catalogue.js', pathToFileURL(MAIN)).href)});
      const catalogue = openCatalogue(process.argv[1], 'make');
      const run = (i) => ({ ...${JSON.stringify(newRun(''))}, name: 'run ' + i, fingerprint: String(i) });
      catalogue.add([run(0)]);
      catalogue.add(Array.from({ length: 1e6 }, (_, i) => run(i + 1)));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, file]);
    // Pages that no longer fit in SQLite's cache are written before the end: the file has begun to change.
    await vi.waitUntil(() => existsSync(file) && statSync(file).size > 1e6, { timeout: 30_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(`${file}-journal`)).toBe(true);
    const { runs: left } = json<Runs>(gapscope(['runs', 'list', '--catalogue', file, '--json']));
    expect(left.map(({ name }) => name)).toEqual(['run 0']);
  });

  describe('mistakes are one sentence and what to do, exit 1, and change nothing', () => {
    let small: string;
    beforeAll(async () => {
      small = await writeSmallTrace({}, { pid: 77 });
    });
    const add =
      (...args: readonly string[]) =>
      (): string[] => ['add', small, ...args];
    test.each<[string, () => string[], string]>([
      ['no such command', () => ['lst'], 'there is no command "runs lst"'],
      ['no command', () => [], 'say what to do: gapscope runs add, list'],
      ['no run', () => ['show'], 'gapscope runs show needs a RUN'],
      ['no such run', () => ['show', 'egaer'], "did you mean 'eager'"],
      ['no such trace', () => ['add', '/nowhere'], 'no file or folder /nowhere'],
      ['a name that is taken', add('--name', 'eager'), "a run 'eager' already"],
      ['no such base', add('--base', 'nobody'), "no run 'nobody'"],
      ['no such edit', add('--edit', 'magic'), "no edit 'magic'"],
      [
        'an edit that cannot be',
        add('--edit', 'first-block-cache=threshold:0.1', '--base', 'eager'),
        "does not apply to 'eager'",
      ],
      ['no such verdict', add('--verdict', 'perhaps'), 'perhaps'],
      ['no such switch', add('--switch', 'nope_*'), 'nope_*'],
      ['a change of two', add(trace('full-eager'), '--change', 'x'), 'of one run'],
      ['nothing to set', () => ['set', 'eager'], 'nothing to change'],
      ['a circle', () => ['set', 'eager', '--base', 'small-graphs'], "'small-graphs' builds on 'eager'"],
      ['a log of nobody', () => ['log', '--base', 'nobody'], "no run 'nobody'"],
      ['two forms at once', () => ['log', '--md', '-', '--json'], 'exclude each other'],
      ['no catalogue', () => ['list', '--catalogue', '/nowhere/x'], 'there is no catalogue /nowhere/x'],
      ['a file of another kind', () => ['list', '--catalogue', MAIN], 'is no SQLite database'],
    ])('%s', (_, args, words) => {
      const { code, stdout, stderr } = runs(...args());
      expect(stderr).toContain(words);
      expect(stderr).not.toContain('    at ');
      expect([code, stdout]).toEqual([1, '']);
    });

    test('and the catalogue is as it was', () => {
      expect(list()).toEqual(['eager', 'small-graphs']);
    });
  });

  test('an edit is predicted only from the recording that was measured', () => {
    const own = join(temporaryFolder(), 'own.sqlite');
    const copy = join(temporaryFolder(), 'base.trace');
    cpSync(trace('small-eager'), copy, { recursive: true });
    expect(gapscope(['runs', 'add', copy, '--catalogue', own]).code).toBe(0);
    cpSync(trace('small-graphs'), copy, { recursive: true });
    const change = ['--catalogue', own, '--edit', 'kv=ring'];
    expect(gapscope(['runs', 'add', trace('full-eager'), ...change]).stderr).toContain(
      "is not the recording any more that 'base' was added from",
    );
  });

  test('check holds a trace against a catalogued run', () => {
    const file = join(temporaryFolder(), 'b.json');
    const limits = { steadyBlockNs: { base: 'eager', maxIncrease: '2%' }, idleShare: { max: 0.5 } };
    writeFileSync(file, JSON.stringify({ schema: 'gapscope.budget/1', limits }));
    const check = (name: string): Ran =>
      gapscope(['check', '--budget', file, trace(name)], { GAPSCOPE_CATALOGUE: catalogue });
    expect(check('small-graphs').code).toBe(0);
    const slow = check('full-eager');
    expect(slow.code).toBe(2);
    expect(slow.stdout).toMatch(/steadyBlockNs .*BROKEN +eager 161\.\d+ ms \+ 2%/);
    expect(slow.stdout).toMatch(/idleShare .*kept/);
    writeFileSync(
      file,
      JSON.stringify({ schema: 'gapscope.budget/1', limits: { ops: { base: 'x', maxIncrease: 1 } } }),
    );
    expect(check('small-graphs')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('gapscope check', () => {
  const write = (limits: object): string => {
    const file = join(temporaryFolder(), 'budget.json');
    writeFileSync(file, JSON.stringify({ schema: 'gapscope.budget/1', limits }));
    return file;
  };

  test('exit 0 where all is kept, 2 where a limit is broken, with the same in JSON', () => {
    for (const [max, code] of [
      [162, 0],
      [161, 2],
    ] as const) {
      const file = write({ steadyBlockNs: { max: `${max}ms` }, droppedOps: { max: 0 } });
      const ran = gapscope(['check', '--budget', file, trace('small-eager'), '--json']);
      expect([ran.code, ran.stderr]).toEqual([code, '']);
      const result = JSON.parse(ran.stdout) as CheckResult;
      expect(result).toMatchObject({ schema: 'gapscope.check/1', kept: code === 0, broken: code / 2 });
      const { steadyBlockNs } = json<SwitchResult>(gapscope(['switch', trace('small-eager'), '--json']));
      expect(result.limits[0]).toMatchObject({
        value: steadyBlockNs,
        limit: max * 1e6,
        margin: max * 1e6 - steadyBlockNs!,
      });
      const text = gapscope(['check', '--budget', file, trace('small-eager')]).stdout;
      expect(text).toContain(code === 0 ? '2 limits kept' : '1 of 2 limits BROKEN');
    }
  });

  test('--init writes a budget that its trace keeps, and does not replace one', () => {
    const file = join(temporaryFolder(), 'b.json');
    const init = ['check', '--budget', file, '--init', trace('small-eager')];
    expect(gapscope(init).code).toBe(0);
    expect(gapscope(['check', '--budget', file, trace('small-eager')]).code).toBe(0);
    expect(gapscope(['check', '--budget', file, trace('full-eager')]).code).toBe(2);
    const before = readFileSync(file, 'utf8');
    const again = gapscope(init);
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain('--force');
    expect(readFileSync(file, 'utf8')).toBe(before);
    writeFileSync(file, 'mine');
    expect(gapscope([...init, '--force']).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test.each<[string, () => string[], RegExp]>([
    [
      'a metric that the trace lacks',
      () => [write({ switchLatencyNs: { max: '1s' } })],
      /holds a prompt switch/,
    ],
    ['a mistake in the budget', () => [write({ nope: { max: 1 } })], /b\w+\.json:1:\d+: limits\.nope/],
    ['no budget file', () => ['/nowhere.json'], /no such file/],
    ['--force alone', () => [write({ ops: { max: 1 } }), '--force'], /--force goes with --init/],
  ])('%s: exit 1', (_, budget, words) => {
    const { code, stdout, stderr } = gapscope(['check', trace('full-batch2'), '--budget', ...budget()]);
    expect(stderr).toMatch(words);
    expect([code, stdout]).toEqual([1, '']);
  });
});
