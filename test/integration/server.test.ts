import { request, type IncomingHttpHeaders } from 'node:http';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listFolder, type ListedTrace } from '../../src/export/listed-trace.js';
import { serve, type Serving } from '../../src/server/server.js';
import type { ServedTrace } from '../../src/trace/served-files.js';
import { temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const PAGE = {
  index: { type: 'text/html; charset=utf-8', body: Buffer.from('<!doctype html><title>page</title>') },
  assets: new Map([['main-abc.js', { type: 'text/javascript; charset=utf-8', body: Buffer.from('1;') }]]),
};

let folder: string;
let listed: ListedTrace;
let serving: Serving;

beforeAll(async () => {
  folder = join(temporaryFolder(), 'small.trace');
  await writeSmallTrace({}, {}, folder);
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, '..', 'outside.arrows'), 'secret');
  symlinkSync(join(folder, '..', 'outside.arrows'), join(folder, 'syncs.arrows'));
  listed = (await listFolder(folder))!;
  serving = await serve({ page: PAGE, traces: [listed], port: 0 });
});
afterAll(() => serving.close());

/** One request as bytes on the wire would have it: the path and the headers are sent as they are. */
function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: serving.port, path, method, headers, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(pieces).toString('latin1'),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A request with the token, as the page makes it. */
function api(path: string, options: Parameters<typeof ask>[1] = {}): Promise<Answer> {
  return ask(path, { ...options, headers: { 'x-gapscope-token': serving.token, ...options.headers } });
}

async function files(): Promise<ServedTrace> {
  return JSON.parse((await api('/api/0/files.json')).body) as ServedTrace;
}

describe('who is answered', () => {
  test('only loopback is listened on, at an address with 128 random bits', async () => {
    expect(serving.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
    const other = await serve({ page: PAGE, traces: [], port: 0 });
    expect(other.token).not.toBe(serving.token);
    await other.close();
  });

  test('nothing is told without the token, or with a wrong one', async () => {
    const wrong = '0'.repeat(32);
    for (const path of [
      '/api/session.json',
      '/api/0/files.json',
      '/api/0/files/0',
      '/api/notes',
      '/api/none',
    ]) {
      expect((await ask(path)).status).toBe(401);
      expect((await ask(path, { headers: { 'x-gapscope-token': wrong } })).status).toBe(401);
      expect((await ask(`${path}?token=${serving.token}`)).status).toBe(401);
    }
    for (const path of ['/', `/${wrong}/`, `/${wrong}/assets/main-abc.js`]) {
      const answer = await ask(path);
      expect(answer.status).toBe(404);
      expect(answer.body).toContain('This address is not complete');
      expect(answer.body).not.toContain('page</title>');
    }
    expect((await ask(`/${serving.token}/`)).body).toContain('<title>page</title>');
  });

  test.each([
    'evil.example',
    `evil.example:80`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '192.168.1.5',
    '[::2]',
    'localhost:1:2',
  ])('a Host that is not this machine is refused: %s', async (host) => {
    const answer = await api('/api/session.json', { headers: { host } });
    expect(answer.status).toBe(421);
    expect(answer.body).not.toContain('small.trace');
  });

  test('a forwarded port is the same machine', async () => {
    expect((await api('/api/session.json', { headers: { host: 'localhost:9999' } })).status).toBe(200);
  });

  test.each([
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'https://127.0.0.1' }],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
  ])('another site is refused: %o', async (headers) => {
    expect((await api('/api/session.json', { headers })).status).toBe(403);
  });

  test('its own page is not', async () => {
    const headers = { origin: `http://127.0.0.1:${serving.port}`, 'sec-fetch-site': 'same-origin' };
    expect((await api('/api/session.json', { headers })).status).toBe(200);
  });

  test.each(['POST', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'])(
    '%s is not answered',
    async (method) => {
      const answer = await api('/api/session.json', { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe('GET, HEAD, PUT');
    },
  );
});

describe('what is served', () => {
  test('the list has the tables and nothing else, and each of them is what lies there', async () => {
    const { name, processes, notices } = await files();
    expect(name).toBe('small.trace');
    const [process] = processes;
    expect(process!.files.map((file) => file.name)).toEqual(
      readdirSync(folder)
        .filter((file) => file.endsWith('.arrows') && file !== 'syncs.arrows')
        .sort(),
    );
    // A link that leads out of the folder is named, and not followed.
    expect(notices).toEqual([
      { table: 'syncs.arrows', message: 'left out: it is not a file of its own in this folder' },
    ]);
    for (const { name: table, bytes, url } of process!.files) {
      const answer = await api(`/api/0/${url}`);
      expect(answer.status).toBe(200);
      expect(answer.body).toBe(readFileSync(join(folder, table), 'latin1'));
      expect(bytes).toBe(statSync(join(folder, table)).size);
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect(answer.headers['content-type']).toBe('application/octet-stream');
    }
  });

  test.each([
    '/api/0/files/../../../../etc/passwd',
    '/api/0/files/..%2f..%2f..%2fetc%2fpasswd',
    '/api/0/files/%2e%2e/%2e%2e/secret.txt',
    '/api/0/files/%252e%252e%252fsecret.txt',
    '/api/0/files/secret.txt',
    '/api/0/files/ops.arrows',
    '/api/0/files/-1',
    '/api/0/files/0x0',
    '/api/0/files/1e0',
    '/api/0/files/999',
    '/api/0/files/00',
    '/api/0/files/constructor',
    '/api/0/files/0%00',
    '/api/0/files/',
    '/api/1/files.json',
    '/api/length/files.json',
    '/api/0/files\\..\\secret.txt',
    '//etc/passwd',
    '/%zz',
    '/assets/../../../package.json',
    `/TOKEN/assets/..%2f..%2fpackage.json`,
    `/TOKEN/assets/../index.html`,
    `/TOKEN/assets/%2e%2e%2findex.html`,
    `/TOKEN/index.html`,
    `/TOKEN/package.json`,
  ])('nothing else: %s', async (path) => {
    const answer = await api(path.replace('TOKEN', serving.token));
    expect([400, 401, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('secret');
    expect(answer.body).not.toContain('root:');
    expect(answer.body).not.toContain(folder);
  });

  test('parts of a file, and nothing again if it has not changed', async () => {
    const [{ url, bytes, name } = { url: '', bytes: 0, name: '' }] = (await files()).processes[0]!.files;
    const path = `/api/0/${url}`;
    const whole = readFileSync(join(folder, name), 'latin1');
    const middle = await api(path, { headers: { range: 'bytes=10-19' } });
    expect(middle.status).toBe(206);
    expect(middle.headers['content-range']).toBe(`bytes 10-19/${bytes}`);
    expect(middle.body).toBe(whole.slice(10, 20));
    expect((await api(path, { headers: { range: 'bytes=-5' } })).body).toBe(whole.slice(-5));
    expect((await api(path, { headers: { range: `bytes=${bytes + 1}-` } })).status).toBe(416);

    const { headers } = await api(path);
    const etag = headers.etag!;
    expect(headers['cache-control']).toBe('private, no-cache');
    const again = await api(path, { headers: { 'if-none-match': etag } });
    expect([again.status, again.body]).toEqual([304, '']);
    expect((await api(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test('HEAD says what GET would send, and sends nothing', async () => {
    const [{ url, bytes } = { url: '', bytes: 0 }] = (await files()).processes[0]!.files;
    for (const [path, length] of [
      [`/api/0/${url}`, bytes],
      [`/${serving.token}/`, PAGE.index.body.length],
    ] as const) {
      const answer = await api(path, { method: 'HEAD' });
      expect([answer.status, answer.headers['content-length'], answer.body]).toEqual([
        200,
        String(length),
        '',
      ]);
    }
  });

  test('every answer forbids the page all that it does not need; only named assets are kept', async () => {
    const paths = [
      `/${serving.token}/`,
      '/',
      '/api/session.json',
      '/api/none',
      '/%zz',
      `/${serving.token}/assets/x`,
    ];
    const answers = [
      ...(await Promise.all(paths.map((path) => api(path)))),
      await ask('/api/notes'),
      await api('/', { headers: { host: 'evil.example' } }),
      await api('/', { method: 'POST' }),
    ];
    for (const { headers } of answers) {
      const policy = headers['content-security-policy'] as string;
      expect(policy.split('; ')).toEqual(
        expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
      );
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['x-powered-by']).toBeUndefined();
    }
    const asset = await ask(`/${serving.token}/assets/main-abc.js`);
    expect(asset.headers['cache-control']).toBe('private, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  test('a port that is taken is a user’s error', async () => {
    await expect(serve({ page: PAGE, traces: [], port: serving.port })).rejects.toMatchObject({
      name: 'UserError',
      message: `port ${serving.port} is in use`,
    });
  });
});

describe('notes', () => {
  const file = (): string => join(folder, 'notes.json');
  const note = (id: string): object => ({ id, startNs: 5, endNs: 9, text: `<b>${id}</b>` });
  const put = (body: unknown, type = 'application/json'): Promise<Answer> =>
    api('/api/notes', {
      method: 'PUT',
      headers: { 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const get = async (): Promise<Record<string, unknown>> =>
    JSON.parse((await api('/api/notes')).body) as Record<string, unknown>;

  test('are written beside the trace, whole, and read again', async () => {
    expect(await get()).toEqual({
      version: 1,
      writable: true,
      notes: { version: 1, notes: [] },
      revision: 'none',
    });
    const notes = { version: 1, notes: [note('a')] };
    const { status, body } = await put({ revision: 'none', notes });
    expect(status).toBe(200);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual(notes);
    expect(await get()).toMatchObject({
      notes,
      revision: (JSON.parse(body) as { revision: string }).revision,
    });
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    // They are no part of the trace.
    expect((await files()).processes[0]!.files.map(({ name }) => name)).not.toContain('notes.json');
  });

  test('of two writers the second is shown what the first wrote', async () => {
    const { revision } = await get();
    const [one, two] = await Promise.all(
      ['b', 'c'].map((id) => put({ revision, notes: { version: 1, notes: [note(id)] } })),
    );
    expect([one!.status, two!.status]).toEqual([200, 409]);
    expect(JSON.parse(two!.body)).toMatchObject({ notes: { notes: [{ id: 'b' }] } });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ notes: [{ id: 'b' }] });
  });

  test.each([
    ['not JSON', '{', 400],
    ['no revision', { notes: { version: 1, notes: [] } }, 422],
    ['another version', { revision: 'none', notes: { version: 2, notes: [] } }, 422],
    [
      'a field too many',
      { revision: 'none', notes: { version: 1, notes: [{ ...note('x'), evil: 1 }] } },
      422,
    ],
    [
      'an end before its start',
      { revision: 'none', notes: { version: 1, notes: [{ ...note('x'), endNs: 1 }] } },
      422,
    ],
    [
      'a time that is none',
      { revision: 'none', notes: { version: 1, notes: [{ ...note('x'), startNs: '5' }] } },
      422,
    ],
    ['an id that is a path', { revision: 'none', notes: { version: 1, notes: [{ ...note('../x') }] } }, 422],
    [
      'a text too long',
      { revision: 'none', notes: { version: 1, notes: [{ ...note('x'), text: 'x'.repeat(5000) }] } },
      422,
    ],
    ['a body too large', `"${'x'.repeat(3_000_000)}"`, 413],
  ])('are refused with %s', async (_what, body, status) => {
    const before = readFileSync(file(), 'utf8');
    expect((await put(body)).status).toBe(status);
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  test('as text are refused: a form of another site can send no JSON', async () => {
    expect((await put({ revision: 'none', notes: { version: 1, notes: [] } }, 'text/plain')).status).toBe(
      422,
    );
  });

  test('that cannot be understood are never written over', async () => {
    writeFileSync(file(), 'my own notes');
    expect(await get()).toMatchObject({ problem: 'notes.json is not JSON', notes: { notes: [] } });
    const answer = await put({ revision: 'unusable', notes: { version: 1, notes: [] } });
    expect(answer.status).toBe(409);
    expect(readFileSync(file(), 'utf8')).toBe('my own notes');
  });

  test('of an imported trace have no place', async () => {
    const other = await serve({ page: PAGE, traces: [{ ...listed, notesFile: undefined }], port: 0 });
    const answer = await fetch(`http://127.0.0.1:${other.port}/api/notes`, {
      headers: { 'x-gapscope-token': other.token },
    });
    expect(await answer.json()).toMatchObject({ writable: false });
    await other.close();
    expect(existsSync(join(folder, 'notes.json.tmp'))).toBe(false);
  });
});

test('a run of several processes is listed by process, with its own run.json', async () => {
  const run = temporaryFolder();
  for (const rank of ['rank1', 'rank0']) await writeSmallTrace({}, {}, join(run, rank));
  mkdirSync(join(run, 'empty'));
  writeFileSync(join(run, 'run.json'), '{}');
  const { list, files: all } = (await listFolder(run))!;
  expect(list.processes.map(({ folder: name }) => name)).toEqual(['rank0', 'rank1']);
  expect(list.run?.name).toBe('run.json');
  expect(all[Number(list.run!.url.split('/')[1])]!.name).toBe('run.json');
});
