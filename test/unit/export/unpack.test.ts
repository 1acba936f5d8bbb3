import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { unpack } from '../../../src/export/unpack.js';
import { temporaryFolder } from '../small-trace.js';

interface Entry {
  readonly name: string;
  readonly type?: 'symlink';
  readonly linkname?: string;
}

async function packOf(entries: readonly (readonly [Entry, string?])[]): Promise<string> {
  const tar = pack();
  for (const [header, body = ''] of entries) tar.entry({ mode: 0o644, ...header }, body);
  tar.finalize();
  const file = join(temporaryFolder(), 'sent.tar');
  await pipeline(tar, createWriteStream(file));
  return file;
}

test('only tables come out, each process into a folder of its own, wherever their names lead', async () => {
  const root = temporaryFolder();
  const into = join(root, 'into');
  mkdirSync(into);
  const file = await packOf([
    [{ name: 'run/rank0/ops.arrows' }, 'ops 0'],
    [{ name: 'run/rank0/ops.arrows' }, 'again'],
    [{ name: 'run/rank0/run.json' }, '{}'],
    [{ name: 'other/rank0/ops.arrows' }, 'ops of another'],
    [{ name: '../../escape/ops.arrows' }, 'escaped'],
    [{ name: '/etc/cron.d/calls.arrows' }, 'absolute'],
    [{ name: 'run/rank0/evil.sh' }, 'evil'],
    [{ name: 'run/..hidden/ops.arrows' }, 'dots'],
    [{ name: 'run/rank0/calls.arrows', type: 'symlink', linkname: '/etc/passwd' }],
  ]);
  const notices = await unpack(file, into);
  const files = readdirSync(into, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('/'))
    .sort();
  expect(files).toEqual(expect.arrayContaining(['rank0/ops.arrows', 'rank0/run.json', 'rank0.2/ops.arrows']));
  expect(readFileSync(join(into, 'rank0/ops.arrows'), 'utf8')).toBe('ops 0');
  expect(readFileSync(join(into, 'rank0.2/ops.arrows'), 'utf8')).toBe('ops of another');
  expect(files.every((name) => /\/(?:ops|calls)\.arrows$|run\.json$/.test(name))).toBe(true);
  // Nothing was written beside it.
  expect(readdirSync(root)).toEqual(['into']);
  expect(existsSync(join(root, '..', 'escape'))).toBe(false);
  expect(notices).toEqual([
    {
      table: 'sent.tar',
      message: 'entries of the pack that are no tables were left out',
      count: expect.any(Number) as number,
    },
  ]);
});
