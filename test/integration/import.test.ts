import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  callRow,
  globalTid,
  KERNEL,
  kernelRow,
  makeExport,
  rangeRow,
  RUNTIME,
} from '../unit/ingest/nsys/make-export.js';
import { temporaryFolder } from '../unit/small-trace.js';
import { gapscope, MAIN } from './gapscope.js';

const SAMPLES = fileURLToPath(new URL('../../../shared/samples/nsys/', import.meta.url));
const missing = !existsSync(SAMPLES);
const sample = (name: string): string => join(SAMPLES, `${name}.sqlite`);

interface Gaps {
  readonly devices: readonly {
    readonly pid: number;
    readonly window: { readonly device: number; readonly spanNs: number };
    readonly busyNs: number;
    readonly idleNs: number;
    readonly ops: { readonly kernel: number };
    readonly kernelNs: number;
    readonly idleByCause: Readonly<Record<string, number>>;
  }[];
}

function gapsOf(path: string): Gaps {
  const { code, stdout, stderr } = gapscope(['gaps', path, '--json', '--top', 'all']);
  expect(stderr).not.toContain('error:');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Gaps;
}

describe.skipIf(missing)('real exports (need ../shared/samples)', () => {
  // Computed with plain SQL over the exports and checked by an interval sweep, before there was an importer.
  test.each([
    ['fastvideo-2xh100', 0, 1993, 270_875_926, 273_817_787, 26_031_025],
    ['fastvideo-2xh100', 1, 2017, 264_324_724, 267_275_916, 31_385_635],
    ['balinski-rtx3090', 0, 6150, 9_991_891, 12_773_284, 55_127_170],
  ])('%s, device %i', (name, device, kernels, kernelNs, busyNs, idleNs) => {
    const found = gapsOf(sample(name)).devices.find(({ window }) => window.device === device)!;
    expect([found.ops.kernel, found.kernelNs, found.busyNs, found.idleNs]).toEqual([
      kernels,
      kernelNs,
      busyNs,
      idleNs,
    ]);
    const causes = Object.values(found.idleByCause).reduce((sum, ns) => sum + ns, 0);
    expect(causes).toBe(idleNs);
  });

  test.each(['fastvideo-2xh100', 'balinski-rtx3090'])('%s against a sweep over its own tables', (name) => {
    const { devices } = gapsOf(sample(name));
    const swept = sweep(sample(name));
    expect(
      devices.map(({ window, busyNs, idleNs }) => [window.device, window.spanNs, busyNs, idleNs]).sort(),
    ).toEqual(swept.sort());
  });

  test('one without GPU work says why, in words of the profiler', () => {
    const { code, stdout, stderr } = gapscope(['gaps', sample('no-gpu-activity')]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^error: no-gpu-activity\.sqlite holds no GPU work; the profiler said: .*CUDA driver version/,
    );
    const info = gapscope(['info', sample('no-gpu-activity')]);
    expect([info.code, info.stderr]).toEqual([0, '']);
    expect(info.stdout).toContain('! profiler: Installed CUDA driver version (13.3) is not supported');
  });

  test.each(['fastvideo-2xh100', 'balinski-rtx3090'])('%s gives the same when kept', (name) => {
    const kept = join(temporaryFolder(), 'kept');
    expect(gapscope(['import', sample(name), '-o', kept]).code).toBe(0);
    for (const command of ['gaps', 'kernels', 'breakdown', 'overlap']) {
      const [direct, again] = [sample(name), kept].map((path) => gapscope([command, path, '--json']));
      expect(again!.stdout).toBe(direct!.stdout);
      // What was told of the file is told of what was kept of it, too.
      expect(again!.stderr).toBe(direct!.stderr);
    }
  });

  test('every command reads an export', () => {
    for (const command of ['info', 'gaps', 'breakdown', 'kernels', 'overlap']) {
      const { code, stdout } = gapscope([command, sample('fastvideo-2xh100')]);
      expect(code, command).toBe(0);
      expect(stdout, command).toMatch(/GPU 0/);
    }
  });
});

/** Busy and idle time of each device by the simplest way there is: sort all intervals, walk over them. */
function sweep(path: string): number[][] {
  const db = new Database(path, { readonly: true });
  const tables = ['KERNEL', 'MEMCPY', 'MEMSET'].map((kind) => `CUPTI_ACTIVITY_KIND_${kind}`);
  const sql = tables.map((table) => `SELECT deviceId, start, "end" FROM ${table}`).join(' UNION ALL ');
  const rows = db.prepare(`${sql} ORDER BY 2`).raw().all() as [number, number, number][];
  db.close();
  return [...new Set(rows.map(([device]) => device))].map((device) => {
    const own = rows.filter(([of]) => of === device);
    let until = own[0]![1];
    let busy = 0;
    for (const [, start, end] of own) {
      busy += Math.max(0, end - Math.max(start, until));
      until = Math.max(until, end);
    }
    const span = until - own[0]![1];
    return [device, span, busy, span - busy];
  });
}

const SMALL = {
  [KERNEL]: [kernelRow(), kernelRow({ start: 5000, end: 5600, correlationId: 2 })],
  [RUNTIME]: [callRow(), callRow({ start: 4000, end: 4100, correlationId: 2 })],
  NVTX_EVENTS: [
    rangeRow({ end: null }),
    rangeRow({ start: 3900, end: 4200, text: 'b', globalTid: globalTid(111, 9) }),
    rangeRow({ eventType: 35 }),
  ],
  TARGET_INFO_SESSION_START_TIME: [{ utcEpochNs: 1_780_000_000_000_000_001n }],
};

describe('gapscope import', () => {
  test('keeps open ranges open, notices, and times to the nanosecond', () => {
    const path = makeExport(SMALL);
    const kept = join(temporaryFolder(), 'deep', 'kept');
    const { code, stdout } = gapscope(['import', path, '-o', kept]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Imported .*: 1 process, Nsight Systems of unknown version\n/);
    expect(stdout).toMatch(/Next: gapscope gaps /);
    expect(readdirSync(kept)).toEqual(['made.trace']);
    const [direct, again] = [path, kept].map(
      (one) =>
        (JSON.parse(gapscope(['info', one, '--json']).stdout) as { processes: Record<string, unknown>[] })
          .processes[0]!,
    );
    for (const key of ['startedAt', 'spanNs', 'ops', 'ranges', 'calls', 'source']) {
      expect(again![key], key).toEqual(direct![key]);
    }
    expect(again!['ranges']).toEqual({ total: 2, marks: 0, open: 1 });
    expect(JSON.stringify(again!['notices'])).toContain('half a range');
  });

  test('refuses a folder in use; --force replaces traces in it, and only those', () => {
    const kept = temporaryFolder();
    const path = makeExport(SMALL);
    expect(gapscope(['import', path, '-o', kept]).code).toBe(0);
    const again = gapscope(['import', path, '-o', kept]);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/is not empty\nhint: .*--force/);
    writeFileSync(join(kept, 'precious.txt'), 'x');
    mkdirSync(join(kept, 'old.trace'));
    expect(gapscope(['import', makeExport(SMALL, 'other.sqlite'), '-o', kept, '--force']).code).toBe(0);
    expect(readdirSync(kept).sort()).toEqual(['other.trace', 'precious.txt']);
  });

  test('leaves nothing behind when it fails', () => {
    const parent = temporaryFolder();
    const bad = join(parent, 'bad.sqlite');
    writeFileSync(bad, 'SQLite format 3\0 and then nothing');
    const { code, stderr } = gapscope(['import', bad, '-o', join(parent, 'kept')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*bad\.sqlite is not an SQLite database/);
    expect(readdirSync(parent)).toEqual(['bad.sqlite']);
    const onto = gapscope(['import', makeExport(SMALL), '-o', bad]);
    expect(onto.stderr).toMatch(/is a file, not a folder/);
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => kernelRow({ start: 2000 + i, end: 2001 + i }));
    const path = makeExport({ [KERNEL]: rows, [RUNTIME]: [callRow()] });
    const parent = temporaryFolder();
    const child = spawn(process.execPath, [MAIN, 'import', path, '-o', join(parent, 'kept')]);
    let code: number | null | undefined;
    child.on('exit', (status) => (code = status));
    // Interrupted while it writes, which is when something is there to be left behind.
    while (code === undefined && readdirSync(parent).length === 0) await setImmediate();
    child.kill('SIGINT');
    while (code === undefined) await setImmediate();
    // A machine may be so slow that the command was done before the signal came.
    expect([code, readdirSync(parent)]).toEqual(code === 0 ? [0, ['kept']] : [130, []]);
  });

  test('packs the ranks of a folder into one run, and says how their clocks relate', () => {
    const ranks = temporaryFolder();
    for (const rank of [0, 1]) cpSync(makeExport(SMALL), join(ranks, `rank-${rank}.sqlite`));
    const kept = join(temporaryFolder(), 'kept');
    const { code, stdout } = gapscope(['import', ranks, '-o', kept, '--json']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as {
      schema: string;
      clocks: { relation: string };
      processes: { pid: number }[];
    };
    expect([result.schema, result.clocks.relation]).toEqual(['gapscope.import/1', 'same']);
    expect(result.processes.map(({ pid }) => pid)).toEqual([111, 112]);
    expect(readdirSync(kept).sort()).toEqual(['rank-0.trace', 'rank-1.trace']);
    expect(gapscope(['gaps', kept])).toEqual(gapscope(['gaps', ranks]));
    expect(gapscope(['gaps', ranks]).stdout).toMatch(/GPU 0 · rank-0 · [^]*GPU 0 · rank-1 · /);
  });
});
