import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack as tarStream } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { chunkSource } from '../../src/trace/byte-source.js';
import { UserError } from '../../src/trace/errors.js';
import { readRun } from '../../src/trace/read-run.js';
import { readTrace } from '../../src/trace/read-trace.js';
import { tarEntries, type TarEnd } from '../../src/trace/tar.js';
import type { Trace } from '../../src/trace/trace.js';
import { BASE_NS, smallTables, temporaryFolder, writeSmallTrace } from './small-trace.js';

/** What of two readings of one trace must be equal: all but where it was read from. */
function content({ path: _path, name: _name, bytesOnDisk: _bytes, ...rest }: Trace): unknown {
  return rest;
}

function tar(folder: string, file: string, ...options: string[]): string {
  const to = join(temporaryFolder(), file);
  execFileSync('tar', [
    ...options,
    '-cf',
    to,
    '-C',
    dirname(folder),
    folder.slice(dirname(folder).length + 1),
  ]);
  return to;
}

async function* chunks(bytes: Uint8Array, size = 700): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function entriesOf(bytes: Uint8Array): Promise<{ end: TarEnd; names: string[] }> {
  const end: TarEnd = { complete: false, skipped: 0, refused: 0 };
  const names: string[] = [];
  for await (const { name } of tarEntries(chunkSource(chunks(bytes), bytes.length), end)) {
    names.push(name);
  }
  return { end, names };
}

/** A tar of tar-stream's making: names as given. */
async function made(
  entries: readonly { name: string; body?: string; type?: 'symlink' | 'file' }[],
): Promise<Uint8Array> {
  const packed = tarStream();
  for (const { name, body = '', type = 'file' } of entries) {
    packed.entry({ name, type, ...(type === 'symlink' ? { linkname: 'x' } : {}) }, body);
  }
  packed.finalize();
  const parts: Buffer[] = [];
  for await (const part of packed) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

describe('a packed trace', () => {
  test.each([
    ['gnu', []],
    ['pax', ['--format=pax']],
    ['ustar', ['--format=ustar']],
  ])('of GNU tar (%s) is the trace, plain, gzipped, and with gzipped tables', async (_format, options) => {
    for (const gzip of [false, true]) {
      const folder = await writeSmallTrace({}, { gzip });
      writeFileSync(join(folder, 'run.json'), '{"steps": 4}');
      const expected = content(await readTrace(folder));
      for (const file of ['a.tar', 'a.trace.bin']) {
        const run = await readRun(tar(folder, file, ...options));
        expect(run.traces.map(content)).toEqual([expected]);
        expect(run.traces[0]!.name).toBe('small');
        expect(run.notices).toEqual([]);
      }
      const zipped = await readRun(tar(folder, 'a.tgz', '-z', ...options));
      expect(zipped.traces.map(content)).toEqual([expected]);
    }
  });

  test('of the files alone is named after the pack', async () => {
    const folder = await writeSmallTrace();
    const file = join(temporaryFolder(), 'mine.tar.gz');
    execFileSync('tar', ['-czf', file, '-C', folder, '.']);
    expect((await readRun(file)).traces.map(({ name }) => name)).toEqual(['mine']);
  });

  test('of a run has its processes, their names however long, and the run file beside them', async () => {
    const run = join(temporaryFolder(), 'run');
    const long = 'rank'.repeat(60);
    for (const [name, pid] of [
      ['b', 2],
      [long, 1],
    ] as const) {
      mkdirSync(run, { recursive: true });
      await writeSmallTrace({}, { pid, baseNs: BASE_NS + BigInt(pid) }, join(run, `${name}.trace`));
    }
    writeFileSync(join(run, 'run.json'), '{"seed": 7}');
    const expected = await readRun(run);
    for (const options of [[], ['--format=pax'], ['-z']]) {
      const packed = await readRun(tar(run, 'run.tar', ...options));
      expect(packed.traces.map(content)).toEqual(expected.traces.map(content));
      expect(packed.traces.map(({ name }) => name)).toEqual([long, 'b']);
      expect(packed.traces.map((trace) => trace.run)).toEqual([{ seed: 7 }, { seed: 7 }]);
    }
  });

  test('that was cut yields what is whole, says so, and never throws but a user error', async () => {
    const folder = await writeSmallTrace({}, { batchRows: 2 });
    const whole = readFileSync(tar(folder, 'a.tar'));
    const file = join(temporaryFolder(), 'cut.tar');
    // The last block with anything in it, and the block of zeros that ends a tar.
    const end = (Math.floor(whole.findLastIndex((byte) => byte !== 0) / 512) + 2) * 512;
    let most = 0;
    for (let cut = 0; cut < whole.length; cut += 97) {
      writeFileSync(file, whole.subarray(0, cut));
      try {
        const { traces } = await readRun(file, { allowEmpty: true });
        const { ops, calls, notices } = traces[0]!;
        expect(ops.length % 2).toBe(0);
        expect(notices.some(({ message }) => message.includes('the pack was cut'))).toBe(cut < end);
        expect(ops.length + calls.length).toBeGreaterThanOrEqual(most);
        most = ops.length + calls.length;
      } catch (error) {
        expect(error, `cut at ${cut}: ${(error as Error).stack}`).toBeInstanceOf(UserError);
      }
    }
    expect(most).toBe(16);
    const zipped = gzipSync(whole);
    for (let cut = 20; cut < zipped.length; cut += 53) {
      writeFileSync(file, zipped.subarray(0, cut));
      const reading = readRun(file, { allowEmpty: true });
      await reading.catch((error: unknown) => expect(error).toBeInstanceOf(UserError));
    }
  });

  test('with a garbled byte anywhere in its headers is damaged, not a crash', async () => {
    const folder = await writeSmallTrace();
    const whole = readFileSync(tar(folder, 'a.tar'));
    const file = join(temporaryFolder(), 'bad.tar');
    for (let at = 512; at < 1024 + 512; at += 5) {
      const bytes = Uint8Array.from(whole);
      bytes[at] = bytes[at]! ^ 0x55;
      writeFileSync(file, bytes);
      try {
        const { traces } = await readRun(file, { allowEmpty: true });
        expect(traces[0]!.notices.length + traces[0]!.ops.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
  });

  test('without tables, and a file that is no pack, are user errors that say what they are', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes.txt'), 'hello');
    await expect(readRun(tar(folder, 'x.tar'))).rejects.toThrow(/pack of 1 files, none of which is a table/);
    const other = join(folder, 'a.tar');
    renameSync(join(folder, 'notes.txt'), other);
    await expect(readRun(other)).rejects.toThrow(/is not a trace/);
  });
});

describe('a tar', () => {
  test('gives no name that leads out of it, and counts links', async () => {
    const { end, names } = await entriesOf(
      await made([
        { name: 'a/../../etc/passwd', body: 'x' },
        { name: '/abs', body: 'x' },
        { name: 'C:\\x', body: 'x' },
        { name: 'a\\..\\b', body: 'x' },
        { name: './ok/ops.arrows', body: 'abc' },
        { name: 'link', type: 'symlink' },
        { name: `${'d/'.repeat(120)}deep`, body: 'abc' },
      ]),
    );
    expect(names).toEqual(['ok/ops.arrows', `${'d/'.repeat(120)}deep`]);
    expect(end).toEqual({ complete: true, skipped: 1, refused: 4 });
  });

  test('passes over what was not read', async () => {
    const bytes = await made([
      { name: 'one', body: 'x'.repeat(5000) },
      { name: 'two', body: 'y' },
    ]);
    const end: TarEnd = { complete: false, skipped: 0, refused: 0 };
    const heads: string[] = [];
    let first: Promise<Uint8Array> | undefined;
    for await (const { source } of tarEntries(chunkSource(chunks(bytes), 0), end)) {
      heads.push(new TextDecoder().decode(await source.read(3)));
      // A read that is still under way when the next entry is asked for, as of a stream that reads ahead.
      first ??= source.read(4000);
    }
    expect(heads).toEqual(['xxx', 'y']);
    expect((await first)!.length).toBeLessThanOrEqual(4000);
    expect(end.complete).toBe(true);
  });

  test('made by anyone with a link to a table in it reads as without', async () => {
    const folder = await writeSmallTrace({ calls: undefined });
    symlinkSync('ops.arrows', join(folder, 'calls.arrows'));
    const { traces } = await readRun(tar(folder, 'l.tar'));
    expect(traces[0]!.calls.length).toBe(0);
    expect(traces[0]!.notices.some(({ message, count }) => count === 1 && message.includes('links'))).toBe(
      true,
    );
    expect(traces[0]!.ops.length).toBe((smallTables().ops.startNs as number[]).length);
  });
});
