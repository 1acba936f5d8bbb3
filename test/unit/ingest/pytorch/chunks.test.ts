import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/trace/errors.js';
import { call, document, host, kernel, readText, tablesOf } from './read-text.js';

const EVENTS = [
  kernel('1712195495505582.988', 13.408, { name: 'void k<float>("a\\b")\u00e9\u{1f600}' }),
  { ...kernel('1712195495505600.001', 1), cat: 'gpu_memcpy', name: 'Memcpy DtoH (Device -> Pinned)' },
  call(1712195495505500, 3.5, 1),
  host('user_annotation', 'temporal_block_0', 1712195495505400, 900),
  { ph: 's', id: 1, pid: 9, tid: 5, ts: 1712195495505500, cat: 'ac2g', name: 'ac2g' },
  { ph: 'M', name: 'thread_name', pid: 9, tid: 5, args: { name: 'main "thread"' } },
];
const HEADERS = {
  schemaVersion: 1,
  deviceProperties: [{ id: 0, name: 'H200 "x"', computeMajor: 9, computeMinor: 0 }],
  metadata: { deep: [[['}, {"']], { quote: '\\"' }] },
};
const PRETTY = JSON.stringify({ ...HEADERS, traceEvents: EVENTS, tail: { traceEvents: [] } }, undefined, 2);

describe('the way the bytes are cut', () => {
  test('at any byte into two changes nothing', async () => {
    const whole = tablesOf(await readText(PRETTY));
    const { length } = new TextEncoder().encode(PRETTY);
    for (let at = 1; at < length; at++) {
      expect(tablesOf(await readText(PRETTY, [at, length])), `cut at byte ${at}`).toEqual(whole);
    }
  });

  test('into any sizes changes nothing', async () => {
    const whole = tablesOf(await readText(PRETTY));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
        async (sizes) => {
          expect(tablesOf(await readText(PRETTY, sizes))).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('nor where the text is damaged: the same events are found, and the same number of places counted', async () => {
    const text = document(EVENTS).replace('"dur":3.5', '"dur":}"3.5');
    const whole = await readText(text);
    expect(whole.calls.length).toBe(0);
    expect(whole.ranges.length).toBe(1);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
        async (sizes) => {
          const cut = await readText(text, sizes);
          expect(tablesOf(cut)).toEqual(tablesOf(whole));
          expect(cut.notices).toEqual(whole.notices);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a file that ends early', () => {
  test('yields every complete event, at every byte, and says so', async () => {
    const text = document([
      kernel(1, 1),
      ...Array.from({ length: 5 }, (_, i) => kernel(10 + i, 1)),
      call(0, 1, 1),
    ]);
    const bytes = new TextEncoder().encode(text);
    const ends = [...text.matchAll(/\}\}(?=[,\]])/g)].map(({ index }) => index + 2);
    expect(ends).toHaveLength(7);
    for (let cut = ends[0]!; cut < bytes.length; cut++) {
      const trace = await readText(bytes.subarray(0, cut), [64]);
      const complete = ends.filter((end) => end <= cut).length;
      expect(trace.ops.length + trace.calls.length, `cut at byte ${cut}`).toBe(complete);
      expect(trace.notices.find(({ table }) => table === 'file')?.message).toContain('the file ends early');
      expect(trace.status.get('exit')).toBeUndefined();
    }
    expect((await readText(bytes)).status.get('exit')).toBe('clean');
  });

  test('also when the bytes stop coming with an error', async () => {
    const { readPytorch } = await import('../../../../src/ingest/pytorch/read-pytorch.js');
    async function* broken(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield new TextEncoder().encode(document([kernel(1, 1)]));
      throw new Error('incorrect data check');
    }
    const info = { name: 't', path: 't', bytes: 0 };
    const { traces } = await readPytorch(broken(), info);
    expect(traces[0]?.ops.length).toBe(1);
    expect(traces[0]?.notices[0]?.message).toContain('reading stopped (incorrect data check)');
    async function* atOnce(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode('{"traceEvents": [');
      await Promise.reject(new Error('invalid stored block lengths'));
    }
    const refused = readPytorch(atOnce(), info);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow('t cannot be read: invalid stored block lengths');
    const abort = new AbortController();
    abort.abort(new Error('enough'));
    await expect(readPytorch(broken(), { ...info, signal: abort.signal })).rejects.toThrow('enough');
  });
});
