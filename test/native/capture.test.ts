// The capture library in a process that works, from the first call to a clean exit.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RecordBatchReader } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { OP_KIND, OVERHEAD_KIND, SCHEMA, SYNC_KIND, type ColumnType } from '../../src/trace/schema.js';
import { built, haveCapture, instrumented } from './built.js';
import { counts, countWhere, expected, harness, onlyTrace, traceFolders } from './harness.js';

const ARROW_NAME: Record<ColumnType, string> = {
  u8: 'Uint8',
  u16: 'Uint16',
  u32: 'Uint32',
  u64: 'Uint64',
  i64: 'Int64',
  f64: 'Float64',
  utf8: 'Utf8',
};

describe.skipIf(!haveCapture)('capture library', () => {
  it.skipIf(instrumented)(
    'needs no CUDA library to be loaded, and shows nothing but its entry points',
    () => {
      const dynamic = execFileSync('readelf', ['--dynamic', '--wide', built.library], { encoding: 'utf8' });
      const needed = [...dynamic.matchAll(/NEEDED.*\[(.*)\]/g)].map((match) => match[1]);
      expect(needed).not.toEqual([]);
      expect(
        needed.filter((name) => !/^(libc|libm|libdl|libpthread|ld-linux.*)\.so/.test(name ?? '')),
      ).toEqual([]);
      const symbols = execFileSync('readelf', ['--dyn-syms', '--wide', built.library], { encoding: 'utf8' });
      const defined = symbols
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .filter((words) => /^\d+:$/.test(words[0] ?? '') && words[6] !== 'UND' && words[4] !== 'LOCAL')
        .map((words) => words[7]);
      expect(defined.sort()).toEqual([
        'InitializeInjection',
        'InitializeInjectionNvtx2',
        'InitializeInjectionNvtxExtension',
        'gapscope_start',
        'gapscope_status',
        'gapscope_stop',
      ]);
    },
  );

  it('writes every table with the columns, types and order of src/trace/schema.ts', () => {
    const { out } = harness('import init emit 10');
    const [folder] = traceFolders(out);
    const files = readdirSync(folder ?? '');
    expect(files.map((name) => name.replace('.arrows', '')).sort()).toEqual(Object.keys(SCHEMA).sort());
    for (const [table, columns] of Object.entries(SCHEMA)) {
      const reader = RecordBatchReader.from(readFileSync(join(folder ?? '', `${table}.arrows`))).open();
      const { fields, metadata } = reader.schema;
      expect(
        fields.map((field) => [field.name, String(field.type), field.nullable]),
        table,
      ).toEqual(Object.entries(columns).map(([name, type]) => [name, ARROW_NAME[type], false]));
      expect(metadata.get('gapscope.table')).toBe(table);
      expect(metadata.get('gapscope.version')).toBe('1');
      expect(metadata.get('gapscope.exe')).toBe('harness');
      expect(basename(folder ?? '')).toMatch(
        new RegExp(`^harness-${metadata.get('gapscope.pid')}-\\d+\\.trace$`),
      );
    }
  });

  it('records everything, and nothing that was not asked for', async () => {
    const ran = harness('import init device emit 2000 counts');
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    const trace = await onlyTrace(ran.out);
    const { ops, calls, kernels, syncs, events, overheads } = expected(2000);
    expect(trace.ops.length).toBe(ops);
    expect(countWhere(trace.ops.kind, OP_KIND.kernel)).toBe(kernels);
    expect(countWhere(trace.ops.kind, OP_KIND.memset)).toBe(200);
    expect(countWhere(trace.ops.kind, OP_KIND.memcpy)).toBe(400);
    // cudaGetDevice is in every round of the harness, and in no trace.
    expect(trace.calls.length).toBe(calls);
    expect(trace.syncs.length).toBe(syncs);
    expect(countWhere(trace.syncs.kind, SYNC_KIND.stream)).toBe(syncs / 3);
    expect(trace.events.length).toBe(events);
    expect(countWhere(trace.overheads.kind, OVERHEAD_KIND.commandBufferFull)).toBe(overheads);
    expect(counts(ran).violations).toBe(0);

    const names = new Set(Array.from(trace.ops.name, (id) => trace.strings[id]));
    expect(names).toContain('memset');
    expect(names).toContain('plain_name');
    expect(names).toContain('layer_norm(float const*, float*, int)');
    expect([...names].some((name) => name?.startsWith('void at::native::elementwise_kernel<128, 4>'))).toBe(
      true,
    );
    expect(new Set(Array.from(trace.calls.name, (id) => trace.strings[id]))).toEqual(
      new Set([
        'cuLaunchKernel',
        'cuMemcpyHtoDAsync_v2',
        'cuMemsetD32Async',
        'cuMemcpyPeerAsync',
        'cuEventRecord',
        'cuStreamWaitEvent',
        'cuEventSynchronize',
        'cuStreamSynchronize',
      ]),
    );
    // Every op's launch is there, on this thread, before it.
    const byCorrelation = new Map(Array.from(trace.calls.correlation, (id, i) => [id, i]));
    for (let i = 0; i < trace.ops.length; i++) {
      const call = byCorrelation.get(trace.ops.correlation[i] ?? 0);
      expect(call).toBeDefined();
      if (trace.ops.kind[i] !== OP_KIND.kernel) continue;
      expect(trace.calls.startNs[call ?? 0]).toBeLessThan(trace.ops.startNs[i] ?? 0);
    }
    expect(trace.shapes.length).toBe(4);
    expect(trace.devices[0]?.name).toBe('Fake H200');
    expect(trace.devices[0]?.limits.get('sms')).toBe(132);
    expect(trace.clock.length).toBeGreaterThan(0);
    expect(Object.fromEntries(trace.status)).toMatchObject({
      capture: 'on',
      dropped: '0',
      zeroTimestamps: '0',
      unknownRecords: '0',
      exit: 'clean',
      cuptiPath: built.fakeCupti,
    });
  });

  it('does so when it has to load libcupti itself', async () => {
    // libcupti's static destructors then run before exit handlers that were registered earlier.
    const ran = harness('init emit 500');
    expect(ran.stderr).toBe('');
    expect((await onlyTrace(ran.out)).ops.length).toBe(expected(500).ops);
    const nvtxFirst = harness('push before pop init emit 500');
    expect(nvtxFirst.stderr).toBe('');
    expect((await onlyTrace(nvtxFirst.out)).ops.length).toBe(expected(500).ops);
  });

  it('serves threads that each fill buffers of their own, through many small buffers', async () => {
    const ran = harness('import init threads 8 3000 counts', { GAPSCOPE_BUFFER_BYTES: '32768' });
    const trace = await onlyTrace(ran.out);
    const { dropped, violations, rounds } = counts(ran);
    expect({ dropped, violations, rounds }).toEqual({ dropped: 0, violations: 0, rounds: 24_000 });
    expect(trace.ops.length).toBe(expected(24_000).ops);
    expect(trace.calls.length).toBe(expected(24_000).calls);
    expect(new Set(trace.calls.thread).size).toBe(8);
    expect(trace.ranges.length).toBe(8);
    expect(new Set(trace.threads.id).size).toBe(trace.threads.length);
  });

  it('records graph nodes under the ranges open when they were captured', async () => {
    const ran = harness('import init push model push layer:3 graph 5 4 pop pop graph 2 1');
    const trace = await onlyTrace(ran.out);
    expect(trace.ops.length).toBe(5 * 4 + 2);
    expect(trace.graphNodes.length).toBe(2 * (5 + 2));
    expect(trace.graphExecs.length).toBe(4);
    const rowOf = new Map(Array.from(trace.graphNodes.node, (id, row) => [id, row]));
    const stackRow = new Map(Array.from(trace.rangeStacks.id, (id, row) => [id, row]));
    const pathOf = (stack: number): string[] => {
      const row = stackRow.get(stack);
      if (row === undefined) return [];
      return [
        ...pathOf(trace.rangeStacks.parent[row] ?? 0),
        trace.strings[trace.rangeStacks.name[row] ?? 0] ?? '',
      ];
    };
    const paths = Array.from(trace.ops.graphNode, (node) => {
      const clone = rowOf.get(node);
      const original = rowOf.get(trace.graphNodes.original[clone ?? -1] ?? -1);
      return pathOf(trace.graphNodes.stack[original ?? -1] ?? 0).join('/');
    });
    expect(paths.sort()).toEqual(['', '', ...Array<string>(20).fill('model/layer:3')]);
    expect(new Set(trace.ops.graph).size).toBe(2);
  });

  it('records one op a replay where whole graphs were asked for', async () => {
    const { out } = harness('import init graph 5 4', { GAPSCOPE_GRAPHS: 'whole' });
    const trace = await onlyTrace(out);
    expect(countWhere(trace.ops.kind, OP_KIND.graph)).toBe(4);
  });

  it('takes what is offered by an older CUPTI', async () => {
    const ran = harness('import init emit 400 graph 3 2', { FAKECUPTI_VERSION: '26' });
    const trace = await onlyTrace(ran.out);
    expect(ran.stderr).toBe('');
    expect(trace.ops.length).toBe(expected(400).ops + 6);
    expect(trace.overheads.length).toBe(20);
    expect(trace.status.get('cupti')).toBe('26');
  });

  it('refuses a CUPTI that is too old, in one sentence', async () => {
    const ran = harness('import init emit 10', { FAKECUPTI_VERSION: '17' });
    expect((await onlyTrace(ran.out)).status.get('capture')).toContain('CUDA 12 or newer is needed');
    expect(ran.stderr).toContain('CUDA 12 or newer is needed');
    expect(ran.code).toBe(0);
  });

  it('says which file cannot be loaded, and lets the program run', async () => {
    const ran = harness('init', { GAPSCOPE_LIBCUPTI: '/nowhere/libcupti.so.13' });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('/nowhere/libcupti.so.13');
    expect((await onlyTrace(ran.out)).status.get('capture')).toMatch(/^off: .*\/nowhere/);
  });

  it('writes nothing for a process that uses neither CUDA nor NVTX', () => {
    expect(traceFolders(harness('import sleep 10').out)).toEqual([]);
  });

  it('gives way to a profiler that holds CUPTI, and names it', async () => {
    const ran = harness('import init push range pop emit 50 disabled', {
      FAKECUPTI_FAULTS: 'held',
      FAKECUPTI_HOLDER: 'Nsight Systems',
    });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain('Nsight Systems');
    const trace = await onlyTrace(ran.out);
    expect(trace.status.get('capture')).toContain('CUPTI is held by Nsight Systems');
    expect(trace.ops.length).toBe(0);
    expect(trace.ranges.length).toBe(1);
    const nameless = harness('import init', { FAKECUPTI_FAULTS: 'held' });
    expect((await onlyTrace(nameless.out)).status.get('capture')).toContain('another profiler');
  });

  it('writes into GAPSCOPE_OUT even if it is several folders deep', async () => {
    const { out } = harness('import init emit 10');
    const deep = join(out, 'a', 'b');
    harness('import init emit 10', { GAPSCOPE_OUT: deep });
    expect(existsSync(deep)).toBe(true);
    expect((await onlyTrace(deep)).ops.length).toBe(expected(10).ops);
  });
});
