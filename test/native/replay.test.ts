// Buffers recorded by the library's dump mode (GAPSCOPE_DUMP), played back by the fake libcupti: those of a real GPU
// under test/native/fixtures, and one made here.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { OP_KIND } from '../../src/trace/schema.js';
import type { Trace } from '../../src/trace/trace.js';
import { haveCapture } from './built.js';
import { contents } from './dump.js';
import {
  counts,
  countWhere,
  freshFolder,
  harness,
  onlyTrace,
  type Environment,
  type Ran,
} from './harness.js';

const fixtures = join(import.meta.dirname, 'fixtures');
const recorded = existsSync(fixtures)
  ? readdirSync(fixtures).filter((name) => name.endsWith('.gsdump.gz'))
  : [];

/** Everything about the ops that does not depend on when they were written. */
function opLines(trace: Trace): string[] {
  const { ops, shapes } = trace;
  return Array.from({ length: ops.length }, (_, i) => {
    const shape = trace.shapeRow[ops.shape[i] ?? 0] ?? -1;
    const grid = [shapes.gridX[shape], shapes.blockX[shape], shapes.registers[shape], shapes.bytes[shape]];
    const at = trace.baseNs + BigInt(ops.startNs[i] ?? 0);
    return [
      at,
      ops.durationNs[i],
      ops.kind[i],
      trace.strings[ops.name[i] ?? 0],
      ops.correlation[i],
      ops.stream[i],
    ]
      .concat(ops.graph[i], ops.graphNode[i], grid)
      .join(' ');
  }).sort();
}

/** Graph ops with the ranges open at their capture. */
function graphPaths(trace: Trace): string[] {
  const rowOf = new Map<number, number>();
  trace.graphNodes.node.forEach((id, row) => {
    // CUPTI tells of a cloned node twice, as made and as cloned; where from is what counts.
    if (!rowOf.has(id) || trace.graphNodes.original[row] !== 0) rowOf.set(id, row);
  });
  const stackRow = new Map(Array.from(trace.rangeStacks.id, (id, row) => [id, row]));
  const path = (stack: number): string => {
    const row = stackRow.get(stack);
    if (row === undefined) return '';
    return `${path(trace.rangeStacks.parent[row] ?? 0)}/${trace.strings[trace.rangeStacks.name[row] ?? 0]}`;
  };
  const captured = (node: number): string => {
    const row = rowOf.get(node);
    if (row === undefined) return '?';
    const original = trace.graphNodes.original[row] ?? 0;
    return original === 0 ? path(trace.graphNodes.stack[row] ?? 0) : captured(original);
  };
  return Array.from(trace.ops.graphNode)
    .filter((node) => node !== 0)
    .map(captured)
    .sort();
}

/** Which recording of an event each wait refers to, and what was done to it: as numbers of calls. */
function waits(trace: Trace): string[] {
  const recordings = new Map(Array.from(trace.events.syncId, (id, row) => [id, row]));
  return Array.from(trace.syncs.correlation, (correlation, i) => {
    const recording = recordings.get(trace.syncs.syncId[i] ?? 0) ?? -1;
    const from = [trace.events.correlation[recording], trace.events.stream[recording]];
    return [correlation, trace.syncs.kind[i], trace.syncs.stream[i], ...from].join(' ');
  }).sort();
}

const callLines = ({ calls, strings }: Trace): string[] =>
  Array.from(calls.name, (name, i) =>
    [strings[name], calls.correlation[i], calls.result[i]].join(' '),
  ).sort();

function replay(file: string, threads: number, extra: Environment = {}): Ran {
  const ran = harness(`import init replay ${file} ${threads} counts`, extra);
  expect(ran.code, ran.stderr).toBe(0);
  expect(counts(ran).violations).toBe(0);
  return ran;
}

const replayed = (ran: Ran): number => Number(/replayed (\d+)/.exec(ran.stdout)?.[1]);

describe.skipIf(!haveCapture)('a recording of the fake', () => {
  let file = '';
  let original: Trace;

  beforeAll(async () => {
    file = join(freshFolder(), 'made.gsdump');
    const script =
      'import init device emit 300 sleep 300 push model push layer:1 graph 4 3 pop pop fail events threads 2 300';
    original = await onlyTrace(harness(script, { GAPSCOPE_DUMP: file, GAPSCOPE_FLUSH_MS: '50' }).out);
  });

  it.each([0, 1, 4])('played on %i threads gives the same ops', async (threads) => {
    const trace = await onlyTrace(replay(file, threads).out);
    expect(opLines(trace)).toEqual(opLines(original));
    expect(callLines(trace)).toEqual(callLines(original));
    expect(waits(trace)).toEqual(waits(original));
    expect(trace.events.length).toBe(original.events.length);
    expect(trace.devices[0]?.name).toBe('Fake H200');
  });

  it('gives graph ops the ranges of their capture', async () => {
    expect(graphPaths(original)).toEqual(Array<string>(12).fill('/model/layer:1'));
    expect(graphPaths(await onlyTrace(replay(file, 0).out))).toEqual(graphPaths(original));
  });

  it.each(['unordered', 'wide', 'invalidtail,empty'])(
    'played with fault %s gives the same ops',
    async (faults) => {
      const trace = await onlyTrace(
        replay(file, 2, { FAKECUPTI_FAULTS: faults, GAPSCOPE_BUFFER_BYTES: '16384' }).out,
      );
      expect(opLines(trace)).toEqual(opLines(original));
    },
  );

  it('is told from other files', () => {
    const other = join(freshFolder(), 'other');
    writeFileSync(other, 'no recording');
    expect(harness(`import init replay ${other} 0`).stderr).toContain('is no recording');
  });
});

describe.skipIf(!haveCapture || recorded.length === 0)('recordings of a GPU', () => {
  it.each(recorded)('%s: every record is read', async (name) => {
    const bytes = gunzipSync(readFileSync(join(fixtures, name)));
    const file = join(freshFolder(), 'recording');
    writeFileSync(file, bytes);
    const straight = replay(file, 0);
    const trace = await onlyTrace(straight.out);
    expect(trace.status.get('unknownRecords')).toBe('0');
    expect(trace.status.get('zeroTimestamps')).toBe('0');

    // The file itself, read here without the fake or the library, says how many rows there must be.
    const { records, calls } = contents(bytes);
    const of = (...kinds: number[]): number => kinds.reduce((sum, kind) => sum + (records.get(kind) ?? 0), 0);
    expect(of(...records.keys()) + calls.length).toBe(replayed(straight));
    expect(countWhere(trace.ops.kind, OP_KIND.kernel)).toBe(of(3, 10));
    expect(countWhere(trace.ops.kind, OP_KIND.memcpy)).toBe(of(1, 22));
    expect(countWhere(trace.ops.kind, OP_KIND.memset)).toBe(of(2));
    expect(countWhere(trace.ops.kind, OP_KIND.graph)).toBe(of(51));
    expect(countWhere(trace.ops.kind, OP_KIND.kernel)).toBeGreaterThan(1000);
    expect(trace.overheads.length).toBe(of(17));
    // Older recordings have calls, waits and events as CUPTI's own records.
    expect(trace.calls.length).toBe(of(4, 5) + calls.length);
    const called = (prefix: string): number => calls.filter((call) => call.startsWith(prefix)).length;
    expect(trace.events.length).toBe(of(36) + called('record'));
    expect(trace.syncs.length).toBe(of(38) + called('wait'));
    expect(trace.calls.length).toBeGreaterThan(500);
    expect(trace.devices[0]?.name).toMatch(/^NVIDIA /);
    expect(trace.devices[0]?.limits.get('sms')).toBeGreaterThan(0);

    for (const faults of ['unordered', 'wide', 'invalidtail,empty']) {
      const again = await onlyTrace(replay(file, 3, { FAKECUPTI_FAULTS: faults }).out);
      expect(opLines(again)).toEqual(opLines(trace));
    }

    // Kernels have names that people can read, and shapes.
    const names = new Set(Array.from(trace.ops.name, (id) => trace.strings[id] ?? ''));
    expect(names).not.toContain('');
    expect([...names].filter((text) => text.startsWith('_Z'))).toEqual([]);
    expect([...names].some((text) => text.includes('at::native::'))).toBe(true);
    for (let i = 0; i < trace.ops.length; i++) {
      const shape = trace.shapeRow[trace.ops.shape[i] ?? 0] ?? -1;
      expect(shape).toBeGreaterThanOrEqual(0);
      const isKernel = trace.ops.kind[i] === OP_KIND.kernel;
      const size = isKernel
        ? (trace.shapes.gridX[shape] ?? 0) * (trace.shapes.blockX[shape] ?? 0)
        : (trace.shapes.bytes[shape] ?? 0);
      expect(size).toBeGreaterThan(0);
    }
    // Every op's call is there, but where the recording begins or ends in the middle of things.
    const correlations = new Set(trace.calls.correlation);
    const orphans = Array.from(trace.ops.correlation).filter((id) => !correlations.has(id));
    expect(orphans.length).toBeLessThanOrEqual(trace.ops.length * 0.01);
    // What was captured into a graph knows where; a path is '?' where a node's making was not seen.
    const paths = graphPaths(trace);
    expect(paths.length).toBeGreaterThan(1000);
    expect(paths.filter((path) => path === '?').length).toBeLessThanOrEqual(paths.length * 0.01);
    // Some were captured outside all ranges.
    expect(paths.filter((path) => path === '').length).toBeLessThan(paths.length * 0.2);
    expect(new Set(paths).size).toBeGreaterThan(5);
  });
});
