import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { launchOfOps } from '../../../src/analysis/launch.js';
import { kernelWaitBelowNs, streamIdle } from '../../../src/analysis/stream-idle.js';
import { importPytorch } from '../../../src/ingest/pytorch/import-pytorch.js';
import type { Trace } from '../../../src/trace/trace.js';

const FOLDER = fileURLToPath(new URL('../../../../shared/samples/kineto/', import.meta.url));

/**
 * What Holistic Trace Analysis itself says (commit f4d0062c382f of 2026-05-01, pandas 2.3.3, Python 3.11.2):
 * `TraceAnalysis(trace_files={0: file}, include_last_profiler_step=True)`, then
 * `get_idle_time_breakdown(ranks=[0], visualize=False)`. Stream → µs of host wait, kernel wait, other.
 *
 * It rounds starts up and ends down to whole microseconds where any time has a fraction (`rounded`), unless
 * HTA_DISABLE_NS_ROUNDING=1 (`exact`); both are to two decimals. Files in whole microseconds have one answer.
 */
const HTA: Readonly<Record<string, { exact: Answer; rounded?: Answer }>> = {
  'a100-4-streams-nccl': {
    exact: {
      7: [133311, 17152, 32751],
      20: [424456, 739, 9684],
      21: [285806, 78, 0],
      22: [340772, 1515, 0],
    },
  },
  'a100-simple-add': { exact: { 7: [15976739, 91, 0], 20: [13582776, 8, 0] } },
  'ar-dit-h200-cuda-only': {
    exact: { 7: [194987.89, 113294.43, 231.45] },
    rounded: { 7: [201372, 185406, 293] },
  },
  'h100-qwen': { exact: { 7: [1509.72, 2495.81, 0] }, rounded: { 7: [1543, 4145, 0] } },
  'mi250-rocm': { exact: { 0: [8762.84, 0, 0] }, rounded: { 0: [8780, 0, 0] } },
  'mi300x-vllm-graph-decode': { exact: { 0: [0, 25.47, 0] }, rounded: { 0: [0, 458, 0] } },
};
type Answer = Readonly<Record<number, readonly [hostWait: number, kernelWait: number, other: number]>>;

/** Two decimals of a sum of doubles: half of the last one, and the error of the doubles. */
const ROUNDING_US = 0.0055;

describe.skipIf(!existsSync(FOLDER))('stream gaps as Holistic Trace Analysis has them', () => {
  test.each(Object.entries(HTA))('%s', async (sample, { exact, rounded }) => {
    const path = `${FOLDER}${sample}.json.gz`;
    const trace = (await importPytorch(path)).traces[0]!;
    const window = { startNs: 0, endNs: trace.endNs };
    const { streams } = streamIdle(trace, launchOfOps(trace), trace.ops.device[0]!, [window], kernelWaitBelowNs(undefined)); // prettier-ignore
    expect(streams.map(({ stream }) => stream).sort((a, b) => a - b)).toEqual(Object.keys(exact).map(Number));

    const file = timesOfFile(path, trace);
    for (const { stream, hostWait, kernelWait, other, unknownLaunch } of streams) {
      const ours = [hostWait, kernelWait, other].map(({ totalNs }) => totalNs / 1000);
      if (rounded !== undefined) expect(asTheyDo(trace, stream, file, true)).toEqual(rounded[stream]);
      asTheyDo(trace, stream, file, false).forEach((us, i) => {
        expect(Math.abs(us - exact[stream]![i]!)).toBeLessThan(ROUNDING_US);
      });
      // An op without a launch takes the time of the file's first event for it there: what that turned into host wait.
      const guessed = guessedHostWaitNs(trace, stream, file) / 1000;
      expect(Math.abs(ours[0]! + guessed - exact[stream]![0])).toBeLessThan(ROUNDING_US);
      expect(Math.abs(ours[1]! - guessed - exact[stream]![1])).toBeLessThan(ROUNDING_US);
      expect(Math.abs(ours[2]! - exact[stream]![2])).toBeLessThan(ROUNDING_US);
      expect([unknownLaunch.count, guessed]).toEqual(sample === 'h100-qwen' ? [508, 9.121] : [0, 0]);
    }
  });
});

interface FileTimes {
  /** What the file's times are since, ns. */
  readonly originNs: bigint;
  /** Start of its first event, µs. */
  readonly firstUs: number;
}

function timesOfFile(path: string, trace: Trace): FileTimes {
  const text = gunzipSync(readFileSync(path)).toString();
  const origin = /"baseTimeNanoseconds":\s*(\d+)/.exec(text)?.[1] ?? '0';
  const events = (JSON.parse(text) as { traceEvents: { ts: number }[] }).traceEvents;
  expect(trace.baseNs).toBeGreaterThanOrEqual(BigInt(origin));
  return { originNs: BigInt(origin), firstUs: events[0]!.ts };
}

/** Their arithmetic: microseconds in doubles, the op that started before, negative gaps and all. */
function asTheyDo(trace: Trace, wanted: number, file: FileTimes, round: boolean): number[] {
  const { ops, calls } = trace;
  const launch = launchOfOps(trace);
  const us = (ns: number): number => {
    const absolute = trace.baseNs - file.originNs + BigInt(ns);
    return Number(`${absolute / 1000n}.${String(absolute % 1000n).padStart(3, '0')}`);
  };
  const up = (time: number): number => (round ? Math.ceil(time) : time);
  // Rounded in the file's times; times since the first one are then sums and differences of doubles.
  const since = up(us(0));
  const sums = [0, 0, 0];
  let end = NaN;
  for (let i = 0; i < ops.length; i++) {
    if (ops.stream[i] !== wanted) continue;
    const start = up(us(ops.startNs[i]!));
    const length = ops.durationNs[i]! / 1000;
    const called = up(launch[i]! < 0 ? file.firstUs : us(calls.startNs[launch[i]!]!)) - since;
    const gap = start - since - end;
    if (!Number.isNaN(gap)) sums[called > end ? 0 : gap < 30 ? 1 : 2]! += gap;
    end = round ? Math.floor(us(ops.startNs[i]!) + length) - since : start - since + length;
  }
  return sums;
}

function guessedHostWaitNs(trace: Trace, wanted: number, { originNs, firstUs }: FileTimes): number {
  const { ops } = trace;
  const launch = launchOfOps(trace);
  const firstNs = firstUs * 1000 - Number(trace.baseNs - originNs);
  let endNs = NaN;
  let sum = 0;
  for (let i = 0; i < ops.length; i++) {
    if (ops.stream[i] !== wanted) continue;
    if (launch[i]! < 0 && firstNs > endNs) sum += ops.startNs[i]! - endNs;
    endNs = ops.startNs[i]! + ops.durationNs[i]!;
  }
  return sum;
}
