import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { document, kernel, readText } from './read-text.js';

const names = async (text: string | Uint8Array): Promise<string[]> => {
  const trace = await readText(text, [37]);
  return Array.from(trace.ops.name, (name) => trace.strings[name]!);
};

describe('strings', () => {
  test('of any characters come out as JSON.parse has them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.boolean(),
        async (name, escapeAll) => {
          let text = document([kernel(1, 1, { name })]);
          if (escapeAll) {
            const escaped = [...Array(name.length).keys()]
              .map((i) => `\\u${name.charCodeAt(i).toString(16).padStart(4, '0')}`)
              .join('');
            text = text.replace(JSON.stringify(name), () => `"${escaped}"`);
          }
          const parsed = JSON.parse(text) as { traceEvents: { name: string }[] };
          // Half a surrogate pair has no UTF-8; both ways make U+FFFD of it.
          expect(await names(text)).toEqual([Buffer.from(parsed.traceEvents[0]!.name).toString()]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('with and without escapes are one name', async () => {
    const text = `[${['k<a>', 'k\\u003ca\\u003e', 'k<\\u0061>', 'k\\\\b', 'k\\b']
      .map((name, i) => `{"ph":"X","cat":"kernel","name":"${name}","pid":0,"tid":7,"ts":${i},"dur":1}`)
      .join(',')}]`;
    expect(await names(text)).toEqual(['k<a>', 'k<a>', 'k<a>', 'k\\b', 'k\b']);
    expect((await readText(text)).ops.name.slice(0, 3)).toEqual(new Uint32Array(3).fill(1));
  });

  test('with raw control characters or bytes that are no UTF-8 are read, not refused', async () => {
    const text = document([kernel(1, 1, { name: 'a?b' }), kernel(5, 1)]);
    const at = text.indexOf('a?b') + 1;
    for (const byte of [0, 1, 9, 10, 0x1f, 0x7f, 0x80, 0xc3, 0xff]) {
      const bytes = new TextEncoder().encode(text);
      bytes[at] = byte;
      const found = await names(bytes);
      expect(found).toHaveLength(2);
      expect(found[0]).toBe(new TextDecoder().decode(Uint8Array.of(97, byte, 98)));
    }
  });

  test('that were not escaped cost their own event only', async () => {
    const text = document([kernel(1, 1), kernel(5, 1, { name: 'a?b' }), kernel(9, 1), kernel(12, 1)]).replace(
      'a?b',
      'a"b',
    );
    const trace = await readText(text, [50]);
    expect([...trace.ops.startNs]).toEqual([0, 8000, 11000]);
    expect(trace.notices.find(({ message }) => message.includes('no JSON'))?.count).toBe(1);
  });
});

describe('structure', () => {
  test('nested without end is skipped without recursion', async () => {
    const deep = '['.repeat(300_000) + ']'.repeat(300_000);
    const inArgs = document([kernel(1, 1, {}, { x: 'DEEP' }), kernel(3, 1)]).replace('"DEEP"', deep);
    const inHeader = document([kernel(1, 1), kernel(3, 1)], { x: 'DEEP' }).replace('"DEEP"', deep);
    for (const text of [inArgs, inHeader]) expect((await readText(text, [1 << 16])).ops.length).toBe(2);
    const open = document([kernel(1, 1)]).replace(/\]\}$/, `,{"ph":"X","args":${'{"a":'.repeat(100_000)}`);
    expect((await readText(open, [1 << 14])).ops.length).toBe(1);
  });

  test('that never ends costs no more than its length, and whole events in it are found', async () => {
    const whole = document([kernel(1, 1)]).replace(/\]\}$/, '');
    const endless = '[{"x":'.repeat(500_000);
    expect((await readText(`${whole},${endless}`, [1 << 16])).ops.length).toBe(1);
    // Each bracket is where an event might begin, and what begins there is malformed only at the very end.
    const malformed = `${'{"args":['.repeat(200_000)}${'] x}'.repeat(200_000)}`;
    const behind = `${whole},${malformed},${JSON.stringify(kernel(5, 1))}]}`;
    expect((await readText(behind, [1 << 16])).ops.length).toBe(2);
    const lostQuote = '{"ph":"X","args":{"x":["a"b"]}}';
    const found = await readText(`${whole},${lostQuote},${JSON.stringify(kernel(5, 1))}`, [40]);
    expect(found.ops.length).toBe(2);
  });

  test('events anywhere: a list alone, after other keys, several documents', async () => {
    const event = JSON.stringify(kernel(1, 1));
    const texts = [
      `[${event}]`,
      `[${event},`,
      `\ufeff { "a": {"traceEvents": [1, {"x": "]}"}]}, "traceEvents" : [ ${event} , ] , "z": null }`,
      `{"traceEvents":[${event}]}\n{"displayTimeUnit":"us","traceEvents":[]}\n`,
    ];
    for (const text of texts) expect((await readText(text, [11])).ops.length, text).toBe(1);
    expect((await readText(`{"traceEvents":[${event}]}\n{"traceEvents":[${event}]}\n`)).ops.length).toBe(2);
  });

  test('the last of a key that occurs twice counts', async () => {
    const text =
      '[{"ph":"i","ph":"X","cat":"kernel","name":"a","name":"b","ts":"x","ts":3,"dur":1,"pid":0,"tid":7,' +
      '"args":{"stream":1,"correlation":4},"args":{"stream":9}}]';
    const { ops, strings } = await readText(text);
    expect([strings[ops.name[0]!], ops.stream[0], ops.correlation[0]]).toEqual(['b', 9, 0]);
  });

  test('keys with escapes are the same keys', async () => {
    const text =
      '[{"\\u0070h":"X","c\\u0061t":"kernel","name":"a","ts":3,"dur":1,"pid":0,"tid":7,"args":{"strea\\u006d":9}}]';
    expect((await readText(text)).ops.stream[0]).toBe(9);
  });

  test('values of another type than expected are taken for missing', async () => {
    const odd: unknown[] = [null, true, 'text', -1, 1e300, [], {}, [1, 2], [1, 'a', 3], 4294967296, 0.5];
    const keys = [
      'device',
      'context',
      'stream',
      'correlation',
      'grid',
      'block',
      'bytes',
      'graph id',
      'shared memory',
    ];
    for (const value of odd) {
      for (const key of keys) {
        const trace = await readText(document([kernel(1, 1, {}, { [key]: value }), kernel(3, 1)]));
        expect(trace.ops.length, `${key}: ${JSON.stringify(value)}`).toBeGreaterThanOrEqual(1);
      }
      for (const key of ['name', 'cat', 'pid', 'tid', 'args', 'ph', 'id']) {
        const trace = await readText(document([{ ...kernel(1, 1), [key]: value }, kernel(3, 1)]));
        expect(trace.ops.length, `${key}: ${JSON.stringify(value)}`).toBeGreaterThanOrEqual(1);
      }
    }
  });

  test('garbage never breaks the reader', async () => {
    const text = document([kernel(1, 1), kernel(3, 1, { name: 'é"\\' }), kernel(5, 1)]);
    const bytes = new TextEncoder().encode(text);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }),
        async (changes) => {
          const damaged = bytes.slice();
          for (const [at, byte] of changes) damaged[at] = byte;
          try {
            const trace = await readText(damaged, [61]);
            expect(trace.ops.length).toBeLessThanOrEqual(3);
          } catch (error) {
            expect((error as Error).name).toBe('UserError');
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('what is no such file', () => {
  test.each([
    ['', 'is empty'],
    ['<!doctype html><p>hello', 'is not JSON'],
    ['{"deviceProperties": []}', "has no 'traceEvents', only deviceProperties"],
    ['{"traceEvents": []}', 'nothing in it'],
    [
      '[{"ph":"X","cat":"cpu_op","name":"a","ts":1,"dur":1,"pid":1,"tid":1}]',
      'holds no GPU work; found: 1 cpu_op',
    ],
    ['[{"ph":"X","name":"main","ts":1,"dur":1}]', 'holds no GPU work; found: 1 without a category'],
  ])('%j is refused in one sentence', async (text, sentence) => {
    await expect(readText(text)).rejects.toThrow(sentence);
    await expect(readText(text)).rejects.toMatchObject({ name: 'UserError' });
  });
});

describe('names out of the file in an error', () => {
  const long = 'x'.repeat(100_000);
  test.each([
    ['categories', `[${JSON.stringify({ ph: 'X', cat: long, name: 'a', pid: 1, tid: 1, ts: 1, dur: 1 })}]`],
    ['keys', JSON.stringify({ [long]: 1, deviceProperties: [] })],
  ])('%s are cut short', async (_, text) => {
    const error = await readText(text).then(
      () => undefined,
      (found: unknown) => found as Error,
    );
    if (error !== undefined) expect(error.message.length).toBeLessThan(400);
    else expect.unreachable();
  });
});

test('categories left out are cut short too, and told apart only so far', async () => {
  const instants = Array.from({ length: 400 }, (_, i) => ({
    ph: 'i',
    cat: `${i} ${'x'.repeat(1000)}`,
    name: 'a',
    pid: 1,
    tid: 1,
    ts: 2,
  }));
  const { notices } = await readText(document([kernel(1, 1), ...instants]));
  const left = notices.find(({ table }) => table === 'not imported')!;
  expect(left.count).toBe(400);
  expect(left.message).toContain('388 of 388 other categories');
  expect(left.message.length).toBeLessThan(1500);
});
