// Calls into CUDA, told by callbacks: which, when, on which thread, and what those that order streams refer to.
import { describe, expect, it } from 'vitest';
import { SYNC_KIND } from '../../src/trace/schema.js';
import type { Trace } from '../../src/trace/trace.js';
import { haveCapture } from './built.js';
import { counts, expected, harness, onlyTrace } from './harness.js';

const callNames = ({ calls, strings }: Trace): (string | undefined)[] =>
  Array.from(calls.name, (id) => strings[id]);

describe.skipIf(!haveCapture)('calls', () => {
  it('of the driver alone, unless the runtime is asked for too', async () => {
    const driver = await onlyTrace(harness('import init emit 200').out);
    expect(driver.calls.length).toBe(expected(200).calls);
    expect(driver.status.get('config.api')).toBe('driver');

    const both = await onlyTrace(harness('import init emit 200', { GAPSCOPE_API: 'both' }).out);
    expect(both.status.get('config.api')).toBe('both');
    expect(both.calls.length).toBe(expected(200).calls + 200);
    const names = callNames(both);
    expect(names).not.toContain('cudaGetDevice_v3020');
    // One within the other, with the same correlation id.
    const driverRow = new Map<number, number>();
    names.forEach((name, row) => {
      if (name === 'cuLaunchKernel') driverRow.set(both.calls.correlation[row] ?? 0, row);
    });
    const { startNs, durationNs } = both.calls;
    let nested = 0;
    names.forEach((name, row) => {
      if (name !== 'cudaLaunchKernel_v7000') return;
      const inner = driverRow.get(both.calls.correlation[row] ?? 0) ?? -1;
      const [outerStart = 0, innerStart = 0] = [startNs[row], startNs[inner]];
      expect(innerStart).toBeGreaterThanOrEqual(outerStart);
      expect(innerStart + (durationNs[inner] ?? 0)).toBeLessThanOrEqual(outerStart + (durationNs[row] ?? 0));
      nested++;
    });
    expect(nested).toBe(200);
  });

  it('last as long as they do, and say how they went', async () => {
    const trace = await onlyTrace(harness('import init begin sleep 50 end fail').out);
    expect(callNames(trace)).toEqual(['cuMemAlloc_v2', 'cuMemAlloc_v2']);
    expect(Array.from(trace.calls.result)).toEqual([0, 2]);
    expect(trace.calls.durationNs[0]).toBeGreaterThanOrEqual(50e6);
    expect(trace.calls.durationNs[0]).toBeLessThan(10e9);
    expect(trace.calls.durationNs[1]).toBeLessThan(50e6);
  });

  it('begun before or ended after the recording are left out', async () => {
    const ran = harness('import begin init end emit 20 counts');
    expect((await onlyTrace(ran.out)).calls.length).toBe(expected(20).calls);
    expect(counts(ran).violations).toBe(0);
    const script = 'import init begin profiler start end emit 20 begin profiler stop end';
    const trace = await onlyTrace(harness(script, { GAPSCOPE_PROFILER_API: '1' }).out);
    expect(trace.calls.length).toBe(expected(20).calls);
  });

  it('that wait refer to the recording of the event that was the latest when they began', async () => {
    const trace = await onlyTrace(harness('import init events').out);
    const { events, syncs } = trace;
    const first = events.event[0];
    // As in native/test/harness/workload.cc, in order of correlation ids.
    const inOrder = (correlation: ArrayLike<number>): number[] =>
      Array.from({ length: correlation.length }, (_, row) => row).sort(
        (a, b) => (correlation[a] ?? 0) - (correlation[b] ?? 0),
      );
    const recorded = inOrder(events.correlation);
    expect(recorded.map((row) => events.stream[row])).toEqual([7, 8, 10, 7, 14]);
    const [a, b, c] = recorded.map((row) => events.syncId[row]);
    expect(new Set(events.syncId).size).toBe(5);
    expect(Array.from(events.syncId)).not.toContain(0);
    expect(new Set(recorded.slice(0, 3).map((row) => events.event[row]))).toEqual(new Set([first]));

    const none = 0xffff_ffff;
    const { event, streamWaitEvent, stream, context } = SYNC_KIND;
    const second = 1; // numbered as they are first seen
    expect(
      inOrder(syncs.correlation).map((row) => [
        syncs.kind[row],
        syncs.stream[row],
        syncs.event[row],
        syncs.syncId[row],
      ]),
    ).toEqual([
      [streamWaitEvent, 8, first, a],
      [event, 0, first, b],
      [streamWaitEvent, 9, first, b],
      [event, 0, first, b],
      [streamWaitEvent, 7, first, c],
      [streamWaitEvent, 7, second, 0],
      [stream, 9, none, 0],
      [stream, 14, none, 0],
      [context, 0, none, 0],
    ]);
    expect(new Set(syncs.context)).toEqual(new Set([1]));
    // The recording that failed is a call with its result, and nothing else.
    const failed = Array.from(trace.calls.result).indexOf(700);
    expect(callNames(trace)[failed]).toBe('cuEventRecord');
  });

  it('of several threads at once keep their own waits and recordings together', async () => {
    const trace = await onlyTrace(harness('import init threads 6 4000').out);
    const { calls, events, syncs } = trace;
    expect(events.length).toBe(expected(24_000).events);
    expect(syncs.length).toBe(expected(24_000).syncs);
    expect(new Set(events.syncId).size).toBe(events.length);
    const eventRow = new Map(Array.from(events.correlation, (id, row) => [id, row]));
    const syncRow = new Map(Array.from(syncs.correlation, (id, row) => [id, row]));
    const threads = [...new Set(calls.thread)];
    expect(threads.length).toBe(6);
    for (const thread of threads) {
      const rows = Array.from(calls.thread, (_, row) => row)
        .filter((row) => calls.thread[row] === thread)
        .sort((x, y) => (calls.startNs[x] ?? 0) - (calls.startNs[y] ?? 0));
      // Its own event throughout; each wait is for this thread's latest recording.
      const own = new Set<number | undefined>();
      let latest = -1;
      let wrong = 0;
      for (const row of rows) {
        const correlation = calls.correlation[row] ?? 0;
        const recording = eventRow.get(correlation);
        if (recording !== undefined) latest = recording;
        const wait = syncRow.get(correlation);
        if (wait === undefined || syncs.kind[wait] === SYNC_KIND.stream) continue;
        own.add(syncs.event[wait]).add(events.event[latest]);
        if (syncs.syncId[wait] !== events.syncId[latest]) wrong++;
      }
      expect(wrong).toBe(0);
      expect(own.size).toBe(1);
    }
  });
});
