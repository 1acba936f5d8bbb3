import { describe, expect, test } from 'vitest';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { headline } from '../../../src/analysis/headline.js';
import { analyzeKv } from '../../../src/analysis/kv.js';
import { analyzeSwitch } from '../../../src/analysis/switch.js';
import { readRun } from '../../../src/trace/read-run.js';
import { smallTables, writeSmallTrace } from '../small-trace.js';
import { recorded } from './plain-tables.js';

const small = async (...changes: Parameters<typeof writeSmallTrace>) =>
  (await readRun(await writeSmallTrace(...changes))).traces[0]!;

describe('a recorded run', () => {
  test('has the figures of gaps, switch and kv', async () => {
    const trace = await recorded('small-eager');
    const found = headline([trace]);
    const [device] = analyzeGaps(trace).devices;
    const switches = analyzeSwitch(trace);
    const kv = analyzeKv(trace);
    expect(found).toMatchObject({
      processes: 1,
      devices: 1,
      spanNs: device!.window.spanNs,
      busyNs: device!.busyNs,
      idleNs: device!.idleNs,
      idleByCause: device!.idleByCause,
      gapCount: device!.gapCount,
      kernelNs: device!.kernelNs,
      blockCount: 10,
      firstBlockNs: switches.blocks[0]!.durationNs,
      steadyBlockNs: switches.steadyBlockNs,
      interFrameNs: switches.interFrameNs,
      framesPerBlock: 3,
      switchLatencyNs: switches.meanLatencyNs,
      switchCount: 1,
      kvNs: kv.total.gpuNs + kv.total.idleNs,
      kvShareOfBlock: kv.shareOfBlock,
      droppedOps: 0,
      missing: {},
    });
    expect(found.ops).toBe(trace.ops.length);
    expect(found.steadyNs).toEqual(
      switches.blocks.filter(({ role }) => role === 'steady').map(({ durationNs }) => durationNs),
    );
    // The mean over the steady blocks, summed here from the blocks' own rows.
    const steady = kv.blocks.filter(({ role }) => role === 'steady');
    const sum = steady.reduce((all, { gpuNs, idleNs }) => all + gpuNs + idleNs, 0);
    expect(found.kvBlockNs).toBe(Math.round(sum / steady.length));
  });

  test('without a switch still has its blocks, and says why', async () => {
    const found = headline([await recorded('full-batch2')]);
    expect(found.steadyBlockNs).toBeGreaterThan(0);
    expect(found.switchLatencyNs).toBeUndefined();
    expect(found.missing.switch).toContain('prompt switch');
  });

  test('block figures are those of the process that the others wait for', async () => {
    const fast = await recorded('small-graphs');
    const slow = await recorded('small-eager');
    for (const traces of [
      [fast, slow],
      [slow, fast],
    ]) {
      const found = headline(traces);
      expect(found.blocksOf?.pid).toBe(slow.pid);
      expect(found.steadyBlockNs).toBe(headline([slow]).steadyBlockNs);
      expect(found.busyNs).toBe(headline([slow]).busyNs + headline([fast]).busyNs);
      expect(found.busyNs + found.idleNs).toBe(found.spanNs);
    }
  });
});

describe('made by hand', () => {
  test('eight ops of 12 µs, seven gaps of 8 µs, in each of two processes', async () => {
    const one = await small({}, { pid: 1 });
    const two = await small(
      { status: { key: ['dropped', 'droppedUnwritten'], value: ['3', '4'], startNs: [0, 0] } },
      { pid: 2 },
    );
    expect(headline([one, two])).toMatchObject({
      processes: 2,
      devices: 2,
      busyNs: 2 * 96_000,
      idleNs: 2 * 56_000,
      idleShare: 56 / 152,
      gapCount: 14,
      ops: 16,
      // 0 + 3 by CUPTI, 4 by the disk.
      droppedOps: 7,
    });
  });

  test('what is not there is absent, with the reason; what was asked for by name is an error', async () => {
    const { ranges: _, ...tables } = smallTables();
    const trace = await small({ ...tables, ranges: undefined, status: undefined });
    const found = headline([trace]);
    expect(found.steadyBlockNs).toBeUndefined();
    expect(found.droppedOps).toBeUndefined();
    expect(found.missing.blocks).toContain('no temporal blocks');
    expect(found.missing.kv).toContain('no KV-cache operations');
    expect(() => headline([trace], { block: 'chunk_#' })).toThrow('chunk_#');
    expect(() => headline([trace], { window: 'chunk:1' })).toThrow('chunk:1');
    expect(() => headline([trace], { device: 3 })).toThrow('device 3');
    expect(() => headline([])).toThrow('no process');
  });
});
