import { describe, expect, test } from 'vitest';
import { analyzeBreakdown } from '../../../src/analysis/breakdown.js';
import { analyzeKernels } from '../../../src/analysis/kernels.js';
import { analyzeKv } from '../../../src/analysis/kv.js';
import { findExamples, kvKey, partKey } from '../../../src/report/examples.js';
import { readTrace } from '../../../src/trace/read-trace.js';
import type { Trace } from '../../../src/trace/trace.js';

/** Graph replays, so that places are those of the capture. */
const trace: Trace = await readTrace('traces/small-graphs.trace');

/** Kernels that begin in the span, by a plain loop. */
function longest(name: string, from: number, to: number): { startNs: number; durationNs: number } {
  const { ops, strings } = trace;
  let best = -1;
  for (let op = 0; op < ops.length; op++) {
    const isIt = ops.kind[op] === 0 && strings[ops.name[op]!] === name;
    if (!isIt || ops.startNs[op]! < from || ops.startNs[op]! >= to) continue;
    if (best < 0 || ops.durationNs[op]! > ops.durationNs[best]!) best = op;
  }
  return { startNs: ops.startNs[best]!, durationNs: ops.durationNs[best]! };
}

describe('examples of rows that are sums', () => {
  test('a kernel: its longest launch', () => {
    const { kernels } = findExamples(trace, { device: 0 });
    const rows = analyzeKernels(trace, { device: 0, top: Infinity }).devices[0]!.kernels;
    expect(rows.length).toBeGreaterThan(20);
    for (const { fullName } of rows) {
      expect(kernels.get(fullName), fullName).toEqual(longest(fullName, 0, Infinity));
    }
  });

  test('only in the window', () => {
    const window = 'temporal_block:4';
    const [device] = analyzeKernels(trace, { device: 0, top: Infinity, window }).devices;
    const { startNs, endNs } = device!.window;
    const found = findExamples(trace, { device: 0, window });
    for (const { fullName, count } of device!.kernels) {
      if (count > 0) expect(found.kernels.get(fullName)).toEqual(longest(fullName, startNs, endNs));
    }
    for (const list of [found.parts, found.kv, found.places]) {
      expect(list.size).toBeGreaterThan(0);
      for (const one of list.values()) expect(one.startNs).toBeGreaterThanOrEqual(startNs);
      for (const one of list.values()) expect(one.startNs).toBeLessThan(endNs);
    }
  });

  test('every place of the tree that has instances has one as long as the longest', () => {
    const { places } = findExamples(trace, { device: 0 });
    const { tree } = analyzeBreakdown(trace, { device: 0 }).devices[0]!;
    const timed = tree.filter(({ duration }) => duration !== undefined);
    expect(timed.length).toBeGreaterThan(10);
    for (const { path, duration } of timed) {
      expect(places.get(path)?.durationNs, path).toBeGreaterThanOrEqual(duration!.p95Ns);
    }
  });

  test('every KV row and every busy part has one, and it is no longer than the row', () => {
    const { kv, parts } = findExamples(trace, { device: 0 });
    const { rows } = analyzeKv(trace, { device: 0 });
    expect([...kv.keys()].toSorted()).toEqual(rows.map((row) => kvKey(row.operation, row.phase)).toSorted());
    for (const { operation, phase, gpuNs } of rows) {
      expect(kv.get(kvKey(operation, phase))!.durationNs).toBeLessThanOrEqual(gpuNs);
    }
    const busy = analyzeBreakdown(trace, { device: 0 }).devices[0]!.layerTable.rows.filter(
      ({ kind, ops }) => kind === 'busy' && ops > 0,
    );
    for (const { scope, part } of busy) expect(parts.has(partKey(scope, part!)), part).toBe(true);
  });
});
