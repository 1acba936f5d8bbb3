import { describe, expect, it } from 'vitest';
import { CAUSES, type Cause } from '../../../src/analysis/causes.js';
import { analyzeGaps } from '../../../src/analysis/gaps.js';
import { buildTrace, type TraceRows } from './build-trace.js';

/** Two ops with one gap, 100 to 200, and what lies around it; the second was launched by call 2. */
const OPS = [
  { start: 50, end: 100, correlation: 1, stream: 1, name: 'nvjet_gemm' },
  { start: 200, end: 230, correlation: 2, stream: 1, name: 'flash_fwd' },
];
const launch = (start: number, end: number, correlation = 2) => ({
  start,
  end,
  correlation,
  name: 'cudaLaunchKernel_v7000',
});

function idle(rows: TraceRows): Partial<Record<Cause, number>> {
  const { idleByCause, busyNs, idleNs, window } = analyzeGaps(buildTrace({ ops: OPS, ...rows })).devices[0]!;
  expect(Object.keys(idleByCause)).toEqual([...CAUSES]);
  expect(busyNs + idleNs).toBe(window.spanNs);
  return Object.fromEntries(Object.entries(idleByCause).filter(([, ns]) => ns > 0));
}

describe('where a gap of 100 ns goes', () => {
  it('graph: both ops in one replay', () => {
    const ops = OPS.map((op) => ({ ...op, correlation: 2, graph: 9 }));
    expect(idle({ ops, calls: [launch(0, 10)] })).toEqual({ graph: 100 });
  });

  it('not graph: two replays of one graph', () => {
    const ops = OPS.map((op) => ({ ...op, graph: 9 }));
    expect(idle({ ops, calls: [launch(0, 10, 1), launch(20, 30, 2)] })).toEqual({ dispatch: 100 });
  });

  it('unknown: no launch, and device-launched replays without correlation', () => {
    expect(idle({ calls: [launch(0, 10, 1)] })).toEqual({ unknown: 100 });
    const ops = OPS.map((op) => ({ ...op, correlation: 0, graph: 9 }));
    expect(idle({ ops })).toEqual({ unknown: 100 });
    expect(analyzeGaps(buildTrace({ ops })).devices[0]!.unknownLaunches).toBe(1);
  });

  it('dispatch: the call had returned when the gap began, at that instant too', () => {
    expect(idle({ calls: [launch(0, 10, 1), launch(90, 100)] })).toEqual({ dispatch: 100 });
  });

  it('launch: from the call to the op', () => {
    expect(idle({ calls: [launch(80, 101)] })).toEqual({ launch: 100 });
    expect(idle({ calls: [launch(130, 150)] })).toEqual({ host: 30, launch: 70 });
  });

  it('launch: the runtime call stands for the driver call inside it', () => {
    const calls = [launch(130, 150), { ...launch(135, 145), name: 'cuLaunchKernel' }];
    expect(idle({ calls })).toEqual({ host: 30, launch: 70 });
  });

  it('host: a call that starts after its op (clocks astray) leaves no launch time', () => {
    expect(idle({ calls: [launch(210, 220)] })).toEqual({ host: 100 });
  });

  it('sync, api and host: what the launching thread did before', () => {
    const calls = [
      { start: 20, end: 140, name: 'cudaStreamSynchronize_v3020' },
      { start: 145, end: 150, name: 'cudaEventQuery' },
      launch(160, 170),
    ];
    expect(idle({ calls })).toEqual({ sync: 40, api: 5, host: 15, launch: 40 });
  });

  it('only the launching thread counts', () => {
    const calls = [{ start: 20, end: 140, name: 'cudaStreamSynchronize', thread: 2 }, launch(160, 170)];
    expect(idle({ calls })).toEqual({ host: 60, launch: 40 });
  });

  it('sync: a call that the driver recorded as a wait', () => {
    const calls = [{ start: 20, end: 140, name: 'cudaGraphLaunch', correlation: 5 }, launch(160, 170)];
    const syncs = [{ start: 21, end: 139, kind: 3, correlation: 5 }];
    expect(idle({ calls, syncs })).toEqual({ sync: 40, host: 20, launch: 40 });
  });

  it('blocking-copy: by name, by outlasting its copy, by pageable memory', () => {
    const copied = (name: string, end: number, shape = 0): TraceRows => ({
      ops: [{ start: 60, end: 100, kind: 1, correlation: 5, shape }, ...OPS],
      calls: [{ start: 40, end, name, correlation: 5 }, launch(160, 170)],
      shapes: [{ id: 1, srcKind: 1, dstKind: 3 }],
    });
    expect(idle(copied('cudaMemcpy', 120))).toEqual({ 'blocking-copy': 20, host: 40, launch: 40 });
    expect(idle(copied('cudaMemcpyAsync', 99))).toEqual({ host: 60, launch: 40 });
    expect(idle(copied('cudaMemcpyAsync', 120))).toEqual({ 'blocking-copy': 20, host: 40, launch: 40 });
    // The call covers [40, 120) and ends with a copy on the other device: the very instant is still blocking.
    const just = copied('cudaMemcpyAsync', 120);
    just.ops![0] = { start: 60, end: 120, kind: 1, correlation: 5, device: 1 };
    expect(idle(just)).toEqual({ 'blocking-copy': 20, host: 40, launch: 40 });
    const late = copied('cudaMemcpyAsync', 120);
    late.ops![0] = { start: 300, end: 320, kind: 1, correlation: 5, stream: 2 };
    expect(idle(late)).toMatchObject({ api: 20, host: 40 });
    late.ops![0] = { ...late.ops![0], shape: 1 };
    expect(idle(late)).toMatchObject({ 'blocking-copy': 20, host: 40 });
  });

  it('alloc: malloc, free, loading; in a launch, what it allocates itself', () => {
    const calls = [
      { start: 100, end: 110, name: 'cudaMalloc' },
      { start: 110, end: 115, name: 'cuMemFree_v2' },
      { start: 120, end: 125, name: 'cuLibraryLoadData' },
      launch(160, 190),
      { start: 165, end: 175, name: 'cuModuleLoadData' },
      { start: 176, end: 180, name: 'cuCtxSynchronize' },
    ];
    expect(idle({ calls })).toEqual({ alloc: 30, host: 40, launch: 30 });
  });

  it('a call that waits or allocates inside another explains it', () => {
    const calls = [
      { start: 90, end: 150, name: 'cudaGraphInstantiate' },
      { start: 110, end: 130, name: 'cuMemAlloc_v2' },
      { start: 115, end: 120, name: 'cuCtxSynchronize' },
      launch(160, 170),
    ];
    expect(idle({ calls })).toEqual({ api: 30, alloc: 15, sync: 5, host: 10, launch: 40 });
  });

  it('profiler before queue-full before loading, before and in the launch', () => {
    const calls = [{ start: 100, end: 140, name: 'cudaMalloc' }, launch(150, 180)];
    const overheads = [
      { start: 100, end: 104, kind: 2 },
      { start: 102, end: 110, kind: 7 },
      { start: 108, end: 120, kind: 6 },
      { start: 155, end: 160, kind: 8 },
      { start: 158, end: 168, kind: 7 },
      { start: 166, end: 170, kind: 1 },
      // After the call has returned the thread holds nothing up.
      { start: 185, end: 195, kind: 2 },
    ];
    // Before: 4 profiler, 6 queue-full, 10 loading, 20 malloc, 10 host; in the launch: 5, 8, 2, and 35 launch.
    expect(idle({ calls, overheads })).toEqual({
      profiler: 9,
      'queue-full': 14,
      alloc: 32,
      host: 10,
      launch: 35,
    });
  });

  it('an overhead without a thread belongs to its call; one of unknown kind to nothing', () => {
    const overheads = [
      { start: 160, end: 165, kind: 7, thread: 0, correlation: 2 },
      { start: 166, end: 168, kind: 0 },
    ];
    expect(idle({ calls: [launch(100, 180)], overheads })).toEqual({ 'queue-full': 5, launch: 95 });
  });

  it('unknown: after the last op', () => {
    const trace = buildTrace({
      ops: OPS,
      calls: [launch(0, 10), { start: 300, end: 400, name: 'cudaFree' }],
    });
    const { idleByCause, window } = analyzeGaps(trace, { window: '150..' }).devices[0]!;
    expect(window).toEqual({ device: 0, startNs: 150, endNs: 400, spanNs: 250 });
    expect(idleByCause).toMatchObject({ dispatch: 50, unknown: 170 });
  });
});

describe('queued: held by another stream', () => {
  const rows = (waitedEnd: number, changes: Partial<TraceRows> = {}): TraceRows => ({
    ops: [
      { start: 10, end: 60, correlation: 1, stream: 1, name: 'void ns::producer<int>(int*)' },
      { start: 50, end: waitedEnd, correlation: 2, stream: 2, name: 'ncclDevKernel_AllReduce' },
      { start: 120, end: 130, correlation: 5, stream: 1, name: 'consumer' },
    ],
    calls: [launch(1, 2, 1), launch(3, 4, 2), launch(5, 6, 3), launch(7, 8, 4), launch(9, 10, 5)],
    events: [{ stream: 2, event: 77, syncId: 4, correlation: 3 }],
    syncs: [{ start: 7, end: 8, kind: 2, stream: 1, event: 77, syncId: 4, correlation: 4 }],
    ...changes,
  });

  it('names the stream and the op', () => {
    const result = analyzeGaps(buildTrace(rows(100))).devices[0]!;
    expect(result.idleByCause).toMatchObject({ queued: 20, dispatch: 0 });
    expect(result.queuedBehind).toEqual([
      { stream: 2, name: 'ncclDevKernel_AllReduce', count: 1, totalNs: 20 },
    ]);
    expect(result.hotspots[0]).toMatchObject({
      cause: 'queued',
      example: {
        startNs: 100,
        durationNs: 20,
        beforeName: 'ncclDevKernel_AllReduce',
        afterName: 'consumer',
        waitedFor: { stream: 2, name: 'ncclDevKernel_AllReduce' },
      },
    });
  });

  const dispatched = { queued: 0, dispatch: 60 };
  const idleOf = (given: TraceRows) => analyzeGaps(buildTrace(given)).devices[0]!.idleByCause;

  it('not if what was waited for had ended before the op ahead on the same stream', () => {
    expect(idleOf(rows(60))).toMatchObject(dispatched);
  });

  it('not if another recording of the event was meant, or it was recorded later', () => {
    const event = { stream: 2, event: 77, syncId: 4, correlation: 3 };
    expect(idleOf(rows(100, { events: [{ ...event, syncId: 5 }] }))).toMatchObject({ dispatch: 20 });
    expect(idleOf(rows(100, { events: [{ ...event, correlation: 5 }] }))).toMatchObject({ dispatch: 20 });
    expect(idleOf(rows(100, { events: [{ ...event, stream: 1 }] }))).toMatchObject({ dispatch: 20 });
  });

  it('not if the wait was meant for an earlier op of the stream', () => {
    const { syncs, ops, calls, events } = rows(100);
    const earlier = { start: 105, end: 106, correlation: 8, stream: 1 };
    const given = { syncs, events, ops: [...ops!, earlier], calls: [...calls!, launch(8, 9, 8)] };
    given.ops.sort((a, b) => a.start - b.start);
    expect(idleOf(given as TraceRows)).toMatchObject({ queued: 5, dispatch: 14 });
  });
});
