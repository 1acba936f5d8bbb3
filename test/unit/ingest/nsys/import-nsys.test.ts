import { describe, expect, it } from 'vitest';
import { analyzeGaps } from '../../../../src/analysis/gaps.js';
import { importNsys } from '../../../../src/ingest/nsys/import-nsys.js';
import { OP_KIND, OVERHEAD_KIND, RANGE_KIND, SYNC_KIND } from '../../../../src/trace/schema.js';
import type { Run, Trace } from '../../../../src/trace/trace.js';
import {
  callRow,
  globalPid,
  globalTid,
  KERNEL,
  kernelRow,
  makeExport,
  MEMCPY,
  META,
  rangeRow,
  RUNTIME,
  type Rows,
} from './make-export.js';

async function load(tables: Readonly<Record<string, Rows>>): Promise<Run> {
  return importNsys(makeExport(tables));
}

async function only(tables: Readonly<Record<string, Rows>>): Promise<Trace> {
  const { traces } = await load(tables);
  expect(traces).toHaveLength(1);
  return traces[0]!;
}

function textOf(trace: Trace, ids: Uint32Array): string[] {
  return [...ids].map((id) => trace.strings[id]!);
}

describe('ops and calls', () => {
  it('are taken over with times from the first record, and named as others name them', async () => {
    const trace = await only({
      [KERNEL]: [
        kernelRow({ start: 5000, end: 5600, correlationId: 2, $demangledName: 'void f<(int)4>(T1 *)' }),
        kernelRow(),
      ],
      [RUNTIME]: [callRow(), callRow({ start: 4000, end: 4100, correlationId: 2, $nameId: 'cuMemAlloc_v2' })],
      TARGET_INFO_SESSION_START_TIME: [{ utcEpochNs: 1_759_568_196_814_852_647n }],
    });
    expect(trace.baseNs).toBe(1_759_568_196_814_853_647n);
    expect([...trace.ops.startNs]).toEqual([1000, 4000]);
    expect([...trace.ops.durationNs]).toEqual([1000, 600]);
    expect(textOf(trace, trace.ops.name)).toEqual(['kernel_a', 'void f<4>(T1*)']);
    expect(textOf(trace, trace.calls.name)).toEqual(['cudaLaunchKernel', 'cuMemAlloc_v2']);
    expect([trace.pid, ...trace.calls.thread]).toEqual([111, 112, 112]);
    expect(trace.shapes.gridX[trace.shapeRow[trace.ops.shape[0]!]!]).toBe(4);
    expect(trace.shapes.length).toBe(2);
  });

  it('read the oldest schema known: no graphId, no clusters, EXPORT_META_DATA', async () => {
    const trace = await only({
      EXPORT_META_DATA: [
        { name: 'EXPORT_PRODUCT_VERSION', value: '2022.1.3.18' },
        { name: 'EXPORT_SCHEMA_VERSION', value: '2.9.1' },
      ],
      [KERNEL]: [kernelRow({ graphNodeId: null })],
      [RUNTIME]: [callRow()],
    });
    expect(trace.status.get('source')).toBe('Nsight Systems 2022.1.3 (export schema 2.9.1)');
    expect([...trace.ops.graph]).toEqual([0]);
  });

  it('read a table under its versioned name, and ignore columns that another tool added', async () => {
    const trace = await only({
      [`${KERNEL}_V2`]: [kernelRow({ long_kernel_name: 'x' })],
      [RUNTIME]: [callRow()],
    });
    expect(trace.ops.length).toBe(1);
  });

  it('keep the kinds of memory: the file counts pageable as 0, a trace as 1', async () => {
    const copy = { start: 1, end: 2, deviceId: 0, contextId: 1, streamId: 7, globalPid: globalPid(111) };
    const trace = await only({
      [MEMCPY]: [
        { ...copy, correlationId: 1, bytes: 4096, copyKind: 1, srcKind: 0, dstKind: 2 },
        { ...copy, start: 3, end: 4, correlationId: 2, bytes: 2 ** 40, copyKind: 2, srcKind: 7, dstKind: 1 },
      ],
      [RUNTIME]: [callRow()],
    });
    const rows = [...trace.ops.shape].map((shape) => trace.shapeRow[shape]!);
    expect(rows.map((row) => trace.shapes.srcKind[row])).toEqual([1, 0]);
    expect(rows.map((row) => trace.shapes.dstKind[row])).toEqual([3, 2]);
    expect(rows.map((row) => trace.shapes.bytes[row])).toEqual([4096, 2 ** 40]);
    expect(textOf(trace, trace.ops.name)).toEqual(['memcpy', 'memcpy']);
  });

  it('count ops whose times were lost, and leave them out', async () => {
    const { traces, notices } = await load({
      [KERNEL]: [kernelRow(), kernelRow({ start: 0, end: 0 }), kernelRow({ start: -5, end: 10 })],
      [RUNTIME]: [callRow()],
    });
    expect(traces[0]!.ops.length).toBe(1);
    expect(notices.map(({ table, count }) => [table, count])).toEqual([['ops', 2]]);
  });

  it('whose launch is not in the file wait for an unknown cause', async () => {
    const trace = await only({
      [KERNEL]: [kernelRow(), kernelRow({ start: 9000, end: 9100, correlationId: 99 })],
      [RUNTIME]: [callRow()],
    });
    const { idleByCause } = analyzeGaps(trace, { top: 5 }).devices[0]!;
    expect(idleByCause.unknown).toBe(6000);
  });

  it('that name no process belong to the only one that called CUDA', async () => {
    const trace = await only({ [KERNEL]: [kernelRow({ globalPid: null })], [RUNTIME]: [callRow()] });
    expect([trace.pid, trace.ops.length, trace.calls.length]).toEqual([111, 1, 1]);
  });
});

describe('processes', () => {
  it('are traces of their own, though their correlation ids and pids are the same', async () => {
    const other = globalPid(111, 2);
    const { traces } = await load({
      [KERNEL]: [
        kernelRow(),
        kernelRow({ globalPid: other, start: 2500, end: 2600 }),
        kernelRow({ globalPid: globalPid(5) }),
      ],
      [RUNTIME]: [callRow(), callRow({ globalTid: globalTid(111, 9, 2), start: 2100 })],
      PROCESSES: [{ globalPid: globalPid(5), name: '/home/someone/secret/python3' }],
    });
    expect(traces.map(({ pid, ops, calls }) => [pid, ops.length, calls.length])).toEqual(
      expect.arrayContaining([
        [111, 1, 1],
        [111, 1, 1],
        [5, 1, 0],
      ]) as unknown[],
    );
    expect(new Set(traces.map(({ name }) => name)).size).toBe(3);
    expect(traces.find(({ pid }) => pid === 5)!.status.get('command')).toBe('python3');
  });

  it('with calls but no GPU work are told of; with ranges only, counted', async () => {
    const { traces, notices } = await load({
      [KERNEL]: [kernelRow()],
      [RUNTIME]: [callRow(), callRow({ globalTid: globalTid(7, 8) })],
      NVTX_EVENTS: [rangeRow({ globalTid: globalTid(9, 9) })],
    });
    expect(traces).toHaveLength(1);
    expect(notices.map(({ table }) => table)).toEqual(['process 7', 'ranges']);
  });

  it('whose ids use all 64 bits are kept apart', async () => {
    const signed = (id: bigint): bigint => BigInt.asIntN(64, id);
    const top = signed((0xfe00n << 48n) | (9n << 24n));
    const { traces } = await load({
      [KERNEL]: [kernelRow({ globalPid: top }), kernelRow()],
      [RUNTIME]: [callRow({ globalTid: top + 4n })],
    });
    expect(traces.map(({ pid, calls }) => [pid, calls.length]).sort()).toEqual([
      [111, 0],
      [9, 1],
    ]);
  });
});

describe('devices', () => {
  const gpu = (id: number, cuDevice: number, name: string, smCount: number) =>
    ({
      vmId: 1,
      id,
      cuDevice,
      name,
      smCount,
      memoryBandwidth: 936_096_000_000,
      computeMinor: 0,
      maxShmemPerSm: 0,
    }) as const;

  it('are found by CUDA ordinal, not by the id of their row', async () => {
    const trace = await only({
      [KERNEL]: [kernelRow()],
      [RUNTIME]: [callRow()],
      TARGET_INFO_GPU: [gpu(0, 1, 'other', 10), gpu(1, 0, 'mine', 132)],
    });
    expect(trace.devices.map(({ id, name }) => [id, name])).toEqual([[0, 'mine']]);
    expect(Object.fromEntries(trace.devices[0]!.limits)).toEqual({
      sms: 132,
      memoryBytesPerSecond: 936_096_000_000,
      computeMinor: 0,
    });
  });

  it('are what the process itself sees, where the file says so', async () => {
    const trace = await only({
      [KERNEL]: [kernelRow()],
      [RUNTIME]: [callRow()],
      TARGET_INFO_GPU: [gpu(0, 0, 'first', 10), gpu(1, 1, 'second', 20)],
      TARGET_INFO_CUDA_DEVICE: [
        { gpuId: 0, cudaId: 0, pid: 5 },
        { gpuId: 1, cudaId: 0, pid: 111 },
      ],
    });
    expect(trace.devices.map(({ name }) => name)).toEqual(['second']);
  });
});

describe('clocks', () => {
  const TIMES = { TARGET_INFO_SESSION_START_TIME: [{ utcEpochNs: 1_780_000_000_000_000_001n }] };

  it('of an export with normalized times are exact to the nanosecond', async () => {
    const at = (ns: number): bigint => 1_780_000_000_000_000_001n + BigInt(ns);
    const trace = await only({
      ...TIMES,
      [META]: [{ name: 'EXPORT_PARAM_TIME_NORMALIZE', value: 'true' }],
      [KERNEL]: [kernelRow({ start: at(2001), end: at(3004) })],
      [RUNTIME]: [callRow({ start: at(1000), end: at(1500) })],
    });
    expect([trace.baseNs, trace.ops.startNs[0], trace.ops.durationNs[0]]).toEqual([at(1000), 1001, 1003]);
  });

  it('are recognized by the size of their times, also without a session start', async () => {
    const at = 1_780_000_000_000_000_001n;
    const trace = await only({
      [KERNEL]: [kernelRow({ start: at + 7n, end: at + 9n })],
      [RUNTIME]: [callRow({ start: at, end: at + 1n })],
    });
    expect([trace.baseNs, trace.ops.startNs[0], trace.ops.durationNs[0]]).toEqual([at, 7, 2]);
  });

  it('that were shifted stay as they were meant; lost times shift too', async () => {
    const { traces, notices } = await load({
      ...TIMES,
      [META]: [{ name: 'EXPORT_PARAM_TIME_SHIFT', value: '-1000000' }],
      [KERNEL]: [
        kernelRow({ start: -998_000, end: -997_000 }),
        kernelRow({ start: -1_000_000, end: -1_000_000 }),
      ],
      [RUNTIME]: [callRow({ start: -999_000, end: -998_500 })],
    });
    expect(traces[0]!.baseNs).toBe(1_780_000_000_000_000_001n - 999_000n);
    expect([...traces[0]!.ops.startNs]).toEqual([1000]);
    expect(notices.map(({ count }) => count)).toEqual([1]);
  });

  it('are not known where the file does not say', async () => {
    expect((await only({ [KERNEL]: [kernelRow()], [RUNTIME]: [callRow()] })).baseNs).toBe(0n);
  });
});

describe('ranges', () => {
  it('take their name from the text or from a registered string, their domain from its creation', async () => {
    const trace = await only({
      [KERNEL]: [kernelRow()],
      [RUNTIME]: [callRow()],
      StringIds: [{ id: 1000, value: 'registered' }],
      NVTX_EVENTS: [
        rangeRow({ text: 'plain' }),
        rangeRow({ start: 950, end: 1550, text: null, textId: 1000, domainId: 3 }),
        rangeRow({ start: 960, end: 1540, text: null, textId: 999, domainId: 4 }),
        rangeRow({ start: -10_600_000_000, end: null, eventType: 75, text: 'NCCL', domainId: 3 }),
      ],
    });
    expect(textOf(trace, trace.ranges.name)).toEqual(['plain', 'registered', '?999']);
    expect(textOf(trace, trace.ranges.domain)).toEqual(['', 'NCCL', '?4']);
    expect([...trace.ranges.parent]).toEqual([0, trace.ranges.id[0], trace.ranges.id[1]]);
    // The making of a domain is no record of the run: the trace does not begin with it.
    expect(trace.endNs).toBe(2100);
  });

  it('without an end are open; marks have none; halves are counted; start/end are no part of the nesting', async () => {
    const { traces, notices } = await load({
      [KERNEL]: [kernelRow()],
      [RUNTIME]: [callRow()],
      NVTX_EVENTS: [
        rangeRow({ text: 'open', end: null }),
        rangeRow({ text: 'mark', start: 910, end: null, eventType: 34 }),
        rangeRow({ text: 'async', start: 905, end: 9000, eventType: 60, endGlobalTid: globalTid(111, 5) }),
        rangeRow({ text: 'inner', start: 920, end: 1600 }),
        rangeRow({ text: 'half', eventType: 35 }),
        rangeRow({ text: 'a category', eventType: 33 }),
      ],
    });
    const { ranges, openRanges, endNs } = traces[0]!;
    expect(textOf(traces[0]!, ranges.name)).toEqual(['open', 'async', 'mark', 'inner']);
    expect([...ranges.kind]).toEqual([
      RANGE_KIND.pushPop,
      RANGE_KIND.startEnd,
      RANGE_KIND.mark,
      RANGE_KIND.pushPop,
    ]);
    expect([...ranges.depth]).toEqual([0, 0, 0, 1]);
    expect([openRanges, ranges.durationNs[0]]).toEqual([[0], endNs]);
    expect(notices.map(({ table, count }) => [table, count])).toEqual([['ranges', 1]]);
  });
});

describe('the host', () => {
  it('waits, records events and stalls, whatever the version calls it', async () => {
    const pid = globalPid(111);
    const trace = await only({
      [KERNEL]: [kernelRow()],
      [RUNTIME]: [callRow()],
      CUPTI_ACTIVITY_KIND_SYNCHRONIZATION: [
        {
          start: 3000,
          end: 3100,
          globalPid: pid,
          syncType: 3,
          streamId: 0xffffffff,
          eventId: 0xffffffff,
          correlationId: 4,
        },
        {
          start: 3200,
          end: 3300,
          globalPid: pid,
          syncType: 0,
          deprecatedSyncType: 2,
          streamId: 8,
          eventId: 6,
          correlationId: 5,
        },
      ],
      CUPTI_ACTIVITY_KIND_CUDA_EVENT: [
        { globalPid: pid, contextId: 1, streamId: 7, eventId: 6, eventSyncId: 2, correlationId: 9 },
      ],
      CUPTI_ACTIVITY_KIND_OVERHEAD: [
        { start: 1000, end: 1100, globalTid: globalTid(111, 112), overheadType: 8 },
      ],
      PROFILER_OVERHEAD: [
        {
          start: 1200,
          end: 1210,
          globalTid: globalTid(111, 112),
          $nameId: 'CUPTI: Buffer flush',
          returnValue: 0,
        },
        {
          start: 1300,
          end: 1310,
          globalTid: globalTid(111, 112),
          $nameId: 'CUPTI Resource Management',
          returnValue: 0,
        },
        {
          start: 1400,
          end: 1410,
          globalTid: globalTid(111, 112),
          $nameId: 'dlopen(libcuda.so.1)',
          returnValue: 0,
        },
      ],
      ThreadNames: [{ $nameId: 'main', globalTid: globalTid(111, 112) }],
    });
    expect([...trace.syncs.kind]).toEqual([SYNC_KIND.stream, SYNC_KIND.streamWaitEvent]);
    expect([...trace.syncs.event]).toEqual([0xffffffff, 6]);
    expect([trace.events.event[0], trace.events.syncId[0]]).toEqual([6, 2]);
    expect([...trace.overheads.kind]).toEqual([
      OVERHEAD_KIND.commandBufferFull,
      OVERHEAD_KIND.profilerFlush,
      OVERHEAD_KIND.profilerResource,
      OVERHEAD_KIND.unknown,
    ]);
    expect([trace.threads.id[0], trace.strings[trace.threads.name[0]!]]).toEqual([112, 'main']);
  });
});

describe('graphs', () => {
  it('recorded whole are ops, and the user is told', async () => {
    const trace = {
      start: 4000,
      end: 9000,
      deviceId: 0,
      contextId: 1,
      streamId: 7,
      correlationId: 3,
      globalPid: globalPid(111),
      graphId: 2,
      graphExecId: 5,
    };
    const { traces, notices } = await load({
      [KERNEL]: [kernelRow()],
      [RUNTIME]: [
        callRow(),
        callRow({ start: 3100, end: 3200, correlationId: 3, $nameId: 'cudaGraphLaunch_v10000' }),
      ],
      CUPTI_ACTIVITY_KIND_GRAPH_TRACE: [
        trace,
        { ...trace, start: 0, end: 0 },
        { ...trace, start: 9500, end: 9600, deviceId: 0x7fffffff },
        { ...trace, start: 9700, end: 9800, deviceId: 0x7fffffff, contextId: 44 },
      ],
      TARGET_INFO_CUDA_CONTEXT_INFO: [{ hwId: 0, vmId: 1, processId: 111, contextId: 1, deviceId: 0 }],
    });
    const { ops } = traces[0]!;
    expect([...ops.kind]).toEqual([OP_KIND.kernel, OP_KIND.graph, OP_KIND.graph]);
    expect([...ops.graph]).toEqual([0, 5, 5]);
    const { busyNs } = analyzeGaps(traces[0]!, { top: 1 }).devices[0]!;
    expect(busyNs).toBe(1000 + 5000 + 100);
    expect(notices.map(({ table, count }) => [table, count])).toEqual([
      ['graphs', 2],
      ['ops', 1],
      ['ops', 1],
    ]);
  });

  it('that were launched but left no rows are told of', async () => {
    const { notices } = await load({
      [KERNEL]: [kernelRow()],
      [RUNTIME]: [callRow(), callRow({ correlationId: 3, $nameId: 'cudaGraphLaunch_v10000' })],
    });
    expect(notices.map(({ table, count }) => [table, count])).toEqual([['graphs', 1]]);
  });
});

describe('a file without GPU work', () => {
  const DIAGNOSTICS = {
    DIAGNOSTIC_EVENT: [
      {
        severity: 2,
        text: 'Unable to sample the CPU.\nDo this.',
        globalPid: BigInt.asIntN(64, 0xfe00n << 48n),
      },
      { severity: 3, text: 'CUPTI could not load /home/me/secret/libcupti.so', globalPid: 0 },
      { severity: 1, text: 'CUDA is fine', globalPid: 0 },
    ],
  };

  it('is an error that quotes the profiler, without folders', async () => {
    const path = makeExport({ [RUNTIME]: [callRow()], ...DIAGNOSTICS });
    await expect(importNsys(path)).rejects.toThrow(
      'holds no GPU work; the profiler said: "CUPTI could not load …/libcupti.so"',
    );
    const { traces, notices } = await importNsys(path, { allowEmpty: true });
    expect([traces.length, traces[0]!.ops.length]).toEqual([1, 0]);
    expect(notices.map(({ message }) => message)).toEqual([
      'CUPTI could not load …/libcupti.so',
      '1 more warnings of the profiler, not about CUDA, are not shown',
    ]);
  });
});

it('keeps nothing personal', async () => {
  const { traces, notices } = await load({
    [KERNEL]: [kernelRow()],
    [RUNTIME]: [callRow()],
    [META]: [{ name: 'EXPORT_PARAM_INPUT_PATH_ABS', value: '/home/secret/x.nsys-rep' }],
    META_DATA_CAPTURE: [
      { name: 'COMMAND_LINE', value: 'python secret.py --token secret' },
      { name: 'CUDA_GRAPH_TRACE_OPTIONS:MODE', value: 'Node' },
    ],
    PROCESSES: [{ globalPid: globalPid(111), name: '/home/secret/bin/python3' }],
    TARGET_INFO_SYSTEM_ENV: [{ name: 'Hostname', value: 'secret' }],
  });
  const { path: _path, ...rest } = traces[0]!;
  const text = JSON.stringify([rest.name, [...rest.status], rest.strings, rest.run, notices]);
  expect(text).not.toContain('secret');
  expect(text).toContain('"Node"');
});
