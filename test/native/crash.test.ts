// What is left when a process does not end well, or makes another one.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTrace } from '../../src/trace/read-trace.js';
import { built, haveCapture, threadSanitizer } from './built.js';
import { expected, harness, onlyTrace, run, traceFolders } from './harness.js';

const MARGIN_NS = 1_000_000_000; // promised: all but the last second

describe.skipIf(!haveCapture)('a process that dies', () => {
  it('of SIGKILL leaves every complete batch, and all but the last second', async () => {
    for (const afterMs of [700, 1530, 2210]) {
      const ran = harness(`import init push whole killer ${afterMs} stream 10000`, {
        GAPSCOPE_BUFFER_BYTES: '262144',
      });
      expect(ran.signal).toBe('SIGKILL');
      const trace = await onlyTrace(ran.out);
      expect(trace.status.get('exit')).toBeUndefined();
      const progress = [...ran.stdout.matchAll(/progress (\d+) (\d+)/g)].map((match) => ({
        timeNs: BigInt(match[1] ?? 0),
        rounds: Number(match[2]),
      }));
      const last = progress.at(-1)?.timeNs ?? 0n;
      const mustHave = progress.filter(({ timeNs }) => last - timeNs > MARGIN_NS).at(-1)?.rounds ?? 0;
      expect(trace.ops.length).toBeGreaterThanOrEqual(mustHave);
      // Records that were read refer to strings, shapes and calls that are there, too.
      expect(Array.from(trace.ops.name).filter((id) => trace.strings[id] === undefined)).toEqual([]);
      expect(Array.from(trace.ops.shape).filter((id) => (trace.shapeRow[id] ?? -1) < 0)).toEqual([]);
      if (mustHave > 0) {
        expect(Array.from(trace.ranges.name, (id) => trace.strings[id])).toEqual(['whole']);
        expect(trace.openRanges.length).toBe(1);
      }
    }
  });

  it('of SIGKILL in the middle of writing, again and again, never leaves an unreadable trace', async () => {
    for (let afterMs = 0; afterMs < 200; afterMs += 20) {
      const ran = harness(`import init emit 1 written killer ${afterMs} threads 2 100000000`, {
        GAPSCOPE_FLUSH_MS: '1',
        GAPSCOPE_BUFFER_BYTES: '65536',
      });
      expect(ran.signal).toBe('SIGKILL');
      const trace = await onlyTrace(ran.out);
      expect(Array.from(trace.ops.name).filter((id) => trace.strings[id] === undefined)).toEqual([]);
    }
  });

  it('on a full disk keeps whole batches, counts what it lost, and goes on when there is room again', async () => {
    const ran = harness(
      'import init emit 2000 sleep 300 limit 150000 emit 8000 sleep 300 unlimit emit 1000',
      {
        GAPSCOPE_FLUSH_MS: '50',
      },
    );
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('the trace is incomplete');
    const trace = await onlyTrace(ran.out);
    expect(Number(trace.status.get('droppedUnwritten'))).toBeGreaterThan(0);
    expect(trace.ops.length).toBeGreaterThanOrEqual(expected(1000).ops);
    expect(trace.ops.length).toBeLessThan(expected(11_000).ops);
    expect(trace.status.get('exit')).toBe('clean');
  });

  it('on a full disk keeps what later rows refer to for when there is room again', async () => {
    // Every name and shape is seen for the first time while nothing can be written.
    const ran = harness(
      'import init sleep 200 limit 10 push first emit 100 pop sleep 200 unlimit push first emit 100 pop sleep 200',
      { GAPSCOPE_FLUSH_MS: '20' },
    );
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('the trace is incomplete');
    const trace = await onlyTrace(ran.out);
    expect(trace.ops.length).toBe(expected(100).ops);
    expect(Number(trace.status.get('droppedUnwritten'))).toBeGreaterThanOrEqual(expected(100).ops);
    expect(new Set(Array.from(trace.ops.name, (id) => trace.strings[id]))).toContain('plain_name');
    expect(Array.from(trace.ops.name).filter((id) => trace.strings[id] === undefined)).toEqual([]);
    expect(Array.from(trace.calls.name).filter((id) => trace.strings[id] === undefined)).toEqual([]);
    expect(Array.from(trace.ops.shape).filter((id) => (trace.shapeRow[id] ?? -1) < 0)).toEqual([]);
    expect(Array.from(trace.ranges.name, (id) => trace.strings[id])).toEqual(['first']);
    expect(trace.status.get('capture')).toBe('on');
  });

  it('on a disk that stays full says at the end what it lost, if that much fits', async () => {
    const ran = harness('import init sleep 200 limit 5000 emit 2000', { GAPSCOPE_FLUSH_MS: '20' });
    expect(ran.code).toBe(0);
    const trace = await onlyTrace(ran.out);
    const { ops, calls, overheads, syncs, events } = expected(2000);
    const kept = [trace.ops, trace.calls, trace.overheads, trace.syncs, trace.events];
    const lost = ops + calls + overheads + syncs + events - kept.reduce((sum, { length }) => sum + length, 0);
    expect(lost).toBeGreaterThan(0);
    expect(Number(trace.status.get('droppedUnwritten'))).toBe(lost);
  });
});

describe.skipIf(!haveCapture)('calls at the end', () => {
  it('of a thread, from destructors that run after its log was closed', async () => {
    const ran = harness('import init late sleep 50 counts', { GAPSCOPE_FLUSH_MS: '10' });
    expect(ran.code).toBe(0);
    const trace = await onlyTrace(ran.out);
    expect(trace.ops.length).toBe(expected(200).ops);
    expect(trace.calls.length).toBe(expected(200).calls);
  });

  it('of the process, from exit handlers registered before and after the library', async () => {
    const before = harness('atexit import init emit 100');
    expect(before.code).toBe(0);
    expect((await onlyTrace(before.out)).ops.length).toBe(expected(100).ops);
    const after = harness('import init emit 100 atexit');
    expect(after.code).toBe(0);
    const trace = await onlyTrace(after.out);
    expect(trace.ops.length).toBe(expected(200).ops);
    expect(trace.calls.length).toBe(expected(200).calls);
    expect(trace.status.get('exit')).toBe('clean');
  });
});

describe.skipIf(!haveCapture)('a process that forks', () => {
  it.each(['exit', '_exit'])('after it used CUDA: the child is inert (%s)', async (leave) => {
    const ran = harness(`import init push parent emit 1000 fork ${leave} emit 1000 pop`);
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toMatch(/child \d+ 0/);
    const trace = await onlyTrace(ran.out);
    expect(trace.ops.length).toBe(expected(2000).ops);
    expect(Array.from(trace.ranges.name, (id) => trace.strings[id])).toEqual(['parent']);
    expect(trace.notices).toEqual([]);
  });

  it('while its other threads are at work', async () => {
    const ran = harness(
      'import init emit 500 sleep 20 fork exit fork _exit fork exit threads 3 2000 fork exit',
    );
    expect(ran.code).toBe(0);
    expect((await onlyTrace(ran.out)).ops.length).toBe(expected(6500).ops);
  });

  // ThreadSanitizer does not survive threads begun in a forked child.
  it.skipIf(threadSanitizer)('before it used CUDA: the child has a trace of its own', async () => {
    const ran = run(built.nvtxProgram, ['fork']);
    expect(ran.code).toBe(0);
    const child = Number(ran.stdout);
    const traces = await Promise.all(
      traceFolders(ran.out).map((folder) => readTrace(folder, { allowEmpty: true })),
    );
    expect(traces.length).toBe(2);
    const own = traces.find(({ pid }) => pid === child);
    expect(Array.from(own?.ranges.name ?? [], (id) => own?.strings[id])).toEqual(['child']);
    const parent = traces.find(({ pid }) => pid !== child);
    expect(Array.from(parent?.ranges.name ?? [], (id) => parent?.strings[id])).toContain('before fork');
    for (const folder of traceFolders(ran.out)) expect(readdirSync(folder)).toContain('ranges.arrows');
  });
});
