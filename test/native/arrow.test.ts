// The C++ stream writer, read by two implementations that are not ours.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordBatchReader, Table, type RecordBatch, type Schema } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built, haveArrow, pythonWithPyarrow } from './built.js';

interface Expected {
  batches: number[];
  columns: { name: string; type: string; values: string[] }[];
}

// A new seed each run would make a failure hard to repeat; a fixed one would never find anything new.
const seed = Number(process.env.GAPSCOPE_TEST_SEED ?? Math.floor(Date.now() / 86_400_000));
const python = pythonWithPyarrow();
let folder = '';

function readStream(path: string): { batches: RecordBatch[]; schema: Schema } {
  const reader = RecordBatchReader.from(readFileSync(path)).open();
  const { schema } = reader; // the reader lets go of it at the stream's end
  return { schema, batches: [...reader] };
}

const jsType: Record<string, string> = { double: 'Float64', string: 'Utf8' };
const typeName = (type: string): string => jsType[type] ?? type.replace(/^./, (first) => first.toUpperCase());

describe.skipIf(!haveArrow)(`arrow stream writer (seed ${seed})`, () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gapscope-arrow-'));
    execFileSync(built.arrowWriterTest, [folder, String(seed)]);
  });
  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  it('is read back by apache-arrow, value by value', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.arrows'));
    expect(files.length).toBeGreaterThan(30);
    for (const file of files) {
      const expected = JSON.parse(
        readFileSync(join(folder, file.replace('.arrows', '.json')), 'utf8'),
      ) as Expected;
      const { schema, batches } = readStream(join(folder, file));
      expect(
        batches.map((batch) => batch.numRows),
        file,
      ).toEqual(expected.batches.length > 0 ? expected.batches : [0]); // it makes up a batch where a stream has none
      expect(
        schema.fields.map((field) => [field.name, String(field.type), field.nullable]),
        file,
      ).toEqual(expected.columns.map((column) => [column.name, typeName(column.type), false]));
      expect(schema.metadata.get('gapscope.table')).toBe(file.replace('.arrows', ''));
      expect(schema.metadata.get('empty')).toBe('');
      expect(schema.metadata.get('unicode')).toBe('é');
      const table = new Table(schema, batches);
      for (const column of expected.columns) {
        const read: unknown[] = Array.from(table.getChild(column.name) ?? []);
        const wanted = column.type === 'double' ? column.values.map(Number) : column.values;
        expect(column.type === 'double' ? read : read.map(String), `${file} ${column.name}`).toEqual(wanted);
      }
    }
  });

  it('puts every column on a 64-byte boundary of the file, so that a reader need not copy', () => {
    const bytes = readFileSync(join(folder, 'types.arrows'));
    const aligned = new Uint8Array(new ArrayBuffer(bytes.length));
    aligned.set(bytes);
    const [batch] = [...RecordBatchReader.from(aligned)];
    for (const data of batch?.data.children ?? []) {
      expect((data.values as Uint8Array).buffer).toBe(aligned.buffer);
      expect((data.values as Uint8Array).byteOffset % 64).toBe(0);
    }
  });

  it('yields every complete batch of a stream cut anywhere', () => {
    const whole = readFileSync(join(folder, 'many_batches.arrows'));
    const expected = JSON.parse(readFileSync(join(folder, 'many_batches.json'), 'utf8')) as Expected;
    for (let cut = whole.length; cut > 2000; cut -= 997) {
      const rows: number[] = [];
      try {
        for (const batch of RecordBatchReader.from(whole.subarray(0, cut))) rows.push(batch.numRows);
      } catch {
        // apache-arrow throws at the cut, after the batches before it.
      }
      expect(rows).toEqual(expected.batches.slice(0, rows.length));
      expect(rows.length / expected.batches.length).toBeGreaterThan(cut / whole.length - 0.02);
    }
  });

  it.skipIf(python === undefined)('passes pyarrow’s full validation (needs pyarrow)', () => {
    const script = join(import.meta.dirname, 'check_streams.py');
    const [files] = execFileSync(python ?? '', [script, folder], { encoding: 'utf8' }).split(' ');
    expect(Number(files)).toBeGreaterThan(30);
  });
});
