import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { writeTrace, type TablesToWrite, type WriteOptions } from '../../src/trace/write-trace.js';

export const BASE_NS = 1_760_000_000_000_000_000n;

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is gone when the tests are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gapscope-test-'));
  made.push(folder);
  return folder;
}

const TEXTS = ['', 'gemm_kernel', 'copy_kernel', 'cudaLaunchKernel', 'temporal_block:0', 'layer:3'];

/** Eight ops, one every 20 µs of which 12 µs busy, each launched 4 µs before it starts. */
export function smallTables(): Required<
  Pick<TablesToWrite, 'ops' | 'calls' | 'ranges' | 'strings' | 'status' | 'devices'>
> {
  const rows = Array.from({ length: 8 }, (_, i) => i);
  return {
    ops: {
      startNs: rows.map((i) => 5_000 + i * 20_000),
      durationNs: rows.map(() => 12_000),
      name: rows.map((i) => 1 + (i % 2)),
      correlation: rows.map((i) => i + 1),
      stream: rows.map(() => 7),
    },
    calls: {
      startNs: rows.map((i) => 1_000 + i * 20_000),
      durationNs: rows.map(() => 2_000),
      name: rows.map(() => 3),
      thread: rows.map(() => 11),
      correlation: rows.map((i) => i + 1),
    },
    ranges: {
      startNs: [0, 10],
      durationNs: [170_000, 160_000],
      id: [1, 2],
      name: [4, 5],
      thread: [11, 11],
      depth: [0, 1],
      parent: [0, 1],
    },
    strings: { id: TEXTS.map((_, i) => i), text: TEXTS },
    status: {
      key: ['capture', 'dropped', 'exit'],
      value: ['on', '0', 'clean'],
      startNs: [0, 0, 0],
    },
    devices: { id: [0, 0], key: ['name', 'sms'], number: [0, 132], text: ['NVIDIA H200', ''] },
  };
}

/** Writes a trace like `smallTables`, with tables replaced or (undefined) left out. */
export async function writeSmallTrace(
  changes: { [N in keyof TablesToWrite]?: TablesToWrite[N] | undefined } = {},
  options: WriteOptions = {},
  folder = join(temporaryFolder(), 'small.trace'),
): Promise<string> {
  const tables = Object.fromEntries(
    Object.entries({ ...smallTables(), ...changes }).filter(([, rows]) => rows !== undefined),
  ) as TablesToWrite;
  await writeTrace(folder, tables, { baseNs: BASE_NS, pid: 4242, exe: 'python', ...options });
  return folder;
}
