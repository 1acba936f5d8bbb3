import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { analyzeGaps } from '../../src/analysis/gaps.js';
import { analyzeBlocks } from '../../src/analysis/blocks.js';
import { launchOfOps } from '../../src/analysis/launch.js';
import { readTrace } from '../../src/trace/read-trace.js';
import type { Trace } from '../../src/trace/trace.js';
import { REPOSITORY, gapscope } from './gapscope.js';

// What the project promises of every recording it ships, computed here with plain loops over the tables.

const FOLDER = join(REPOSITORY, 'traces');
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.trace'));

/** Busy time by marking the ends of all ops on a line: nothing of the analyzer's. */
function sweep(trace: Trace): { startNs: number; endNs: number; busyNs: number; gaps: number } {
  const { startNs, durationNs, length } = trace.ops;
  const order = Array.from({ length }, (_, i) => i).sort((a, b) => startNs[a]! - startNs[b]!);
  let busyNs = 0;
  let gaps = 0;
  let until = startNs[order[0]!]!;
  const first = until;
  for (const i of order) {
    const from = startNs[i]!;
    const to = from + durationNs[i]!;
    if (from > until) gaps++;
    if (to > until) {
      busyNs += to - Math.max(from, until);
      until = to;
    }
  }
  return { startNs: first, endNs: until, busyNs, gaps };
}

interface Timed {
  readonly name: string;
  readonly durationMs: number;
}

interface PipelineRun {
  readonly blocks?: readonly Timed[];
  readonly steps?: readonly Timed[];
}

/** First op to last op of what was launched inside each range of a name. */
function spansOf(trace: Trace, pattern: RegExp): Timed[] {
  const { ranges, strings, calls, ops } = trace;
  const launch = launchOfOps(trace);
  return Array.from({ length: ranges.length }, (_, r) => r)
    .filter((r) => pattern.test(strings[ranges.name[r]!] ?? ''))
    .map((r) => {
      const until = ranges.startNs[r]! + ranges.durationNs[r]!;
      let [first, last] = [Infinity, -Infinity];
      for (let i = 0; i < ops.length; i++) {
        const at = calls.startNs[launch[i]!]!;
        if (at < ranges.startNs[r]! || at >= until) continue;
        first = Math.min(first, ops.startNs[i]!);
        last = Math.max(last, ops.startNs[i]! + ops.durationNs[i]!);
      }
      return { name: strings[ranges.name[r]!]!, durationMs: (last - first) / 1e6 };
    });
}

describe.each(NAMES)('%s', (name) => {
  const path = join(FOLDER, name);
  let trace: Trace;
  beforeAll(async () => {
    trace = await readTrace(path);
  });

  it('was recorded whole', () => {
    expect(trace.status.get('exit')).toBe('clean');
    expect(trace.status.get('dropped')).toBe('0');
    expect(trace.status.get('zeroTimestamps')).toBe('0');
    expect(trace.notices).toEqual([]);
    expect(trace.devices[0]?.name).toBe('NVIDIA H200');
    expect(trace.devices[0]?.limits.get('sms')).toBe(132);
  });

  it('closes: parts sum to idle, busy and idle to the window, as a plain sweep finds them', () => {
    const truth = sweep(trace);
    const { devices } = analyzeGaps(trace);
    expect(devices).toHaveLength(1);
    const gaps = devices[0]!;
    expect(gaps.window.startNs).toBe(truth.startNs);
    expect(gaps.window.endNs).toBe(truth.endNs);
    expect(gaps.busyNs).toBe(truth.busyNs);
    expect(gaps.gapCount).toBe(truth.gaps);
    expect(gaps.busyNs + gaps.idleNs).toBe(gaps.window.spanNs);
    expect(Object.values(gaps.idleByCause).reduce((sum, ns) => sum + ns, 0)).toBe(gaps.idleNs);
    const all = analyzeGaps(trace, { top: Number.POSITIVE_INFINITY }).devices[0]!;
    expect(all.hotspots.reduce((sum, { totalNs }) => sum + totalNs, 0)).toBe(gaps.idleNs);
  });

  it('agrees within 1 % with the times of blocks or steps that CUDA events measured in the same run', () => {
    const run = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as PipelineRun;
    const measured = run.blocks ?? run.steps!;
    const found =
      run.blocks === undefined
        ? spansOf(trace, /^denoising_step_\d+$/)
        : analyzeBlocks(trace).blocks.map(({ name: own, durationNs }) => {
            return { name: own, durationMs: durationNs / 1e6 };
          });
    expect(found.map((one) => one.name)).toEqual(measured.map((one) => one.name));
    for (const [i, { durationMs }] of found.entries()) {
      expect(Math.abs(durationMs / measured[i]!.durationMs - 1)).toBeLessThan(0.01);
    }
  });

  it('finds the launch of every op', () => {
    expect(launchOfOps(trace).filter((call) => call < 0)).toHaveLength(0);
  });

  it('prints the same from the command line', () => {
    const { code, stdout, stderr } = gapscope(['gaps', path, '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const printed = JSON.parse(stdout) as { devices: { idleNs: number }[] };
    expect(printed.devices[0]!.idleNs).toBe(analyzeGaps(trace).devices[0]!.idleNs);
  });
});

it('attributes at least 99 % of the ops of CUDA graphs to the ranges of their capture', async () => {
  const trace = await readTrace(join(FOLDER, 'small-graphs.trace'));
  const { graphOps } = analyzeGaps(trace).devices[0]!;
  expect(graphOps.total).toBeGreaterThan(100_000);
  expect(graphOps.attributed / graphOps.total).toBeGreaterThanOrEqual(0.99);
});
