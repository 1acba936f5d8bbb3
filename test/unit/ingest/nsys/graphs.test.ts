import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchOfOps } from '../../../../src/analysis/launch.js';
import { pathOfOps } from '../../../../src/analysis/paths.js';
import { nestRanges } from '../../../../src/analysis/ranges.js';
import { captureStacks } from '../../../../src/ingest/nsys/capture-stacks.js';
import { importNsys } from '../../../../src/ingest/nsys/import-nsys.js';
import type { Trace } from '../../../../src/trace/trace.js';
import {
  callRow,
  globalTid,
  KERNEL,
  kernelRow,
  makeExport,
  rangeRow,
  RUNTIME,
  type Rows,
  type Value,
} from './make-export.js';

/** Graph in the high half, node in the low, as CUPTI numbers them. */
function node(graph: number, local: number): bigint {
  return (BigInt(graph) << 32n) | BigInt(local);
}

function made(graph: number, local: number, original: bigint | null, start: number): Record<string, Value> {
  return {
    start,
    end: start + 1,
    eventClass: 113,
    globalTid: globalTid(111, 112),
    $nameId: 'cudaGraphAddKernelNode',
    graphNodeId: node(graph, local),
    originalGraphNodeId: original,
  };
}

/** A kernel of node 4 in graph 9, launched in `replay`; `warmup > layer:3` is open from 100 to 200. */
function replay(nodes: Rows, kernel: Readonly<Record<string, Value>> = {}): Readonly<Record<string, Rows>> {
  return {
    [KERNEL]: [kernelRow({ graphNodeId: node(9, 4), graphId: 9, ...kernel })],
    [RUNTIME]: [callRow({ $nameId: 'cudaGraphLaunch_v10000' })],
    NVTX_EVENTS: [
      rangeRow({ text: 'warmup', start: 90, end: 210 }),
      rangeRow({ text: 'layer:3', start: 100, end: 200 }),
      rangeRow({ text: 'replay', start: 900, end: 1600 }),
      rangeRow({ text: 'elsewhere', start: 80, end: 250, globalTid: globalTid(111, 77) }),
    ],
    CUDA_GRAPH_NODE_EVENTS: nodes,
  };
}

async function pathOf(tables: Readonly<Record<string, Rows>>): Promise<string> {
  const { traces } = await importNsys(makeExport(tables));
  return pathIn(traces[0]!);
}

function pathIn(trace: Trace): string {
  const { pathId, text } = pathOfOps(trace, launchOfOps(trace), nestRanges(trace));
  return text(pathId[0]!);
}

describe('a kernel of a graph belongs to the ranges open at its capture', () => {
  it('through a chain of clones', async () => {
    const chain = [made(9, 4, node(5, 4), 700), made(5, 4, node(2, 1), 400), made(2, 1, null, 150)];
    expect(await pathOf(replay(chain))).toBe('replay > warmup > layer:#');
  });

  it('where a node has a row for its making and one for its cloning', async () => {
    const twice = [made(9, 4, null, 700), made(9, 4, node(2, 1), 700), made(2, 1, null, 150)];
    expect(await pathOf(replay(twice))).toBe('replay > warmup > layer:#');
  });

  it('but not where the capture was before the recording, or the chain is a loop', async () => {
    expect(await pathOf(replay([made(9, 4, node(2, 1), 700)]))).toBe('replay');
    expect(await pathOf(replay([made(9, 4, node(5, 4), 700), made(5, 4, node(9, 4), 400)]))).toBe('replay');
  });

  it('nor of another process with the same node ids', async () => {
    const foreign = [
      { ...made(9, 4, node(2, 1), 700), globalTid: globalTid(5, 112) },
      { ...made(2, 1, null, 150), globalTid: globalTid(5, 112) },
    ];
    expect(await pathOf(replay(foreign))).toBe('replay');
  });

  it('with node ids past 2^53, and with the graph told only by the node', async () => {
    const large = 2 ** 21 + 5;
    const nodes = [made(large, 4, node(large - 1, 4), 700), made(large - 1, 4, null, 150)];
    const kernel = { graphNodeId: node(large, 4), graphId: null };
    const { traces, notices } = await importNsys(makeExport(replay(nodes, kernel)));
    expect(traces[0]!.ops.graph[0]).toBe(large);
    expect(pathIn(traces[0]!)).toBe('replay > warmup > layer:#');
    expect(notices.map(({ table }) => table)).toEqual(['graphNodes']);
  });

  it('through the instantiation, where the clones were not recorded', async () => {
    const tables = {
      ...replay([made(2, 4, null, 150)]),
      CUDA_GRAPH_EVENTS: [
        {
          start: 600,
          end: 601,
          globalTid: globalTid(111, 112),
          graphId: 2,
          graphExecId: 9,
          originalGraphId: null,
        },
      ],
    };
    expect(await pathOf(tables)).toBe('replay > warmup > layer:#');
  });
});

describe('captureStacks', () => {
  const range = fc.record({
    start: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: -1, max: 40 }),
    name: fc.integer({ min: 1, max: 3 }),
    thread: fc.integer({ min: 1, max: 2 }),
    kind: fc.constantFrom(0, 0, 0, 1, 2),
  });
  const when = fc.record({ start: fc.integer({ min: 0, max: 80 }), thread: fc.integer({ min: 1, max: 2 }) });

  it('names the ranges that are open at each node, whatever they do to each other', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 20 }), fc.array(when, { maxLength: 20 }), (ranges, nodes) => {
        const stacks = captureStacks(
          {
            startNs: Float64Array.from(ranges, ({ start }) => start),
            durationNs: Float64Array.from(ranges, ({ length }) => length),
            name: Uint32Array.from(ranges, ({ name }) => name),
            domain: new Uint32Array(ranges.length),
            thread: Uint32Array.from(ranges, ({ thread }) => thread),
            kind: Uint8Array.from(ranges, ({ kind }) => kind),
          },
          {
            startNs: Float64Array.from(nodes, ({ start }) => start),
            thread: Uint32Array.from(nodes, ({ thread }) => thread),
          },
        );
        nodes.forEach(({ start, thread }, n) => {
          const names: number[] = [];
          for (let id = stacks.ofNode[n]!; id !== 0; id = stacks.parent[id - 1]!) {
            names.push(stacks.name[id - 1]!);
          }
          const end = (one: (typeof ranges)[number]): number =>
            one.length < 0 ? Infinity : one.start + one.length;
          const open = ranges
            .filter(
              (one) => one.kind === 0 && one.thread === thread && one.start <= start && end(one) > start,
            )
            .toSorted((a, b) => a.start - b.start || end(b) - end(a))
            .map((one) => one.name);
          // Which of two ranges of the same times is outside cannot be told.
          expect(names.toReversed().length).toBe(open.length);
          expect(names.toSorted()).toEqual(open.toSorted());
        });
      }),
    );
  });
});
