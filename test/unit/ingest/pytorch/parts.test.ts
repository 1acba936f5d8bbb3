import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  joined,
  likelyAround,
  likelyEvent,
  readPart,
  type Part,
} from '../../../../src/ingest/pytorch/part.js';
import { concluded } from '../../../../src/ingest/pytorch/read-pytorch.js';
import type { Trace } from '../../../../src/trace/trace.js';
import { call, chunksOf, document, host, kernel, readText, tablesOf, type Event } from './read-text.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The document read in parts that begin at these bytes; undefined where they cannot stand for it. */
async function inParts(text: string, starts: readonly number[]): Promise<Trace | undefined> {
  const bytes = bytesOf(text);
  const within = likelyAround(bytes);
  const parts: Part[] = [];
  for (const [i, from] of [0, ...starts].entries()) {
    const to = starts[i] ?? bytes.length;
    const place = { within: i === 0 ? undefined : within, isLast: i === starts.length };
    parts.push(await readPart(chunksOf(bytes.slice(from, to), [997]), place));
  }
  // As if it had come from a thread.
  const read = joined(structuredClone(parts));
  return read === undefined ? undefined : concluded(read, { name: 't', path: 't.json', bytes: 0 }).traces[0];
}

/** Every place that looks like the beginning of an event. */
function placesIn(text: string): number[] {
  const bytes = bytesOf(text);
  const found: number[] = [];
  for (let at = 0; ; at = found.at(-1)!) {
    const next = likelyEvent(bytes.subarray(at));
    if (next < 0) return found;
    found.push(at + next);
  }
}

const NAMES = ['a', 'b<"x">', 'über', '}, {"', '\\'];
const event = fc.oneof(
  fc
    .record({
      ts: fc.integer({ min: 0, max: 1e6 }),
      dur: fc.integer({ min: 0, max: 50 }),
      name: fc.constantFrom(...NAMES),
      grid: fc.constantFrom([1, 1, 1], [2, 3, 4]),
      correlation: fc.integer({ min: 0, max: 40 }),
    })
    .map(({ ts, dur, name, grid, correlation }) => kernel(ts, dur, { name }, { grid, correlation })),
  fc
    .record({ ts: fc.integer({ max: 1e6, min: 0 }), correlation: fc.nat(40), tid: fc.constantFrom(0, 5, 6) })
    .map(({ ts, correlation, tid }) => call(ts, 3, correlation, 'cudaLaunchKernel', tid)),
  fc.nat(1e6).map((ts) => host('user_annotation', `step#${ts % 7}`, ts, 9, {}, 5 + (ts % 2))),
  fc.nat(1e6).map((ts) => host('cpu_op', 'aten::add', ts, 9, { list: [{ a: 1 }, { b: 2 }] })),
  fc.constantFrom<Event>(
    { ph: 's', id: 1, pid: 9, tid: 5, ts: 5, cat: 'ac2g', name: 'ac2g' },
    { ph: 'i', cat: 'odd', name: 'x', pid: 9, tid: 5, ts: 1 },
    { ph: 'M', name: 'thread_name', pid: 9, tid: 5, args: { name: 'main "thread"' } },
    { ph: 'X', cat: 'kernel', name: 'k', pid: 0, tid: 7, ts: 'never', dur: 1 },
    { ph: 'X', cat: 'overhead', name: 'Buffer Flush', pid: -1, tid: 0, ts: 4, dur: 2 },
    host('cuda_sync', 'Stream Wait Event', 7, 0, {
      cuda_sync_kind: 'Stream Wait Event',
      stream: 7,
      context: 1,
      correlation: 3,
      wait_on_stream: 8,
      wait_on_cuda_event_id: 4,
      wait_on_cuda_event_record_corr_id: 2,
    }),
  ),
);
const events = fc.array(event, { minLength: 2, maxLength: 40 }).map((some) => [kernel(1, 1), ...some]);
const texts = fc
  .tuple(events, fc.constantFrom(undefined, 1), fc.boolean())
  .map(([some, indent, bare]) =>
    bare
      ? JSON.stringify(some, undefined, indent)
      : JSON.stringify({ schemaVersion: 1, traceEvents: some, baseTimeNanoseconds: 5 }, undefined, indent),
  );

describe('a document read in parts', () => {
  test('comes to the same as in one, wherever it is cut between two events', async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), async (text, picks) => {
        const places = placesIn(text);
        const starts = [...new Set(picks.map((pick) => places[pick % places.length]!))].sort((a, b) => a - b);
        const got = await inParts(text, starts);
        if (got === undefined) return;
        answered++;
        const whole = await readText(text);
        expect(tablesOf(got)).toEqual(tablesOf(whole));
        expect(got.notices).toEqual(whole.notices);
        expect(got.status).toEqual(whole.status);
      }),
      { numRuns: 400 },
    );
    // Only a cut inside a list of an event's own is no answer.
    expect(answered).toBeGreaterThan(200);
  });

  test('is no answer where a part begins inside an event, even one that looks like another', async () => {
    const inner = host('cpu_op', 'aten::add', 5, 9, { list: [{ ph: 'X' }, { ph: 'X', ts: 1, dur: 1 }] });
    const text = document([kernel(1, 1), inner, kernel(9, 1), kernel(12, 1)]);
    const at = text.indexOf('{"ph":"X","ts":1');
    expect(placesIn(text)).toContain(at);
    expect(await inParts(text, [at])).toBeUndefined();
    const right = text.indexOf('{"ph":"X","cat":"kernel","name":"k","pid":0,"tid":7,"ts":9');
    expect((await inParts(text, [right]))?.ops.length).toBe(3);
  });

  test('nor inside a name that spells the end of an event', async () => {
    const text = document([kernel(1, 1), kernel(3, 1, { name: '}, {"ph"' }), kernel(9, 1)]);
    const bytes = bytesOf(text.replace('}, {\\"ph', '}, {"ph'));
    const damaged = new TextDecoder().decode(bytes);
    expect(placesIn(text).length).toBe(2);
    expect(await inParts(damaged, [damaged.indexOf('{"ph"', damaged.indexOf('}, {"ph'))])).toBeUndefined();
  });

  test('nor where something is damaged, or an event ends what another began', async () => {
    const pairs = [
      { ph: 'B', cat: 'user_annotation', name: 'r', pid: 9, tid: 5, ts: 1 },
      kernel(2, 1),
      { ph: 'E', pid: 9, tid: 5, ts: 8 },
      kernel(9, 1),
    ];
    const text = document(pairs);
    expect(await inParts(text, [placesIn(text)[1]!])).toBeUndefined();
    const broken = document([kernel(1, 1), kernel(3, 1), kernel(9, 1)]).replace('"dur":1', '"dur":}');
    expect(await inParts(broken, [placesIn(broken).at(-1)!])).toBeUndefined();
  });

  test('that ends early says so as it does in one', async () => {
    const text = document([kernel(1, 1), kernel(3, 1), kernel(9, 1)]).slice(0, -30);
    const got = await inParts(text, [placesIn(text)[0]!]);
    expect(got?.notices).toEqual((await readText(text)).notices);
    expect(got?.notices.length).toBeGreaterThan(0);
  });
});
