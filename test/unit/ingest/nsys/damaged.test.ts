import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { importNsys } from '../../../../src/ingest/nsys/import-nsys.js';
import { UserError } from '../../../../src/trace/errors.js';
import { temporaryFolder } from '../../small-trace.js';
import { callRow, KERNEL, kernelRow, makeExport, RUNTIME } from './make-export.js';

const SAMPLES = fileURLToPath(new URL('../../../../../shared/samples/nsys/', import.meta.url));

function manyRows(): string {
  return makeExport({
    [KERNEL]: Array.from({ length: 3000 }, (_, i) =>
      kernelRow({ start: 2000 + 10 * i, end: 2005 + 10 * i, correlationId: i + 1 }),
    ),
    [RUNTIME]: Array.from({ length: 3000 }, (_, i) =>
      callRow({ start: 1000 + 10 * i, correlationId: i + 1 }),
    ),
  });
}

/** Reads a file that may be damaged: a run or a `UserError`, nothing else; returns which. */
async function outcome(path: string): Promise<string> {
  try {
    const { traces } = await importNsys(path);
    return `${traces[0]!.ops.length} ops`;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message.replaceAll(path, 'FILE');
  }
}

describe('a damaged file', () => {
  it('that was cut is said to be, wherever the cut is', async () => {
    const whole = readFileSync(manyRows());
    const path = join(temporaryFolder(), 'cut.sqlite');
    for (const share of [0.02, 0.1, 0.35, 0.5, 0.75, 0.97]) {
      writeFileSync(path, whole.subarray(0, Math.floor(whole.length * share)));
      expect(await outcome(path)).toMatch(/damaged|cannot be read|not an export|no GPU work/);
    }
  });

  it('with pages overwritten ends in a run or a user error', async () => {
    const whole = readFileSync(manyRows());
    const path = join(temporaryFolder(), 'garbled.sqlite');
    const pages = whole.length / 4096;
    let refused = 0;
    for (let page = 1; page < pages; page += 5) {
      const bytes = Buffer.from(whole);
      // The content of another page: whole by its form, so that rows repeat or are of another table.
      const from = (page * 7 + 3) % pages;
      bytes.copy(bytes, page * 4096, from * 4096, (from + 1) * 4096);
      writeFileSync(path, bytes);
      if (!/ ops$/.test(await outcome(path))) refused++;
      bytes.fill(0xa5, page * 4096 + 100, page * 4096 + 900);
      writeFileSync(path, bytes);
      await outcome(path);
    }
    expect(refused).toBeGreaterThan(0);
  });

  it('whose cells hold other types reads them as nothing', async () => {
    const path = makeExport({
      [KERNEL]: [
        kernelRow(),
        kernelRow({ start: 'soon', end: 'later' }),
        kernelRow({ start: 1e300, end: 2 }),
        kernelRow({ start: 5000, end: 2n ** 62n }),
        kernelRow({ start: 6000, end: 7000, deviceId: 'zero' }),
        kernelRow({ start: 8000, end: 8100, gridX: 'many', streamId: null, $demangledName: '' }),
      ],
      [RUNTIME]: [callRow({ returnValue: 'ok', correlationId: 'x' })],
    });
    const { traces, notices } = await importNsys(path);
    expect([...traces[0]!.ops.durationNs]).toEqual([1000, 100]);
    expect(notices.reduce((sum, { count }) => sum + (count ?? 0), 0)).toBe(4);
  });

  it('that is another database is told apart from an export', async () => {
    const path = makeExport({ people: [{ name: 'x' }] });
    expect(await outcome(path)).toBe(
      'FILE is an SQLite database, but not an export of Nsight Systems: its tables are StringIds, people',
    );
  });
});

describe('the file', () => {
  it('in WAL mode is read without leaving a -wal or -shm beside it', async () => {
    const path = manyRows();
    const db = new Database(path);
    db.pragma('journal_mode = WAL');
    db.close();
    const folder = join(path, '..');
    const before = readdirSync(folder);
    expect(await outcome(path)).toBe('3000 ops');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('that is being written is refused', async () => {
    const path = manyRows();
    const db = new Database(path);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE more (a)');
    expect(await outcome(path)).toMatch(/is being written/);
    db.close();
    const locked = new Database(manyRows());
    locked.exec('BEGIN EXCLUSIVE');
    expect(await outcome(locked.name)).toMatch(/is being written by another program/);
    locked.close();
  }, 30_000);

  const sample = join(SAMPLES, 'balinski-rtx3090.sqlite');
  it.skipIf(!existsSync(sample))('is not touched (needs ../shared/samples)', async () => {
    const path = join(temporaryFolder(), 'copy.sqlite');
    copyFileSync(sample, path);
    const of = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
    const before = [of(path), statSync(path).mtimeMs];
    await importNsys(path);
    expect([of(path), statSync(path).mtimeMs]).toEqual(before);
    expect(readdirSync(join(path, '..'))).toEqual(['copy.sqlite']);
  });
});
