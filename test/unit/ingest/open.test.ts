import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openRun } from '../../../src/ingest/open.js';
import { UserError } from '../../../src/trace/errors.js';
import { temporaryFolder, writeSmallTrace } from '../small-trace.js';
import { callRow, KERNEL, kernelRow, makeExport, RUNTIME } from './nsys/make-export.js';

const EXPORT = makeExport({ [KERNEL]: [kernelRow()], [RUNTIME]: [callRow()] });

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

async function failure(path: string): Promise<UserError> {
  const error: unknown = await openRun(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('openRun', () => {
  it('goes by the content of a file, not by its name', async () => {
    const path = join(temporaryFolder(), 'no-suffix');
    copyFileSync(EXPORT, path);
    expect((await openRun(path)).traces).toHaveLength(1);
    expect((await openRun(await writeSmallTrace())).traces).toHaveLength(1);
  });

  it('says what a file is that it cannot read, and what to do', async () => {
    const report = await failure(fileOf('x.nsys-rep', 'QD\0\x01'));
    expect(report.message).toMatch(/report of Nsight Systems/);
    expect(report.hint).toMatch(/^export it first: nsys export --type sqlite .*x\.nsys-rep$/);
    expect((await failure(fileOf('x.qdrep', '\x02\x03'))).hint).toMatch(/^export it first/);
    expect((await failure(fileOf('x.sqlite', ''))).message).toMatch(/is empty$/);
    expect((await failure(fileOf('x.txt', 'hello'))).message).toMatch(/is none of what gapscope reads/);
    expect((await failure(fileOf('x.arrow', 'ARROW1\0\0'))).message).toMatch(/one Arrow table/);
    expect((await failure(fileOf('x.sqlite.gz', gzipSync('SQLite format 3\0rest')))).hint).toMatch(/^gunzip/);
    expect((await failure(join(temporaryFolder(), 'nothing'))).message).toMatch(/^there is no file/);
  });

  it('takes a folder of files as one run, ranks in order, ids apart', async () => {
    const folder = temporaryFolder();
    for (const rank of [10, 2, 1]) copyFileSync(EXPORT, join(folder, `rank-${rank}.sqlite`));
    writeFileSync(join(folder, 'rank-3.sqlite'), 'SQLite format 3\0 and then nothing');
    writeFileSync(join(folder, 'README.txt'), 'not a trace');
    writeFileSync(join(folder, 'run.json'), '{}');
    const { traces, notices, clocks } = await openRun(folder);
    expect(traces.map(({ name, pid }) => [name, pid])).toEqual([
      ['rank-1', 111],
      ['rank-2', 112],
      ['rank-10', 113],
    ]);
    expect(clocks?.relation).toBe('apart');
    expect(notices.map(({ message }) => message).join('\n')).toMatch(/left out: .*rank-3\.sqlite/);
    expect(notices.filter(({ message }) => message.startsWith('process id 111 is'))).toHaveLength(2);
  });

  it('takes traces of ours beside files of others', async () => {
    const folder = temporaryFolder();
    copyFileSync(EXPORT, join(folder, 'a.sqlite'));
    mkdirSync(join(folder, 'empty'));
    await writeSmallTrace({}, {}, join(folder, 'b.trace'));
    expect((await openRun(folder)).traces.map(({ name }) => name).sort()).toEqual(['a', 'b']);
  });

  it('reports progress and can be given up', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => kernelRow({ start: 2000 + i, end: 2001 + i }));
    const path = makeExport({ [KERNEL]: rows, [RUNTIME]: [callRow()] });
    const seen: { done: number; total?: number }[] = [];
    const abort = new AbortController();
    const run = openRun(path, {
      signal: abort.signal,
      progress: (progress) => {
        seen.push(progress);
        abort.abort();
      },
    });
    await expect(run).rejects.toThrow(/aborted/);
    expect(seen[0]!.total).toBe(20_001);
  });
});
