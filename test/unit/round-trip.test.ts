import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTrace } from '../../src/trace/read-trace.js';
import { BASE_NS, writeSmallTrace } from './small-trace.js';

const op = fc.record({
  startNs: fc.integer({ min: 0, max: 2 ** 45 }),
  durationNs: fc.integer({ min: 0, max: 2 ** 40 }),
  correlation: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  stream: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  graphNode: fc.integer({ min: 0, max: 2 ** 53 - 1 }),
  context: fc.integer({ min: 0, max: 65535 }),
  device: fc.integer({ min: 0, max: 7 }),
});

test('what is written is read, sorted by start, in any batching, gzipped or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(op, { minLength: 1, maxLength: 100 }),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      async (ops, batchRows, gzip) => {
        const column = (name: keyof (typeof ops)[0]): number[] => ops.map((row) => row[name]);
        const names = Object.keys(ops[0]!) as (keyof (typeof ops)[0])[];
        const rows = Object.fromEntries(names.map((name) => [name, column(name)]));
        const empty = { calls: {}, ranges: {} };
        const folder = await writeSmallTrace({ ops: rows, ...empty }, { batchRows, gzip });
        const trace = await readTrace(folder);
        const first = Math.min(...column('startNs'));
        expect(trace.baseNs).toBe(BASE_NS + BigInt(first));
        const sorted = ops
          .map((row, i) => ({ ...row, i }))
          .sort((a, b) => a.startNs - b.startNs || a.i - b.i);
        for (const name of names) {
          const shift = name === 'startNs' ? first : 0;
          expect([...trace.ops[name]], name).toEqual(sorted.map((row) => row[name] - shift));
        }
        expect(trace.endNs).toBe(Math.max(...ops.map((row) => row.startNs + row.durationNs)) - first);
        expect(trace.pid).toBe(4242);
        expect(trace.notices).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('texts survive, whatever is in them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 30 }),
      async (texts) => {
        const strings = { id: texts.map((_, i) => i + 1), text: texts };
        const trace = await readTrace(await writeSmallTrace({ strings }));
        expect(trace.strings.slice(1, texts.length + 1)).toEqual(texts);
      },
    ),
    { numRuns: 30 },
  );
});

test('a later row of a range replaces an earlier, and open ranges end with the trace', async () => {
  const ranges = {
    startNs: [0, 100, 0, 300],
    durationNs: [-1, -1, 900_000, -1],
    id: [1, 2, 1, 3],
    name: [4, 5, 4, 5],
    kind: [0, 0, 0, 2],
  };
  const trace = await readTrace(await writeSmallTrace({ ranges }));
  expect([...trace.ranges.id]).toEqual([1, 2, 3]);
  expect([...trace.ranges.durationNs]).toEqual([900_000, 899_900, 0]);
  expect(trace.openRanges).toEqual([1]);
});
