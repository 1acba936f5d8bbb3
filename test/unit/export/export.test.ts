import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csvParseRows } from 'd3-dsv';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { csvText } from '../../../src/export/csv.js';
import type { ExportTable } from '../../../src/export/export-table.js';
import { joined } from '../../../src/export/joined.js';
import { microseconds } from '../../../src/export/microseconds.js';
import { writePack } from '../../../src/export/pack.js';
import { writeParquet } from '../../../src/export/parquet.js';
import { perfettoJson } from '../../../src/export/perfetto.js';
import { resultTables } from '../../../src/export/result-tables.js';
import { traceTable } from '../../../src/export/trace-tables.js';
import { writeText, writeWhole } from '../../../src/export/write-file.js';
import { openRun } from '../../../src/ingest/open.js';
import { readTrace } from '../../../src/trace/read-trace.js';
import { BASE_NS, smallTables, temporaryFolder, writeSmallTrace } from '../small-trace.js';

const HOSTILE = 'a,"b"\n</script>\u0000\u2028 =1+1 日本 \\';

function table(rows: readonly (readonly [number | undefined, string])[], name = 't'): ExportTable {
  return {
    name,
    length: rows.length,
    columns: [
      { name: 'ns', type: 'int', at: (row) => rows[row]![0] },
      { name: 'text', type: 'text', at: (row) => rows[row]![1] },
    ],
  };
}

test('microseconds keep every nanosecond', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (ns) => {
      const text = microseconds(ns);
      expect(text).toMatch(/^-?\d+\.\d{3}$/);
      expect(BigInt(text.replace('.', ''))).toBe(BigInt(ns));
    }),
  );
});

test('CSV gives back what was written, whatever is in it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.option(fc.nat(), { nil: undefined }), fc.string({ unit: 'binary' }))),
      (rows) => {
        // The reader takes a lone carriage return for the end of a line only outside quotes, and so does the format.
        const text = [...csvText(table(rows))].join('');
        expect(csvParseRows(text).slice(1)).toEqual(
          rows.map(([ns, name]) => [ns === undefined ? '' : String(ns), name]),
        );
      },
    ),
  );
});

test('Parquet gives back integers beyond 32 bits, texts and gaps', async () => {
  const file = join(temporaryFolder(), 't.parquet');
  const rows = [
    [2 ** 53 - 1, HOSTILE],
    [undefined, ''],
    [0, 'x'],
  ] as const;
  await writeParquet(file, table(rows), { 'gapscope.baseNs': '1' });
  const read = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
  expect(read.map((row): unknown[] => [row['ns'] ?? undefined, row['text']])).toEqual(
    rows.map(([ns, text]) => [ns === undefined ? undefined : BigInt(ns), text]),
  );
});

test('a joined table reads the rows of each part in any order', () => {
  const parts = [table([[1, 'a']]), table([]), table([[2, 'b'], [3, 'c']])]; // prettier-ignore
  const all = joined(parts);
  expect([2, 0, 1].map((row) => all.columns.map(({ at }): unknown => at(row)))).toEqual([[3, 'c'], [1, 'a'], [2, 'b']]); // prettier-ignore
});

test('a table of a trace has names as texts and the launch shape beside each op', async () => {
  const trace = await readTrace(
    await writeSmallTrace({
      ops: { ...smallTables().ops, shape: [1, 1, 1, 1, 1, 1, 1, 9] },
      shapes: { id: [1], gridX: [132], bytes: [7] },
    }),
  );
  const ops = traceTable(trace, 'ops');
  const at = (name: string, row: number): unknown =>
    ops.columns.find((column) => column.name === name)?.at(row);
  expect(at('name', 0)).toBe('gemm_kernel');
  expect([at('gridX', 0), at('bytes', 6), at('gridX', 7)]).toEqual([132, 7, undefined]);
  expect(at('startNs', 1)).toBe(trace.ops.startNs[1]);
});

test('lists of a result become tables that say which device they are of', async () => {
  const trace = await readTrace(await writeSmallTrace());
  const result = analyzeGaps(trace);
  const spots = resultTables('gaps', result).find(({ name }) => name === 'gaps.devices.hotspots')!;
  const rows = Array.from({ length: spots.length }, (_, row) =>
    Object.fromEntries(spots.columns.map(({ name, at }) => [name, at(row)])),
  );
  expect(rows.map((row) => row['totalNs'])).toEqual(
    result.devices[0]!.hotspots.map(({ totalNs }) => totalNs),
  );
  expect(rows[0]).toMatchObject({
    pid: 4242,
    'window.device': 0,
    before: result.devices[0]!.hotspots[0]!.before,
  });
});

describe('Chrome JSON', () => {
  test('is JSON with hostile names in it, and comes back the same', async () => {
    const texts = ['', `gemm ${HOSTILE}`, 'copy', 'cudaLaunchKernel', HOSTILE, 'layer:3'];
    const folder = await writeSmallTrace({ strings: { id: texts.map((_, i) => i), text: texts } });
    const trace = await readTrace(folder);
    const file = join(temporaryFolder(), 'out.json');
    await writeText(file, perfettoJson(trace));
    const document = JSON.parse(await readFile(file, 'utf8')) as {
      traceEvents: { cat?: string; name: string }[];
    };
    expect(document.traceEvents.find(({ cat }) => cat === 'kernel')?.name).toBe(texts[1]);
    const [again] = (await openRun(file)).traces;
    expect(again?.baseNs).toBe(BASE_NS);
    for (const column of ['startNs', 'durationNs', 'stream', 'correlation', 'device'] as const) {
      expect(again?.ops[column]).toEqual(trace.ops[column]);
    }
    expect(Array.from(again!.ranges.name, (id) => again!.strings[id])).toEqual([HOSTILE, 'layer:3']);
  });

  test('puts ops that overlap on a stream on tracks of their own, where none crosses another', async () => {
    const { ops } = smallTables();
    const trace = await readTrace(
      await writeSmallTrace({
        ops: { ...ops, durationNs: Array.from({ length: 8 }, () => 30_000) },
      }),
    );
    const { traceEvents } = JSON.parse([...perfettoJson(trace)].join('')) as {
      traceEvents: {
        ph: string;
        cat?: string;
        tid: number;
        ts: number;
        dur: number;
        args: { stream: number };
      }[];
    };
    const kernels = traceEvents.filter(({ cat }) => cat === 'kernel');
    expect(kernels).toHaveLength(8);
    expect(new Set(kernels.map(({ args }) => args.stream))).toEqual(new Set([7]));
    for (const tid of new Set(kernels.map((event) => event.tid))) {
      const own = kernels.filter((event) => event.tid === tid);
      own.reduce((end, { ts, dur }) => (expect(ts).toBeGreaterThanOrEqual(end), ts + dur), 0);
    }
  });
});

test('a pack is a trace, and holds nothing but tables and run.json', async () => {
  const folder = await writeSmallTrace();
  await writeText(join(folder, 'secret.txt'), ['no']);
  await writeText(join(folder, 'run.json'), ['{"config":{"layers":3}}']);
  const file = join(temporaryFolder(), 'small.tar.gz');
  await writePack(folder, file);
  const [trace] = (await openRun(file)).traces;
  expect(trace?.ops.startNs).toEqual((await readTrace(folder)).ops.startNs);
  expect(trace?.run).toEqual({ config: { layers: 3 } });
  expect((await readFile(file)).includes('secret')).toBe(false);
});

test('a file that fails halfway leaves the one that was there', async () => {
  const file = join(temporaryFolder(), 'kept.csv');
  await writeText(file, ['before']);
  const broken = function* (): Generator<string> {
    yield 'half';
    throw new Error('the disk is full');
  };
  await expect(writeText(file, broken())).rejects.toThrow('the disk is full');
  expect(await readFile(file, 'utf8')).toBe('before');
  await expect(writeWhole(join(file, 'x'), () => Promise.resolve())).rejects.toThrow();
});
