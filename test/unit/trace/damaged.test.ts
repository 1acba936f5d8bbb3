import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/trace/errors.js';
import { readTrace } from '../../../src/trace/read-trace.js';
import type { Trace } from '../../../src/trace/trace.js';
import { smallTables, writeSmallTrace } from '../small-trace.js';

// What damaging traces at random (test/fuzz) brought to light, each by hand.

function messages(trace: Trace, table: string): string[] {
  return trace.notices.filter((notice) => notice.table === table).map(({ message }) => message);
}

describe('an id that nobody handed out', () => {
  test('of a string costs no memory, and is told', async () => {
    const texts = smallTables().strings.text as string[];
    const trace = await readTrace(
      await writeSmallTrace({
        strings: { id: [...texts.keys(), 4_000_000_000], text: [...texts, 'lost'] },
      }),
    );
    expect(trace.strings).toEqual(texts);
    expect(messages(trace, 'strings')).toEqual(['1 rows have a garbled id and were left out']);
  });

  test('of a string in use reads as no text', async () => {
    const { ops } = smallTables();
    const name = [...(ops.name as number[])];
    name[3] = 3_000_000;
    const trace = await readTrace(await writeSmallTrace({ ops: { ...ops, name } }));
    expect(trace.strings.length).toBeLessThan(100);
    expect(trace.ops.name[3]).toBe(0);
    expect(messages(trace, 'ops')).toEqual(['1 rows have a garbled name, shown as empty']);
  });

  test('of a shape costs no memory', async () => {
    const { ops } = smallTables();
    const trace = await readTrace(
      await writeSmallTrace({
        ops: { ...ops, shape: [1, 1, 1, 1, 1, 1, 1, 16_000_000] },
        shapes: { id: [1, 15_000_000], gridX: [132, 1], bytes: [7, 0] },
      }),
    );
    expect(trace.shapeRow.length).toBeLessThan(10_000);
    expect(trace.shapeRow[1]).toBe(0);
  });
});

test('a string that was lost still has its own number, up to as many as there are rows', async () => {
  const trace = await readTrace(
    await writeSmallTrace({ strings: { id: [0, 1], text: ['', 'gemm_kernel'] } }),
  );
  expect(Array.from(trace.ops.name, (id) => trace.strings[id]).slice(0, 2)).toEqual(['gemm_kernel', '?2']);
});

describe('rows without a schema before them', () => {
  /** An Arrow stream without its first message. */
  function withoutSchema(bytes: Buffer): Buffer {
    return bytes.subarray(8 + bytes.readInt32LE(4));
  }

  test('are no rows, and it is told', async () => {
    const folder = await writeSmallTrace();
    const file = join(folder, 'calls.arrows');
    writeFileSync(file, withoutSchema(readFileSync(file)));
    const trace = await readTrace(folder);
    expect(trace.calls.length).toBe(0);
    expect(messages(trace, 'calls')[0]).toContain('is damaged (its schema is garbled) after 0 rows');
  });

  test('of ops leave nothing to look at', async () => {
    const folder = await writeSmallTrace();
    const file = join(folder, 'ops.arrows');
    writeFileSync(file, withoutSchema(readFileSync(file)));
    await expect(readTrace(folder)).rejects.toThrow(UserError);
  });

  test('nor are those after a second one', async () => {
    const folder = await writeSmallTrace();
    const file = join(folder, 'calls.arrows');
    const bytes = readFileSync(file);
    // Without its end marker, and then all of it again.
    writeFileSync(file, Buffer.concat([bytes.subarray(0, -8), bytes]));
    const trace = await readTrace(folder);
    expect(trace.calls.length).toBe(8);
    expect(messages(trace, 'calls')[0]).toContain('it has a second schema');
  });
});

test('a run file that is nested so deep that nobody could print it is left out', async () => {
  const folder = await writeSmallTrace();
  writeFileSync(join(folder, 'run.json'), `{"config":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
  const trace = await readTrace(folder);
  expect(trace.run).toBeUndefined();
  expect(messages(trace, 'run.json')).toEqual(['is nested more than 100 deep and was left out']);
  writeFileSync(join(folder, 'run.json'), '{"config":{"layers":3}}');
  expect((await readTrace(folder)).run).toEqual({ config: { layers: 3 } });
});

test('a process id that is no number is 0', async () => {
  const folder = await writeSmallTrace();
  for (const table of ['ops', 'calls', 'ranges', 'strings', 'status', 'devices']) {
    const file = join(folder, `${table}.arrows`);
    const bytes = readFileSync(file);
    expect(bytes.includes('4242')).toBe(true);
    writeFileSync(file, Buffer.from(bytes.toString('latin1').replace('4242', '4x42'), 'latin1'));
  }
  expect((await readTrace(folder)).pid).toBe(0);
});
