import { statSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type * as Parts from '../../src/ingest/pytorch/read-in-parts.js';
import type * as Importer from '../../src/ingest/pytorch/import-pytorch.js';
import { concluded } from '../../src/ingest/pytorch/read-pytorch.js';
import { tablesOf } from '../unit/ingest/pytorch/read-text.js';
import { temporaryFolder } from '../unit/small-trace.js';
import { gapscope, REPOSITORY } from './gapscope.js';

/** As it is built: threads cannot be started with TypeScript. */
const built = async <M>(file: string): Promise<M> =>
  (await import(pathToFileURL(join(REPOSITORY, 'dist/ingest/pytorch', file)).href)) as M;

describe.skipIf(availableParallelism() < 2)('a long file read in threads (needs two cores)', () => {
  test('comes to the same as the same file gzipped, which one thread reads', async () => {
    const { readInParts } = await built<typeof Parts>('read-in-parts.js');
    const { importPytorch } = await built<typeof Importer>('import-pytorch.js');
    const folder = temporaryFolder();
    const [plain, gzipped] = [join(folder, 'x.json'), join(folder, 'x.json.gz')];
    const source = join(REPOSITORY, 'traces/whatif-dit.trace');
    for (const file of [plain, gzipped]) {
      expect(gapscope(['export', source, '--perfetto', file, '--quiet']).code).toBe(0);
    }
    const { size } = statSync(plain);
    let seen = 0;
    const read = await readInParts(plain, size, {
      chunkBytes: 1 << 16,
      leastBytes: 1 << 16,
      onBytes: (bytes) => (seen = bytes),
    });
    expect(read?.bytes).toBe(size);
    expect(seen).toBe(size);
    const { traces } = concluded(read!, { name: 'x', path: plain, bytes: size });
    const alone = await importPytorch(gzipped);
    expect(tablesOf(traces[0]!)).toEqual(tablesOf(alone.traces[0]!));
    expect(traces[0]!.notices).toEqual(alone.traces[0]!.notices);
  });

  test('stops when it is told to', async () => {
    const { readInParts } = await built<typeof Parts>('read-in-parts.js');
    const file = join(temporaryFolder(), 'x.json');
    const source = join(REPOSITORY, 'traces/whatif-dit.trace');
    expect(gapscope(['export', source, '--perfetto', file, '--quiet']).code).toBe(0);
    const stop = new AbortController();
    const reading = readInParts(file, statSync(file).size, {
      chunkBytes: 1 << 12,
      leastBytes: 1 << 16,
      signal: stop.signal,
      onBytes: () => stop.abort(new Error('enough')),
    });
    await expect(reading).rejects.toThrow('enough');
  });
});
