import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyzeGaps } from '../../src/analysis/gaps.js';
import { openRun } from '../../src/ingest/open.js';
import type { Trace } from '../../src/trace/trace.js';
import { temporaryFolder, writeSmallTrace } from '../unit/small-trace.js';
import { gapscope, REPOSITORY } from './gapscope.js';

const venv = join(REPOSITORY, '.venv', 'bin', 'python');
const python = process.env.GAPSCOPE_PYTHON ?? (existsSync(venv) ? venv : 'python3');
const has = (module: string): boolean => spawnSync(python, ['-c', `import ${module}`]).status === 0;
const recorded = (name: string): string => join(REPOSITORY, 'traces', name);

async function only(path: string): Promise<Trace> {
  const { traces } = await openRun(path);
  expect(traces).toHaveLength(1);
  return traces[0]!;
}

/** Byte by byte; `toEqual` takes seconds for a hundred thousand numbers. */
function isSame(a: NodeJS.TypedArray, b: NodeJS.TypedArray): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Buffer =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b));
}

describe('trace → Chrome JSON → import', () => {
  test.each(['full-eager.trace', 'small-graphs.trace', 'full-batch2.trace'])(
    '%s: the same ops, calls, ranges and gaps',
    async (name) => {
      const file = join(temporaryFolder(), 'out.json.gz');
      expect(gapscope(['export', recorded(name), '--perfetto', file])).toMatchObject({ code: 0 });
      const [before, after] = [await only(recorded(name)), await only(file)];
      const shift = Number(before.baseNs - after.baseNs);
      for (const table of ['ops', 'calls', 'ranges', 'syncs', 'overheads'] as const) {
        expect(after[table].length, table).toBe(before[table].length);
        expect(isSame(after[table].durationNs, before[table].durationNs), table).toBe(true);
        expect(
          after[table].startNs.every((ns, row) => ns === before[table].startNs[row]! + shift),
          table,
        ).toBe(true);
      }
      for (const column of ['kind', 'device', 'stream', 'correlation', 'graph', 'graphNode'] as const) {
        expect(isSame(after.ops[column], before.ops[column]), column).toBe(true);
      }
      const names = ({ ops, strings }: Trace): string[] => Array.from(ops.name, (id) => strings[id] ?? '');
      expect(names(after).join('\n') === names(before).join('\n')).toBe(true);
      const [x, y] = [analyzeGaps(before).devices[0]!, analyzeGaps(after).devices[0]!];
      expect(y).toMatchObject({
        busyNs: x.busyNs,
        idleNs: x.idleNs,
        gapCount: x.gapCount,
        idleByCause: x.idleByCause,
      });
    },
  );
});

const READ_PARQUET = `
import sys, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
table.validate(full=True)
print(table.num_rows, table.column('durationNs').type, table.column('name').type, sum(table.column('durationNs').to_pylist()))
print(pq.read_schema(sys.argv[1]).metadata[b'gapscope.pid'].decode())
`;

const QUERY = `
import sys, duckdb
print(duckdb.sql(f"select count(*), sum(durationNs)::bigint, max(registers) from '{sys.argv[1]}' where kind = 0").fetchall()[0])
`;

describe('Parquet', () => {
  const write = async (): Promise<{ file: string; trace: Trace }> => {
    const folder = temporaryFolder();
    const { code, stderr } = gapscope([
      'export',
      recorded('small-graphs.trace'),
      '--parquet',
      folder,
      '--table',
      'ops',
      '-q',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    return { file: join(folder, 'ops.parquet'), trace: await only(recorded('small-graphs.trace')) };
  };

  test.skipIf(!has('pyarrow'))('pyarrow reads every row (needs pyarrow)', async () => {
    const { file, trace } = await write();
    const { stdout, stderr } = spawnSync(python, ['-c', READ_PARQUET, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const total = trace.ops.durationNs.reduce((sum, ns) => sum + ns, 0);
    expect(stdout).toBe(`${trace.ops.length} int64 string ${total}\n${trace.pid}\n`);
  });

  test.skipIf(!has('duckdb'))('DuckDB queries it (needs duckdb)', async () => {
    const { file, trace } = await write();
    const { stdout, stderr } = spawnSync(python, ['-c', QUERY, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    let count = 0;
    let total = 0;
    let registers = 0;
    for (let i = 0; i < trace.ops.length; i++) {
      if (trace.ops.kind[i] !== 0) continue;
      count++;
      total += trace.ops.durationNs[i]!;
      registers = Math.max(registers, trace.shapes.registers[trace.shapeRow[trace.ops.shape[i]!]!]!);
    }
    expect(stdout.trim()).toBe(`(${count}, ${total}, ${registers})`);
  });
});

test('CSV of tables and results, listed with their rows', async () => {
  const folder = temporaryFolder();
  const trace = await writeSmallTrace();
  const { code, stdout } = gapscope([
    'export',
    trace,
    '--csv',
    folder,
    '--table',
    'ops',
    '--result',
    'gaps',
    '--json',
  ]);
  expect(code).toBe(0);
  const { schema, files } = JSON.parse(stdout) as { schema: string; files: { file: string; rows: number }[] };
  expect(schema).toBe('gapscope.export/1');
  expect(files[0]).toMatchObject({ file: join(folder, 'ops.csv'), rows: 8 });
  expect((await readdir(folder)).sort()).toEqual([
    'gaps.devices.csv',
    'gaps.devices.hotspots.csv',
    'ops.csv',
  ]);
});

test('mistakes say what to do', async () => {
  const trace = await writeSmallTrace();
  expect(gapscope(['export', trace])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--perfetto') as string,
  });
  const table = gapscope(['export', trace, '--csv', temporaryFolder(), '--table', 'kernels']);
  expect(table).toMatchObject({ code: 1, stderr: expect.stringContaining('tables: ops') as string });
  const place = gapscope(['export', trace, '--perfetto', join(temporaryFolder())]);
  expect(place).toMatchObject({ code: 1, stderr: expect.stringContaining('is a folder') as string });
});
