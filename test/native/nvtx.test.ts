// NVTX from a C program without CUDA (native/test/nvtx_program.c).
import { describe, expect, it } from 'vitest';
import { RANGE_KIND } from '../../src/trace/schema.js';
import type { Trace } from '../../src/trace/trace.js';
import { built, haveCapture } from './built.js';
import { onlyTrace, run } from './harness.js';

interface Range {
  path: string;
  domain: string;
  kind: number;
  depth: number;
  startNs: number;
  endNs: number;
  thread: number;
}

/** Ranges with their path of parents, innermost last. */
function ranges(trace: Trace): Range[] {
  const rowOf = new Map(Array.from(trace.ranges.id, (id, row) => [id, row]));
  const text = (id: number | undefined): string => trace.strings[id ?? 0] ?? '?';
  const path = (row: number): string => {
    const parent = rowOf.get(trace.ranges.parent[row] ?? 0);
    const own = text(trace.ranges.name[row]);
    return parent === undefined ? own : `${path(parent)}/${own}`;
  };
  return Array.from({ length: trace.ranges.length }, (_, row) => ({
    path: path(row),
    domain: text(trace.ranges.domain[row]),
    kind: trace.ranges.kind[row] ?? -1,
    depth: trace.ranges.depth[row] ?? -1,
    startNs: trace.ranges.startNs[row] ?? 0,
    endNs: (trace.ranges.startNs[row] ?? 0) + (trace.ranges.durationNs[row] ?? 0),
    thread: trace.ranges.thread[row] ?? 0,
  }));
}

const layers = (root: string, who: string): string[] =>
  [0, 1, 2].flatMap((layer) => {
    const path = `${root}/${who} layer:${layer}`;
    return [path, `${path}/attention`, `${path}/mlp`];
  });

describe.skipIf(!haveCapture)('NVTX', () => {
  it('ranges of every kind nest as the program nested them', async () => {
    const ran = run(built.nvtxProgram, []);
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    const trace = await onlyTrace(ran.out);
    const all = ranges(trace);
    const pushPop = all.filter(({ kind }) => kind === RANGE_KIND.pushPop);
    expect(pushPop.map(({ path }) => path).sort()).toEqual(
      [
        'main',
        ...layers('main', 'main'),
        'main/registered',
        'main/registered/default inside',
        'main/größer 日本',
        'main/with "quotes" and \\',
        'main/',
        'main/wide',
        'thread',
        ...layers('thread', 'other'),
      ].sort(),
    );
    expect(
      all.filter(({ kind }) => kind === RANGE_KIND.mark).map(({ path, domain }) => [path, domain]),
    ).toEqual([
      ['main/mark', ''],
      ['main/registered', 'model'],
    ]);
    expect(
      all
        .filter(({ kind }) => kind === RANGE_KIND.startEnd)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['across threads', 'first', 'second']);
    expect(
      all.find(({ path, kind }) => path === 'main/registered' && kind === RANGE_KIND.pushPop)?.domain,
    ).toBe('model');

    const byPath = new Map(pushPop.map((range) => [range.path, range]));
    for (const range of pushPop) {
      expect(range.depth).toBe(range.path === '' ? 0 : range.path.split('/').length - 1);
      const parent = byPath.get(range.path.slice(0, Math.max(0, range.path.lastIndexOf('/'))));
      if (parent === undefined || range.domain !== parent.domain || range.path.includes('registered')) {
        continue;
      }
      expect(range.startNs).toBeGreaterThanOrEqual(parent.startNs);
      expect(range.endNs).toBeLessThanOrEqual(parent.endNs);
      expect(range.thread).toBe(parent.thread);
    }
    expect(new Set(pushPop.map(({ thread }) => thread)).size).toBe(2);
    const across = all.find(({ path }) => path === 'across threads');
    const thread = byPath.get('thread');
    expect(across?.endNs).toBeGreaterThanOrEqual(thread?.endNs ?? Infinity);
    expect(trace.openRanges).toEqual([]);
    expect(trace.status.get('capture')).toContain('has not used CUDA');
    expect(trace.status.get('exit')).toBe('clean');
  });

  it('ranges closed through the payload extension, as NCCL closes its own, are closed', async (context) => {
    const ran = run(built.nvtxProgram, ['payloads']);
    if (ran.code === 3) return context.skip(ran.stderr.trim());
    const trace = await onlyTrace(ran.out);
    const all = ranges(trace);
    expect(trace.openRanges).toEqual([]);
    expect(all.map(({ path, kind, domain }) => [path, kind, domain]).sort()).toEqual(
      [
        ['(payload)', RANGE_KIND.startEnd, 'NCCL'],
        ['step', RANGE_KIND.pushPop, ''],
        ['step/(payload)', RANGE_KIND.pushPop, 'NCCL'],
        ['step/(payload)', RANGE_KIND.mark, 'NCCL'],
        ['step/after', RANGE_KIND.pushPop, ''],
        ['step/ncclCommInitRankConfig', RANGE_KIND.pushPop, 'NCCL'],
      ].sort(),
    );
    const comm = all.find(({ path }) => path.endsWith('Config'))!;
    expect(comm.endNs - comm.startNs).toBeGreaterThanOrEqual(100_000);
    expect(comm.endNs).toBeLessThan(all.find(({ path }) => path === 'step')!.endNs);
  });

  it('ranges that are never closed are kept as open', async () => {
    const trace = await onlyTrace(run(built.nvtxProgram, ['leave-open']).out);
    const open = trace.openRanges.map((row) => trace.strings[trace.ranges.name[row] ?? 0]);
    expect(open.sort()).toEqual(['never closed', 'never ended']);
  });

  it('half a million ranges in a row are all there', async () => {
    const ran = run(built.nvtxProgram, ['loop', '500000']);
    expect((await onlyTrace(ran.out)).ranges.length).toBe(500_000);
    // Generous: the point is to notice a lock or a system call, not to measure (docs/benchmarks.md does).
    expect(Number(ran.stdout)).toBeLessThan(5000);
  });
});
