import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../../../src/trace/errors.js';
import { readRun } from '../../../src/trace/read-run.js';
import { bytesFile, fetchedFile, inflate } from '../../../src/trace/web-files.js';
import { createEngine } from '../../../viewer/engine/engine.js';
import type { Engine, Progress, TraceSource, TraceSummary } from '../../../viewer/engine/protocol.js';
import { BASE_NS, temporaryFolder, writeSmallTrace } from '../small-trace.js';
import { inlineSource, RECORDED } from './open-trace.js';

const PYTORCH = '../shared/samples/kineto/a100-4-streams-nccl.json.gz';

function file(path: string, name = path.split('/').at(-1)!): File {
  return new File([new Uint8Array(readFileSync(path))], name);
}

async function open(
  source: TraceSource,
): Promise<{ engine: Engine; summary: TraceSummary; progress: Progress[] }> {
  const engine = createEngine();
  const progress: Progress[] = [];
  await engine.open(source, 0, (one) => progress.push(one));
  return { engine, summary: await engine.ready(0), progress };
}

async function twoProcesses(): Promise<string> {
  const run = join(temporaryFolder(), 'run');
  mkdirSync(run);
  await writeSmallTrace({}, { pid: 11, baseNs: BASE_NS + 500n }, join(run, 'rank1.trace'));
  await writeSmallTrace({}, { pid: 10, baseNs: BASE_NS, gzip: true }, join(run, 'rank0.trace'));
  return run;
}

function dropped(folder: string): Extract<TraceSource, { from: 'files' }> {
  const paths: string[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else paths.push(path);
    }
  };
  walk(folder);
  const files = paths.map((path) => file(path));
  return { from: 'files', files, paths: paths.map((path) => path.slice(dirname(folder).length + 1)) };
}

afterEach(() => vi.unstubAllGlobals());

describe('opening', () => {
  test('a folder that was dropped, or a pack of it, is what the commands read', async () => {
    const run = await twoProcesses();
    const pack = join(temporaryFolder(), 'run.tgz');
    execFileSync('tar', ['-czf', pack, '-C', dirname(run), 'run']);
    const expected = await readRun(run);
    for (const source of [dropped(run), { from: 'files', files: [file(pack)] } as const]) {
      const { engine, summary, progress } = await open(source);
      expect(summary).toMatchObject({ ops: 16, calls: 16, processes: 2, notices: [], name: 'run' });
      expect(summary.devices.map(({ track }) => track)).toEqual(['p10/d0', 'p11/d0']);
      expect(summary.tracks.filter(({ parent }) => parent === undefined).map(({ id }) => id)).toEqual([
        'p10',
        'p11',
      ]);
      // Both on one axis: the second process began 500 ns later.
      const starts = await Promise.all(
        ['p10', 'p11'].map(async (process) => {
          const ref = await engine.nearest(0, `${process}/d0/s7`, 0);
          return (await engine.details(ref!)).startNs;
        }),
      );
      expect(starts[1]! - starts[0]!).toBe(Number(expected.traces[1]!.baseNs - expected.traces[0]!.baseNs));
      expect(starts[1]! - starts[0]!).toBe(500);
      expect((await engine.findings(0, 'p11/d0')).offsetNs).toBe(500);
      expect(summary.endNs).toBe(expected.traces[1]!.endNs + 500);
      const last = progress.filter(({ phase }) => phase === 'reading').at(-1)!;
      expect(last.done).toBe(last.total);
    }
  });

  test('a served trace fetches its files with the token, and tells how far it is', async () => {
    const list = inlineSource(RECORDED).files;
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
      asked.push(url);
      expect(new Headers(init.headers).get('x-gapscope-token')).toBe('secret');
      if (url === '/api/0/files.json') {
        const files = list.map(({ path, bytes }, i) => ({
          name: path.split('/')[1],
          bytes: bytes.length,
          url: `f/${i}`,
        }));
        const notices = [{ table: 'file', message: 'told by the server' }];
        return Promise.resolve(
          Response.json({ version: 1, name: 'served', processes: [{ folder: 'x.trace', files }], notices }),
        );
      }
      return Promise.resolve(new Response(list[Number(url.split('/').at(-1))]!.bytes as BlobPart));
    });
    const source = { from: 'server', base: '/api/0/', token: 'secret', slot: 0 } as const;
    const { summary, progress } = await open(source);
    expect(summary).toMatchObject({ name: 'served', ops: (await readRun(RECORDED)).traces[0]!.ops.length });
    expect(summary.notices.map(({ message }) => message)).toEqual(['told by the server']);
    expect(asked.length).toBe(list.length + 1);
    const fetching = progress.filter(({ phase }) => phase === 'fetching');
    expect(fetching.at(-1)!.done).toBe(list.reduce((sum, { bytes }) => sum + bytes.length, 0));
    vi.stubGlobal('fetch', () =>
      Promise.resolve(new Response('no', { status: 401, statusText: 'Unauthorized' })),
    );
    await expect(open(source)).rejects.toMatchObject({ hint: expect.stringMatching(/token/) as string });
  });

  test('what is no trace is refused with words about what it is', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'a.sqlite'),
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(600)]),
    );
    writeFileSync(join(folder, 'a.txt'), 'hello');
    writeFileSync(join(folder, 'a.json'), '{"traceEvents": []}');
    const refusal = async (...names: string[]): Promise<UserError> => {
      const files = names.map((name) => file(join(folder, name)));
      const error: unknown = await open({ from: 'files', files }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UserError);
      return error as UserError;
    };
    expect((await refusal('a.sqlite')).hint).toMatch(/gapscope view a\.sqlite/);
    expect((await refusal('a.txt')).message).toMatch(/a\.txt is not a trace/);
    expect((await refusal('a.txt', 'a.json')).message).toMatch(/None of these 2 files/);
    await refusal('a.json');
    await expect(open({ from: 'files', files: [] })).rejects.toThrow(UserError);
  });

  test('what would not fit is too big, and the user is told what to do', async () => {
    vi.stubGlobal('navigator', { deviceMemory: 0.5 });
    const large = new File([], 'ops.arrows');
    Object.defineProperty(large, 'size', { value: 3e9 });
    await expect(open({ from: 'files', files: [large] })).rejects.toMatchObject({
      message: expect.stringMatching(/too big/) as string,
      hint: expect.stringMatching(/gapscope gaps/) as string,
    });
  });

  test('can be called off, and the next trace opens', async () => {
    const engine = createEngine();
    const opening = engine.open(inlineSource(RECORDED), 0, ({ phase }) => {
      if (phase === 'reading') engine.cancel(0);
    });
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
    await expect(engine.ready(0)).rejects.toThrow(UserError);
    await engine.open(inlineSource(RECORDED), 0, () => undefined);
    engine.cancel(0);
    await expect(engine.ready(0)).rejects.toMatchObject({ name: 'AbortError' });
    await engine.open(inlineSource(RECORDED), 0, () => undefined);
    expect((await engine.ready(0)).tracks.length).toBeGreaterThan(5);
  });

  test.skipIf(!existsSync(PYTORCH))('a PyTorch JSON shows its streams and its threads', async () => {
    const { engine, summary } = await open({ from: 'files', files: [file(PYTORCH)] });
    const kinds = new Set(summary.tracks.map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['ops', 'calls', 'gaps']));
    expect(summary.ops).toBeGreaterThan(100);
    const frame = await engine.frame({
      slot: 0,
      tracks: summary.tracks.map(({ id }) => id),
      startNs: 0,
      endNs: summary.endNs,
      stepNs: 2 ** Math.floor(Math.log2(summary.endNs / 2000)),
    });
    for (const { id, kind, events } of summary.tracks) {
      if (kind === 'group' || kind === 'counter') continue;
      const shown = frame.tracks.find(({ track }) => track === id)!;
      expect(shown.merged.reduce((sum, n) => sum + n, 0)).toBe(events);
    }
  });
});

describe('bytes that a browser has', () => {
  const plain = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);

  test('inflate, and when cut give what was there', async () => {
    const zipped = gzipSync(plain);
    for (const cut of [zipped.length, zipped.length >> 1, 20]) {
      const source = await bytesFile('a.gz', zipped.subarray(0, cut)).open();
      const bytes = await source.read(plain.length);
      expect(Buffer.compare(bytes, plain.subarray(0, bytes.length))).toBe(0);
      expect(bytes.length === plain.length).toBe(cut === zipped.length);
      // As of a file: that it was cut is for the table to tell, which has no end.
      expect(source.damage).toBeUndefined();
      await source.close();
    }
    const garbled = zipped.slice();
    garbled.fill(0xff, 2000, 2100);
    const source = await bytesFile('a.gz', garbled).open();
    expect((await source.read(plain.length)).length).toBeLessThan(plain.length);
    expect(source.damage).toMatch(/^gzip: /);
  });

  test('stop coming when the reader gives up', async () => {
    let pulled = 0;
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled++;
        controller.enqueue(new Uint8Array(1000));
      },
      cancel: () => void (isCancelled = true),
    });
    const source = await fetchedFile('a', 1e9, () => Promise.resolve(stream)).open();
    expect((await source.read(2500)).length).toBe(2500);
    await source.close();
    expect(isCancelled).toBe(true);
    expect(pulled).toBeLessThan(10);
  });

  test('are inflated no further than they are read', async () => {
    const zipped = gzipSync(plain);
    let given = 0;
    const pieces = (async function* () {
      for (let at = 0; at < zipped.length; at += 100) {
        given++;
        yield await Promise.resolve(zipped.subarray(at, at + 100));
      }
    })();
    for await (const piece of inflate(pieces)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(given).toBeLessThan(zipped.length / 100);
  });
});
