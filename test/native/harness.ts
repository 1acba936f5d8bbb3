// Runs the harness (native/test/harness): a program that "uses CUDA" on a fake libcupti, with the library inside.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readTrace } from '../../src/trace/read-trace.js';
import type { Trace } from '../../src/trace/trace.js';
import { built } from './built.js';

export type Environment = Record<string, string>;

export interface Ran {
  readonly out: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gapscope-native-'));
  folders.push(folder);
  return folder;
}

/** Only what is said here: a variable of the person who runs the tests must not change them. */
export function environment(out: string, extra: Environment): Environment {
  const sanitizers = Object.entries(process.env).filter(([name]) => /^[A-Z]+SAN_OPTIONS$/.test(name));
  return {
    ...(Object.fromEntries(sanitizers) as Environment),
    PATH: process.env.PATH ?? '',
    CUDA_INJECTION64_PATH: built.library,
    NVTX_INJECTION64_PATH: built.library,
    GAPSCOPE_LIBRARY: built.library,
    GAPSCOPE_LIBCUPTI: built.fakeCupti,
    GAPSCOPE_OUT: out,
    ...extra,
  };
}

export function run(program: string, args: readonly string[], extra: Environment = {}): Ran {
  const out = freshFolder();
  const { stdout, stderr, status, signal } = spawnSync(program, args, {
    env: environment(out, extra),
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { out, stdout, stderr, code: status, signal };
}

/** `harness('init emit 100')`. */
export function harness(commands: string, extra: Environment = {}): Ran {
  return run(built.harness, commands.split(' '), extra);
}

export function traceFolders(out: string): string[] {
  return readdirSync(out)
    .filter((name) => name.endsWith('.trace'))
    .sort()
    .map((name) => join(out, name));
}

/** The one trace of a run. */
export async function onlyTrace(out: string): Promise<Trace> {
  const [folder, ...others] = traceFolders(out);
  if (folder === undefined || others.length > 0) {
    throw new Error(`expected one trace in ${out}, found ${others.length + (folder === undefined ? 0 : 1)}`);
  }
  return readTrace(folder, { allowEmpty: true });
}

/** The `counts` the harness printed last. */
export function counts(ran: Ran): Record<string, number> {
  const line = ran.stdout
    .split('\n')
    .filter((text) => text.startsWith('counts '))
    .at(-1);
  if (line === undefined) throw new Error(`no counts in: ${ran.stdout}${ran.stderr}`);
  return JSON.parse(line.slice('counts '.length)) as Record<string, number>;
}

/** What so many rounds of the harness's work leave in a trace (native/test/harness/workload.h). */
export function expected(rounds: number) {
  const tenths = Math.ceil(rounds / 10);
  const twentieths = Math.ceil(rounds / 20);
  return {
    ops: rounds + 3 * tenths,
    kernels: rounds,
    calls: rounds + 3 * tenths + 4 * twentieths,
    syncs: 3 * twentieths,
    events: twentieths,
    overheads: twentieths,
  };
}

export function countWhere(column: ArrayLike<number>, value: number): number {
  let count = 0;
  for (let i = 0; i < column.length; i++) if (column[i] === value) count++;
  return count;
}
