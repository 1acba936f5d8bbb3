import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { writePack } from '../../src/export/pack.js';
import type { ServedTrace } from '../../src/trace/served-files.js';
import { readUrl } from '../../viewer/state/url.js';
import { INITIAL_STATE } from '../../viewer/state/view-state.js';
import { temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';
import { gapscope, MAIN, REPOSITORY } from './gapscope.js';

const IS_BUILT = existsSync(join(REPOSITORY, 'dist', 'viewer', 'index.html'));

interface Viewing {
  readonly child: ChildProcess;
  readonly url: string;
  readonly token: string;
  /** Where it may put things for a while. */
  readonly temporary: string;
  readonly stderr: () => string;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

async function view(args: readonly string[], env: Record<string, string> = {}): Promise<Viewing> {
  const temporary = temporaryFolder();
  const clean: NodeJS.ProcessEnv = { ...process.env, TMPDIR: temporary, ...env };
  const child = spawn(process.execPath, [MAIN, 'view', '--no-open', ...args], { env: clean });
  running.push(child);
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  let stdout = '';
  for await (const data of child.stdout) {
    stdout += String(data);
    if (stdout.includes('\n')) break;
  }
  const url = /http:\/\/\S+?\/[0-9a-f]{32}\//.exec(stdout)?.[0] ?? '';
  expect(url, `${stdout}${stderr}`).not.toBe('');
  return { child, url, token: url.split('/')[3]!, temporary, stderr: () => stderr };
}

function api({ url, token }: Viewing, path: string): Promise<Response> {
  return fetch(new URL(`/api/${path}`, url), { headers: { 'x-gapscope-token': token } });
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

test.skipIf(!IS_BUILT)('serves a trace until Ctrl-C, then is gone, open connections and all', async () => {
  const folder = await writeSmallTrace();
  const viewing = await view([folder]);
  const list = (await (await api(viewing, '0/files.json')).json()) as ServedTrace;
  expect(list.name).toBe('small.trace');
  // fetch keeps its connection open.
  viewing.child.kill('SIGINT');
  expect(await ended(viewing.child)).toBe(0);
  await expect(fetch(viewing.url)).rejects.toThrow();
});

test.skipIf(!IS_BUILT).each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'what it unpacked is removed at %s',
  async (signal) => {
    const pack = join(temporaryFolder(), 'sent.tgz');
    await writePack(await writeSmallTrace(), pack);
    const viewing = await view([pack]);
    expect(readdirSync(viewing.temporary)).toHaveLength(1);
    const list = (await (await api(viewing, '0/files.json')).json()) as ServedTrace;
    expect(list.name).toBe('sent.tgz');
    const ops = list.processes[0]!.files.find(({ name }) => name.startsWith('ops.'));
    expect((await (await api(viewing, `0/${ops!.url}`)).arrayBuffer()).byteLength).toBe(ops!.bytes);
    viewing.child.kill(signal);
    expect(await ended(viewing.child)).toBe(0);
    expect(readdirSync(viewing.temporary)).toEqual([]);
  },
);

test.skipIf(!IS_BUILT)('another tool’s file is served as tables of ours', async () => {
  const file = join(temporaryFolder(), 'trace.json');
  const event = { ph: 'X', pid: 0, tid: 7, ts: 10, dur: 5, cat: 'kernel', name: 'gemm' };
  const args = { device: 0, stream: 7, correlation: 1, context: 1 };
  const events = [0, 1].map((i) => ({ ...event, ts: 10 + 20 * i, args: { ...args, correlation: i + 1 } }));
  writeFileSync(file, JSON.stringify({ schemaVersion: 1, traceEvents: events }));
  const viewing = await view([file]);
  const list = (await (await api(viewing, '0/files.json')).json()) as ServedTrace;
  expect(list.name).toBe('trace.json');
  expect(list.processes[0]!.files.map(({ name }) => name)).toEqual(expect.arrayContaining(['ops.arrows']));
  expect(await (await api(viewing, 'notes')).json()).toMatchObject({ writable: false });
  viewing.child.kill('SIGINT');
  expect(await ended(viewing.child)).toBe(0);
  expect(readdirSync(viewing.temporary)).toEqual([]);
});

test.skipIf(!IS_BUILT)('two traces, and none', async () => {
  const viewing = await view([await writeSmallTrace(), '--compare', await writeSmallTrace()]);
  const session = (await (await api(viewing, 'session.json')).json()) as { traces: unknown[] };
  expect(session.traces).toHaveLength(2);
  const empty = await view([]);
  expect(await (await api(empty, 'session.json')).json()).toEqual({ version: 1, traces: [] });
});

test.skipIf(!IS_BUILT)('over SSH it says how to get there', async () => {
  const viewing = await view([await writeSmallTrace()], { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' });
  const { port } = new URL(viewing.url);
  await expect
    .poll(() => viewing.stderr(), { timeout: 10_000 })
    .toContain(`ssh -N -L ${port}:127.0.0.1:${port} `);
});

test.skipIf(!IS_BUILT)('--at opens with a window: it stands in the address', async () => {
  const child = spawn(process.execPath, [
    MAIN,
    'view',
    '--no-open',
    '--json',
    await writeSmallTrace(),
    '--at',
    '20us..0.06ms',
  ]);
  running.push(child);
  let stdout = '';
  for await (const data of child.stdout) {
    stdout += String(data);
    if (stdout.includes('}')) break;
  }
  const { url } = JSON.parse(stdout) as { url: string };
  const { hash, pathname } = new URL(url);
  expect(pathname).toMatch(/^\/[0-9a-f]{32}\/$/);
  expect(readUrl(hash)).toEqual({ state: { ...INITIAL_STATE, startNs: 20_000, endNs: 60_000 } });
  child.kill('SIGINT');
  expect(await ended(child)).toBe(0);
});

test.each([
  ['12ms..', 'is not a start and an end'],
  ['temporal_block:3', 'is not a start and an end'],
  ['80ms..12ms', 'ends before it starts'],
  ['1h..2h', 'is not a time'],
])('--at %s is a mistake, said before anything is served', async (at, said) => {
  const { code, stdout, stderr } = gapscope(['view', '--no-open', await writeSmallTrace(), '--at', at]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(said);
});

test.skipIf(!IS_BUILT)('mistakes are one sentence', async () => {
  const empty = join(temporaryFolder(), 'empty');
  mkdirSync(empty);
  const nothing = gapscope(['view', empty, '--no-open']);
  expect([nothing.code, nothing.stdout]).toEqual([1, '']);
  expect(nothing.stderr).toContain('is an empty folder');
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  // Not spawnSync: the port must be held meanwhile.
  const child = spawn(process.execPath, [MAIN, 'view', '--no-open', '--port', String(port)]);
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  expect(await ended(child)).toBe(1);
  expect(stderr).toContain(`port ${port} is in use`);
  taken.close();
  expect(gapscope(['view', '--port', '99999']).stderr).toContain('--port takes a number from 0 to 65535');
});
