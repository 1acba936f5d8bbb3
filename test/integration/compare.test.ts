import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CompareResult, CompareRow } from '../../src/analysis/compare.js';
import type { GapsResult } from '../../src/analysis/gaps.js';
import type { KernelsResult } from '../../src/analysis/kernels-result.js';
import type { SwitchResult } from '../../src/analysis/switch.js';
import { gapscope, REPOSITORY } from './gapscope.js';

const trace = (name: string): string => join(REPOSITORY, 'traces', `${name}.trace`);
const BASE = trace('small-eager');
const CANDIDATE = trace('small-graphs');

function json<T>(...args: string[]): T {
  const { code, stdout, stderr } = gapscope([...args, '--json', '--quiet']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

const sum = (rows: readonly CompareRow[], key: 'baseNs' | 'candidateEachNs'): number =>
  rows.reduce((all, row) => all + row[key], 0);

describe('compare', () => {
  test('has the latencies that `switch` has of each alone', () => {
    const result = json<CompareResult>('compare', BASE, CANDIDATE);
    expect(result).toMatchObject({ schema: 'gapscope.compare/1', basis: 'steady-blocks', per: 'instance' });
    const one = json<SwitchResult>('switch', BASE);
    const other = json<SwitchResult>('switch', CANDIDATE);
    const of = (what: string) => result.latencies.find((change) => change.what === what)!;
    expect(of('steady-block')).toMatchObject({
      base: { ns: one.steadyBlockNs, count: one.steadyBlocks.length },
      candidate: { ns: other.steadyBlockNs },
      differenceNs: other.steadyBlockNs! - one.steadyBlockNs!,
      spread: { verdict: 'beyond', rule: 'rank-test' },
    });
    expect(of('inter-frame')).toMatchObject({
      base: { ns: one.interFrameNs },
      candidate: { ns: other.interFrameNs },
    });
    expect(of('switch')).toMatchObject({
      base: { ns: one.meanLatencyNs },
      candidate: { ns: other.meanLatencyNs },
    });
    expect(of('first-block')).toMatchObject({ base: { ns: one.blocks[0]!.durationNs } });
    const steady = one.blocks.filter(({ role }) => role === 'steady');
    expect(result.base.spanNs).toBe(steady.reduce((all, { durationNs }) => all + durationNs, 0));
    expect(sum(result.byHotspot, 'candidateEachNs')).toBe(result.candidate.each.idleNs);
    expect(result.differences.map(({ name }) => name)).toEqual(['itemSync', 'cudaGraphs']);
  });

  test('has the sums that `gaps` and `kernels` have of each alone', () => {
    const window = ['--window', 'temporal_block:*'];
    const result = json<CompareResult>('compare', BASE, CANDIDATE, '--total', ...window);
    for (const [side, path] of [
      ['base', BASE],
      ['candidate', CANDIDATE],
    ] as const) {
      const gaps = json<GapsResult>('gaps', path, ...window, '--top', 'all').devices[0]!;
      expect(result[side]).toMatchObject({
        busyNs: gaps.busyNs,
        idleNs: gaps.idleNs,
        spanNs: gaps.window.spanNs,
      });
      const idle = Object.fromEntries(result.byCause.map((row) => [row.label, row[`${side}Ns`]]));
      expect(idle).toEqual(
        Object.fromEntries(
          Object.keys(idle).map((cause) => [cause, (gaps.idleByCause as Record<string, number>)[cause]]),
        ),
      );
      for (const { before, after, path: place, cause, totalNs, count } of gaps.hotspots) {
        const row = result.byHotspot.find(
          (one) => one.before === before && one.after === after && one.path === place && one.cause === cause,
        );
        expect(row).toMatchObject({ [`${side}Ns`]: totalNs, [`${side}Count`]: count });
      }
      const kernels = json<KernelsResult>('kernels', path, ...window, '--top', 'all').devices[0]!.kernels;
      for (const { fullName, totalNs, count } of kernels) {
        const row = result.byKernel.find((one) => one.fullName === fullName);
        expect(row).toMatchObject({ [`${side}Ns`]: totalNs, [`${side}Count`]: count });
      }
    }
  });

  test('takes traces of different kinds and says that their recorders differ', () => {
    const sample = join(REPOSITORY, '..', 'shared', 'samples', 'kineto', 'h100-qwen.json.gz');
    const { code, stdout, stderr } = gapscope(['compare', sample, BASE, '--quiet']);
    if (stderr.includes('there is no file')) {
      console.warn('skipped: the samples are not here');
      return;
    }
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('recorded by different tools');
    expect(stdout).toMatch(/machine +.*NVIDIA H100.* → NVIDIA H200/);
    expect(stdout).toContain('the base has no temporal blocks');
  });

  test('prints what docs/compare.md shows', () => {
    const page = readFileSync(join(REPOSITORY, 'docs', 'compare.md'), 'utf8');
    const [, command = '', shown = ''] = /^ {4}\$ gapscope (.*)\n((?: {4}.*\n|\n)*)/m.exec(page) ?? [];
    const { stdout } = gapscope([...command.split(' '), '-q'], { COLUMNS: '108' });
    expect(stdout.trimEnd()).toBe(shown.replace(/^ {4}/gm, '').trimEnd());
  });

  test('says what it needs, and in which trace something is missing', () => {
    expect(gapscope(['compare', BASE])).toMatchObject({ code: 1 });
    expect(gapscope(['compare', BASE]).stderr).toContain('needs a TRACE and a CANDIDATE');
    const { code, stderr } = gapscope([
      'compare',
      BASE,
      trace('whatif-dit'),
      '--window',
      'temporal_block:1',
      '-q',
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("In the candidate: No range is called 'temporal_block:1'");
  });
});
