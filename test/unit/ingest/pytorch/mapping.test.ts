import { describe, expect, test } from 'vitest';
import { OVERHEAD_KIND, RANGE_KIND, SYNC_KIND } from '../../../../src/trace/schema.js';
import type { Trace } from '../../../../src/trace/trace.js';
import { call, document, host, kernel, readText, type Event } from './read-text.js';

const read = (events: readonly Event[], headers: Event = {}): Promise<Trace> =>
  readText(document(events, headers));

const rangesOf = ({ ranges, strings }: Trace): unknown[] =>
  Array.from({ length: ranges.length }, (_, r) => [
    strings[ranges.name[r]!],
    strings[ranges.domain[r]!],
    ranges.kind[r],
    ranges.startNs[r],
    ranges.durationNs[r],
  ]);

describe('ops', () => {
  test('carry their launch, shape and graph', async () => {
    const args = {
      correlation: 77,
      'registers per thread': 90,
      'shared memory': 49152,
      'graph id': 3,
      'graph node id': 12884901890,
      grid: [64, 2, 1],
      block: [128, 1, 1],
    };
    const { ops, shapes, shapeRow, calls } = await read([kernel(10, 5, {}, args), call(8, 1, 77)]);
    expect([ops.correlation[0], ops.graph[0], ops.graphNode[0], ops.context[0]]).toEqual([
      77, 3, 12884901890, 1,
    ]);
    const row = shapeRow[ops.shape[0]!]!;
    expect([shapes.gridX[row], shapes.gridY[row], shapes.blockX[row]]).toEqual([64, 2, 128]);
    expect([shapes.registers[row], shapes.sharedDynamic[row]]).toEqual([90, 49152]);
    expect([calls.correlation[0], calls.thread[0]]).toEqual([77, 5]);
  });

  test('that copy say from where to where, and how much', async () => {
    const copy = (name: string, cat: string): Event => ({ ...kernel(1, 1, { name, cat }, { bytes: 4096 }) });
    const trace = await read([
      copy('Memcpy HtoD (Pageable -> Device)', 'gpu_memcpy'),
      copy('Memset (Device)', 'gpu_memset'),
      copy('Memcpy DtoH (Device -> Host)', 'gpu_memcpy'),
    ]);
    const { ops, shapes, shapeRow, strings } = trace;
    const rows = Array.from(ops.shape, (shape) => shapeRow[shape]!);
    expect(Array.from(ops.name, (name) => strings[name])).toEqual(['memcpy', 'memset', 'memcpy']);
    expect(rows.map((row) => shapes.copyKind[row])).toEqual([1, 0, 2]);
    expect(rows.map((row) => shapes.srcKind[row])).toEqual([1, 0, 3]);
    expect(rows.map((row) => shapes.dstKind[row])).toEqual([3, 3, 0]);
    expect(rows.map((row) => shapes.bytes[row])).toEqual([4096, 4096, 4096]);
  });

  test('of ROCm get their size and shape from the call', async () => {
    const hip = { ...call(0, 1, 5, 'hipMemcpyWithStream') };
    const launch = { ...call(0, 1, 6, 'hipLaunchKernel') };
    const { ops, shapes, shapeRow } = await read([
      { ...hip, args: { correlation: 5, size: '2560', kind: '1' } },
      { ...launch, args: { correlation: 6, grid: [10, 1, 1], block: [256, 1, 1], 'shared memory': 64 } },
      {
        ph: 'X',
        cat: 'gpu_memcpy',
        name: 'Memcpy HtoD (Host -> Device)',
        pid: 2,
        tid: 0,
        ts: 1,
        dur: 1,
        args: { device: 2, stream: 0, correlation: 5, kind: 'HtoD' },
      },
      {
        ph: 'X',
        cat: 'kernel',
        name: 'k',
        pid: 2,
        tid: 0,
        ts: 3,
        dur: 1,
        args: { device: 2, stream: 0, correlation: 6 },
      },
    ]);
    const [copy, run] = Array.from(ops.shape, (shape) => shapeRow[shape]!);
    expect([shapes.bytes[copy!], shapes.copyKind[copy!], shapes.gridX[copy!]]).toEqual([2560, 1, 0]);
    expect([shapes.gridX[run!], shapes.blockX[run!], shapes.bytes[run!]]).toEqual([10, 256, 0]);
  });

  test('of a graph launch are in a graph, also where the file does not say which', async () => {
    const trace = await read([
      call(0, 1, 1, 'hipGraphLaunch'),
      call(2, 1, 2),
      kernel(5, 1, {}, { correlation: 1 }),
      kernel(7, 1, {}, { correlation: 2 }),
    ]);
    expect(trace.ops.graph[0]).toBeGreaterThan(0);
    expect(trace.ops.graph[1]).toBe(0);
    expect(trace.notices.find(({ table }) => table === 'graphs')?.count).toBe(1);
  });

  test('with durations that cannot be true are told of', async () => {
    const many = Array.from({ length: 40 }, (_, i) => kernel(10 + i, 1, {}, { correlation: i + 2 }));
    const { notices } = await read([kernel(1, 90), ...many]);
    expect(notices.find(({ message }) => message.includes('cannot be true'))?.count).toBe(1);
    expect((await read(many)).notices.some(({ message }) => message.includes('cannot be true'))).toBe(false);
  });
});

describe('devices', () => {
  const A100 = {
    id: 1,
    name: 'A100',
    computeMajor: 8,
    computeMinor: 0,
    numSms: 108,
    warpSize: 32,
    maxThreadsPerMultiprocessor: 2048,
  };
  const on = (device: number): Event => kernel(1, 1, {}, { device });

  test('have the limits that occupancy needs, and only those used are listed', async () => {
    const { devices } = await read([on(1)], { deviceProperties: [{ ...A100, id: 0 }, A100] });
    expect(devices.map(({ id, name }) => [id, name])).toEqual([[1, 'A100']]);
    expect(devices[0]?.limits.get('maxWarpsPerSm')).toBe(64);
    expect(devices[0]?.limits.get('maxBlocksPerSm')).toBe(32);
  });

  test("of AMD are not taken for the NVIDIA GPU of their number: MI250 says '9.0' too", async () => {
    const amd = { ...A100, warpSize: 64, computeMajor: 9 };
    const { devices } = await read([on(1)], { deviceProperties: [amd] });
    expect(devices[0]?.limits.has('computeMajor')).toBe(false);
    const rdna = await read([on(1), call(0, 1, 3, 'hipLaunchKernel')], { deviceProperties: [A100] });
    expect(rdna.devices[0]?.limits.has('computeMajor')).toBe(false);
  });
});

describe('host rows', () => {
  test('CPU ops inside another are left out, inside an annotation or a module they stay', async () => {
    const trace = await read([
      host('cpu_op', 'aten::mm', 12, 5),
      host('cpu_op', 'aten::linear', 10, 20),
      host('user_annotation', 'step_1', 0, 100),
      host('python_function', 'nn.Module: Block_3', 5, 50),
      host('python_function', 'model.py(12): forward', 5, 50),
      host('cpu_op', 'aten::add', 60, 5),
      host('cpu_op', 'aten::to', 10, 20, {}, 6),
      host('gpu_user_annotation', 'step_1', 3, 90),
      kernel(20, 1),
    ]);
    expect(rangesOf(trace).map((row) => (row as unknown[]).slice(0, 2))).toEqual([
      ['step_1', ''],
      ['nn.Module: Block_3', 'python'],
      ['aten::linear', 'cpu_op'],
      ['aten::to', 'cpu_op'],
      ['aten::add', 'cpu_op'],
    ]);
    const { message, count } = trace.notices.find(({ table }) => table === 'not imported')!;
    expect(count).toBe(3);
    expect(message).toBe('1 CPU ops inside another, 1 Python frames, 1 gpu_user_annotation');
  });

  test('B and E nest by thread, b and e pair by id, and what stays open is open', async () => {
    const event = (ph: string, ts: number, more: Event): Event => ({
      ph,
      ts,
      pid: 1,
      tid: 2,
      cat: 'app',
      ...more,
    });
    const trace = await read([
      event('B', 10, { name: 'outer' }),
      event('B', 20, { name: 'inner' }),
      event('E', 30, {}),
      event('b', 12, { name: 'async', id: '0x1' }),
      event('b', 14, { name: 'async', id: '0x2' }),
      event('e', 16, { name: 'async', id: '0x1' }),
      event('E', 40, {}),
      event('E', 45, {}),
      kernel(50, 1),
    ]);
    expect(rangesOf(trace)).toEqual([
      ['outer', 'app', RANGE_KIND.pushPop, 0, 30000],
      ['async', 'app', RANGE_KIND.startEnd, 2000, 4000],
      ['async', 'app', RANGE_KIND.startEnd, 4000, 37000],
      ['inner', 'app', RANGE_KIND.pushPop, 10000, 10000],
    ]);
    expect(trace.openRanges).toEqual([2]);
    expect(trace.notices.find(({ message }) => message.includes('nothing began'))?.count).toBe(1);
  });

  test('threads of one number in two processes stay apart, and large or negative numbers stay themselves', async () => {
    const other = { ...call(1, 1, 2), pid: 10 };
    const trace = await read([call(1, 1, 1), other, { ...call(1, 1, 3), tid: -1029147072 }, kernel(5, 1)]);
    const threads = [...trace.calls.thread];
    expect(new Set(threads).size).toBe(3);
    expect(threads[2]).toBe(-1029147072 >>> 0);
    expect(trace.notices.some(({ message }) => message.startsWith('2 processes (9, 10)'))).toBe(true);
  });

  test('a stall without a thread belongs to the call that it lies in', async () => {
    const stall = (name: string, ts: number): Event => ({
      ph: 'X',
      cat: 'overhead',
      name,
      pid: -1,
      tid: 0,
      ts,
      dur: 2,
    });
    const { overheads } = await read([
      call(10, 8, 1, 'cudaLaunchKernel', 5),
      call(30, 8, 2, 'cudaLaunchKernel', 6),
      stall('Command Buffer Full', 12),
      stall('Buffer Flush', 20),
      stall('Lazy Function Loading', 33),
      kernel(50, 1),
    ]);
    expect([...overheads.thread]).toEqual([5, 0, 6]);
    expect([...overheads.kind]).toEqual([
      OVERHEAD_KIND.commandBufferFull,
      OVERHEAD_KIND.profilerFlush,
      OVERHEAD_KIND.lazyFunctionLoading,
    ]);
  });

  test('waits for events name the recording', async () => {
    const sync = (kind: string, args: Event): Event => ({
      ph: 'X',
      cat: 'cuda_sync',
      name: kind,
      pid: 0,
      tid: 20,
      ts: 5,
      dur: 1,
      args: { cuda_sync_kind: kind, stream: 20, context: 1, correlation: 8, ...args },
    });
    const wait = { wait_on_stream: 7, wait_on_cuda_event_id: 1, wait_on_cuda_event_record_corr_id: 4 };
    const trace = await read([
      sync('Stream Wait Event', wait),
      sync('Context Sync', { stream: 4294967295 }),
      kernel(9, 1),
    ]);
    const { syncs, events } = trace;
    expect([...syncs.kind]).toEqual([SYNC_KIND.streamWaitEvent, SYNC_KIND.context]);
    expect([syncs.event[0], syncs.syncId[0], syncs.event[1]]).toEqual([1, 4, 0xffffffff]);
    expect([events.length, events.stream[0], events.event[0], events.correlation[0]]).toEqual([1, 7, 1, 4]);
  });
});

describe('other tools', () => {
  test("Proton's documents, one a stream, without process or device", async () => {
    const line = (stream: number, ts: number): string =>
      JSON.stringify({
        displayTimeUnit: 'us',
        traceEvents: [
          {
            name: 'add',
            cat: 'kernel',
            ph: 'X',
            ts,
            dur: 2.5,
            tid: stream,
            args: { call_stack: ['ROOT', 'add'] },
          },
        ],
      });
    const { ops } = await readText(`${line(0, 1.5)}\n${line(9, 7)}\n`);
    expect([[...ops.device], [...ops.stream], [...ops.startNs]]).toEqual([
      [0, 0],
      [0, 9],
      [0, 5500],
    ]);
  });

  test('our own export keeps domains, kinds, marks and split shared memory', async () => {
    const own = {
      'static shared memory': 16,
      'dynamic shared memory': 1024,
      'executed shared memory': 102400,
      cluster: [2, 1, 1],
      channel: 9,
    };
    const trace = await read([
      kernel(10, 1, {}, own),
      host('user_annotation', 'a', 0, 5, { domain: 'model' }),
      host('user_annotation', 's', 1, 5, { kind: 'start/end' }),
      { ph: 'i', cat: 'user_annotation', name: 'm', ts: 2, pid: 9, tid: 5, s: 't' },
      host('gap', 'launch', 0, 5),
      { ph: 'C', name: 'busy', ts: 1, pid: 0, args: { busy: 1 } },
    ]);
    expect(rangesOf(trace)).toEqual([
      ['a', 'model', RANGE_KIND.pushPop, 0, 5000],
      ['s', '', RANGE_KIND.startEnd, 1000, 5000],
      ['m', '', RANGE_KIND.mark, 2000, 0],
    ]);
    const { shapes, ops, shapeRow } = trace;
    const row = shapeRow[ops.shape[0]!]!;
    expect([shapes.sharedStatic[row], shapes.sharedDynamic[row], shapes.sharedExecuted[row]]).toEqual([
      16, 1024, 102400,
    ]);
    expect([shapes.clusterX[row], ops.channel[0]]).toEqual([2, 9]);
    expect(trace.notices.find(({ table }) => table === 'not imported')?.message).toBe(
      '1 counter values, 1 gap',
    );
  });

  test('a file without ranges is cut at its recordings of CUDA events, where something was launched between', async () => {
    const record = (ts: number): Event => call(ts, 1, ts, 'cudaEventRecordWithFlags');
    const launches = [12, 14, 32].map((ts) => call(ts, 1, ts));
    const ops = [12, 14, 32].map((ts) => kernel(ts + 40, 1, {}, { correlation: ts }));
    const trace = await read([record(10), ...launches, record(20), record(22), record(40), ...ops]);
    expect(rangesOf(trace)).toEqual([
      ['between_cuda_events_0', 'cuda events', RANGE_KIND.pushPop, 1000, 9000],
      ['between_cuda_events_1', 'cuda events', RANGE_KIND.pushPop, 13000, 17000],
    ]);
    expect(
      (await read([record(10), ...launches, record(20), host('user_annotation', 'a', 0, 50), ...ops])).ranges
        .length,
    ).toBe(1);
  });
});
