import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/trace/errors.js';
import { fileOnDisk } from '../../src/trace/node-files.js';
import { readTable, TimeBase } from '../../src/trace/read-table.js';
import { readTrace } from '../../src/trace/read-trace.js';
import { encodeTable } from '../../src/trace/write-trace.js';
import { BASE_NS, smallTables, writeSmallTrace } from './small-trace.js';

const BATCH_ROWS = 2;

/** File sizes at which one more batch is whole, found from streams of 0, 1, 2, … batches. */
function batchEnds(): number[] {
  const { ops } = smallTables();
  const rows = (ops.startNs as number[]).length;
  const eosBytes = 8;
  const ends: number[] = [];
  for (let count = 0; count <= rows; count += BATCH_ROWS) {
    const head = Object.fromEntries(
      Object.entries(ops).map(([name, values]) => [name, Array.from(values as number[]).slice(0, count)]),
    );
    const bytes = encodeTable('ops', head, { ...OPTIONS, batchRows: BATCH_ROWS });
    ends.push(bytes.length - eosBytes);
  }
  return ends;
}

const OPTIONS = { baseNs: BASE_NS, pid: 4242, exe: 'python' };

describe('a table that was cut', () => {
  test('yields every whole batch, at every byte', async () => {
    const folder = await writeSmallTrace({}, { batchRows: BATCH_ROWS });
    const file = join(folder, 'ops.arrows');
    const whole = readFileSync(file);
    const ends = batchEnds();
    expect(ends.at(-1)).toBe(whole.length - 8);
    for (let cut = 0; cut <= whole.length; cut++) {
      writeFileSync(file, whole.subarray(0, cut));
      const wholeBatches = ends.filter((end, i) => i > 0 && end <= cut).length;
      const table = await readTable('ops', fileOnDisk(file), new TimeBase());
      expect(table.length, `cut at ${cut}`).toBe(wholeBatches * BATCH_ROWS);
      expect(table.end.complete, `cut at ${cut}`).toBe(cut === whole.length);
    }
  });

  test('is said to be cut, or is no trace if nothing is left', async () => {
    const folder = await writeSmallTrace({}, { batchRows: BATCH_ROWS });
    const file = join(folder, 'ops.arrows');
    const whole = readFileSync(file);
    for (let cut = 0; cut < whole.length; cut += 17) {
      writeFileSync(file, whole.subarray(0, cut));
      const trace = await readTrace(folder, { allowEmpty: true });
      expect(trace.notices.filter(({ table }) => table === 'ops').length, `cut at ${cut}`).toBe(1);
      expect(trace.calls.length).toBe(8);
      if (trace.ops.length === 0) await expect(readTrace(folder)).rejects.toThrow(UserError);
    }
  });

  test('in a gzip yields whole batches too, and never throws', async () => {
    const folder = await writeSmallTrace({ ops: undefined }, { batchRows: BATCH_ROWS });
    const plain = encodeTable('ops', smallTables().ops, { ...OPTIONS, batchRows: BATCH_ROWS });
    const whole = gzipSync(plain);
    let most = 0;
    for (let cut = 0; cut <= whole.length; cut += 3) {
      writeFileSync(join(folder, 'ops.arrows.gz'), whole.subarray(0, cut));
      const { ops } = await readTrace(folder, { allowEmpty: true });
      expect(ops.length % BATCH_ROWS).toBe(0);
      expect(ops.length).toBeGreaterThanOrEqual(most);
      most = ops.length;
    }
    writeFileSync(join(folder, 'ops.arrows.gz'), whole);
    expect((await readTrace(folder)).ops.length).toBe(8);
    expect(most).toBeGreaterThan(0);
  });

  test('with a garbled byte anywhere never throws anything but a user error', async () => {
    const folder = await writeSmallTrace({}, { batchRows: BATCH_ROWS });
    const file = join(folder, 'ops.arrows');
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at += 1) {
      const garbled = Uint8Array.from(whole);
      garbled[at] = garbled[at]! ^ 0xff;
      writeFileSync(file, garbled);
      try {
        await readTable('ops', fileOnDisk(file), new TimeBase());
      } catch (error) {
        expect(error, `byte ${at}: ${(error as Error).stack}`).toBeInstanceOf(UserError);
      }
    }
  });

  test('with a tail of zeros ends where the zeros begin', async () => {
    const folder = await writeSmallTrace();
    const file = join(folder, 'ops.arrows');
    const whole = readFileSync(file);
    writeFileSync(file, Buffer.concat([whole.subarray(0, -8), Buffer.alloc(4096)]));
    const trace = await readTrace(folder);
    expect(trace.ops.length).toBe(8);
    expect(trace.notices.map(({ table }) => table)).toContain('ops');
  });
});
