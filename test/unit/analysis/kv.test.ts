import { describe, expect, test } from 'vitest';
import { analyzeKv, type KvResult, type KvRow } from '../../../src/analysis/kv.js';
import { UserError } from '../../../src/trace/errors.js';
import { OP_KIND } from '../../../src/trace/schema.js';
import type { Trace } from '../../../src/trace/trace.js';
import { buildTrace, type OpRow, type TraceRows } from './build-trace.js';

interface Step {
  ranges: readonly string[];
  ns: number;
  idle?: number;
  /** A copy of so many bytes; a kernel without. */
  copy?: number;
  copyKind?: number;
  name?: string;
  op?: Partial<OpRow>;
}

const DEVICE_TO_DEVICE = 8;
const DEVICE_TO_HOST = 2;

/** Ops one after the other. Neighbours share the ranges that they have in common from the outside in. */
function stepsTrace(steps: readonly Step[], extra: TraceRows = {}): Trace {
  const rows: Required<Pick<TraceRows, 'ops' | 'calls' | 'ranges'>> = { ops: [], calls: [], ranges: [] };
  const shapes: { id: number; bytes: number; copyKind: number }[] = [{ id: 0, bytes: 0, copyKind: 0 }];
  const open: { name: string; row: { start: number; end: number; name: string } }[] = [];
  let t = 0;
  steps.forEach(({ ranges, ns, idle = 0, copy, copyKind = DEVICE_TO_DEVICE, name, op }, i) => {
    let common = 0;
    while (common < open.length && open[common]!.name === ranges[common]) common++;
    for (const closed of open.splice(common)) closed.row.end = t;
    for (const range of ranges.slice(common)) {
      const row = { start: t, end: 0, name: range };
      rows.ranges.push(row);
      open.push({ name: range, row });
    }
    rows.calls.push({ start: t, end: t, name: 'cudaLaunchKernel', correlation: i + 1 });
    let shape = 0;
    if (copy !== undefined) {
      shape = shapes.findIndex((one) => one.bytes === copy && one.copyKind === copyKind);
      if (shape < 0) shape = shapes.push({ id: shapes.length, bytes: copy, copyKind }) - 1;
    }
    const kind = copy === undefined ? OP_KIND.kernel : OP_KIND.memcpy;
    const common2 = { kind, shape, name: name ?? (copy === undefined ? 'kernel' : 'memcpy') };
    rows.ops.push({ start: t + idle, end: t + idle + ns, correlation: i + 1, ...common2, ...op });
    t += idle + ns;
  });
  for (const { row } of open) row.end = t;
  return buildTrace({ ...rows, ...extra, shapes });
}

const BLOCK = (n: number): string => `temporal_block_${n}`;
const LAYER = 'transformer_block_0';

/** One forward of one layer: K and V cloned (100 bytes each), rolled or not, inserted (25 each), joined. */
function forward(block: number, pass: string, roll: boolean): Step[] {
  const at = (range: string): string[] => [BLOCK(block), pass, LAYER, range];
  const write = roll ? 'kv_roll_and_insert' : 'kv_direct_insert';
  const rolls: Step[] = roll ? [1, 2, 3, 4].map(() => ({ ranges: at(write), ns: 6, idle: 1, copy: 50 })) : [];
  const update: Step = {
    ranges: [BLOCK(block), pass, '_apply_cache_updates'],
    ns: roll ? 30 : 9,
    idle: 2,
    copy: 25,
  };
  return [
    { ranges: at('kv_read_indices'), ns: 1, idle: 4, copy: 8, copyKind: DEVICE_TO_HOST },
    { ranges: at('kv_temp_clone'), ns: 10, idle: 7, copy: 100 },
    { ranges: at('kv_temp_clone'), ns: 10, copy: 100 },
    ...rolls,
    { ranges: at(write), ns: 5, idle: 3, copy: 25 },
    { ranges: at(write), ns: 5, copy: 25 },
    { ranges: at('kv_sink_concat'), ns: 8, idle: 2 },
    { ranges: at('kv_sink_concat'), ns: 8 },
    { ranges: at('attention'), ns: 100, idle: 50, name: 'flash_fwd' },
    update,
    { ...update, idle: 0 },
  ];
}

const row = ({ rows }: KvResult, operation: string, phase: string): KvRow | undefined =>
  rows.find((one) => one.operation === operation && one.phase === phase);

describe('a filling block and a full one, by hand', () => {
  const trace = stepsTrace([
    { ranges: ['initialize_kv_cache'], ns: 3 },
    ...[0, 1].flatMap((pass) => forward(0, `pass_${pass}`, false)),
    ...[0, 1, 2].flatMap((pass) => forward(1, `pass_${pass}`, pass === 0)),
  ]);
  const kv = analyzeKv(trace, { bandwidth: 40e9 });

  test('rows', () => {
    expect(
      kv.rows.map(({ operation, phase, instances, ops, gpuNs, idleNs, bytes }) => {
        return [operation, phase, instances, ops, gpuNs, idleNs, bytes];
      }),
    ).toEqual([
      ['kv.index', 'filling', 2, 2, 2, 8, 16],
      ['kv.index', 'rolling', 1, 1, 1, 4, 8],
      ['kv.index', 'direct', 2, 2, 2, 8, 16],
      ['kv.clone', 'filling', 2, 4, 40, 14, 800],
      ['kv.clone', 'rolling', 1, 2, 20, 7, 400],
      ['kv.clone', 'direct', 2, 4, 40, 14, 800],
      ['kv.roll', 'rolling', 1, 4, 24, 4, 400],
      ['kv.insert', 'filling', 2, 4, 20, 6, 200],
      ['kv.insert', 'rolling', 1, 2, 10, 3, 100],
      ['kv.insert', 'direct', 2, 4, 20, 6, 200],
      // The first block has inserted a quarter of the cache; then it is full.
      ['kv.concat', 'filling', 2, 4, 32, 4, 200],
      ['kv.concat', 'rolling', 1, 2, 16, 2, 400],
      ['kv.concat', 'direct', 2, 4, 32, 4, 800],
      ['kv.update', 'filling', 2, 4, 36, 4, 200],
      ['kv.update', 'rolling', 1, 2, 60, 2, 100],
      ['kv.update', 'direct', 2, 4, 36, 4, 200],
      ['kv.reset', 'outside', 1, 1, 3, 0, undefined],
    ]);
  });

  test('bandwidth is bytes over the time of what moved them', () => {
    expect(row(kv, 'kv.clone', 'direct')).toMatchObject({
      bytesPerSecond: 20e9,
      shareOfPeak: 0.5,
      bytesFrom: 'recorded',
    });
    expect(row(kv, 'kv.concat', 'direct')).toMatchObject({ bytesPerSecond: 25e9, bytesFrom: 'estimated' });
    expect(row(kv, 'kv.reset', 'outside')).toMatchObject({ bytesFrom: 'none', opsWithoutBytes: 1 });
    expect(kv.peak).toEqual({ bytesPerSecond: 40e9, from: 'given' });
  });

  test('blocks: the gap before a block belongs to none', () => {
    expect(kv.blocks.map(({ role, actions }) => [role, actions])).toEqual([
      ['first', [{ actions: 'DD', layers: 1 }]],
      ['steady', [{ actions: 'RDD', layers: 1 }]],
    ]);
    const [, full] = kv.blocks;
    // Per forward: reads 1, clones 20, inserts 10, concats 16, updates 18 (60 after the roll); the roll 24.
    expect(full!.gpuNs).toBe(3 * (1 + 20 + 10 + 16) + 24 + 60 + 18 + 18);
    // Gaps 4 + 7 + 3 + 2 + 2 a forward, 4 in the roll; the first read's lies before the block.
    expect(full!.idleNs).toBe(3 * 18 + 4 - 4);
  });

  test('bounds', () => {
    const of = (edit: string): unknown[] => {
      const { gpuNs, idleNs, perBlockNs } = kv.savings.find((one) => one.edit === edit)!;
      return [gpuNs, idleNs, perBlockNs];
    };
    // The deferred roll: the rolling pass's 60 less a direct pass's 18.
    expect(of('ring-buffer')).toEqual([3 * (20 + 16) + 24 + 42, 3 * (7 + 2) + 4, 174 + 31]);
    expect(of('fused-insert')).toEqual([30, 9, 39]);
    expect(of('ring-buffer+fused-insert')).toEqual([
      3 * (20 + 16 + 10) + 24 + 60 + 36,
      3 * (7 + 2 + 3 + 2) + 4,
      304,
    ]);
    // Before the reads (one of them before the block), and from the reads to the clones.
    expect(of('host-indices')).toEqual([3, 2 * 4 + 3 * 7, 32]);
  });

  test('--window: one block', () => {
    const one = analyzeKv(trace, { window: BLOCK(1) });
    expect(one.blocks.map(({ name }) => name)).toEqual([BLOCK(1)]);
    expect(one.total.gpuNs).toBe(kv.blocks[1]!.gpuNs);
    expect(one.total.idleNs).toBe(kv.blocks[1]!.idleNs);
    expect(one.rows.some(({ phase }) => phase === 'filling' || phase === 'outside')).toBe(false);
  });
});

test('rolls and inserts of the same size are told apart by their order', () => {
  const at = (range: string): string[] => [LAYER, range];
  const trace = stepsTrace([
    ...[1, 2, 3, 4].map((ns) => ({ ranges: at('kv_roll_and_insert'), ns, copy: 25 })),
    { ranges: at('kv_roll_and_insert'), ns: 100, copy: 25 },
    { ranges: at('kv_roll_and_insert'), ns: 200, copy: 25 },
    { ranges: ['transformer_block_1', 'kv_direct_insert'], ns: 5, copy: 25 },
    { ranges: ['transformer_block_1', 'kv_direct_insert'], ns: 5, copy: 25 },
  ]);
  const kv = analyzeKv(trace);
  expect(row(kv, 'kv.roll', 'rolling')).toMatchObject({ ops: 4, gpuNs: 10, bytes: 200 });
  expect(row(kv, 'kv.insert', 'rolling')).toMatchObject({ ops: 2, gpuNs: 300 });
  expect(kv.blocks).toEqual([]);
  expect(kv.notices.join()).toContain('--block');
});

test('a copy hidden behind another op costs no time, but has moved its bytes', () => {
  const trace = stepsTrace([
    { ranges: ['gemm'], ns: 100 },
    { ranges: ['kv_temp_clone'], ns: 10, copy: 100 },
  ]);
  trace.ops.startNs[1] = 20;
  const clone = row(analyzeKv(trace), 'kv.clone', 'direct');
  expect(clone).toMatchObject({ gpuNs: 0, idleNs: 0, bytes: 200, bytesPerSecond: 20e9 });
});

test('bytes that nothing tells are none, not zero', () => {
  const kv = analyzeKv(stepsTrace([{ ranges: ['kv_temp_clone'], ns: 10, name: 'my_copy' }]));
  expect(row(kv, 'kv.clone', 'direct')).toMatchObject({ bytesFrom: 'none', opsWithoutBytes: 1 });
  expect(kv.total).not.toHaveProperty('bytes');
  expect(kv.notices.join()).toContain('no operation has known bytes');
});

test('a trace without KV work is refused with advice', () => {
  const refusal = (trace: Trace, window?: string): UserError => {
    try {
      analyzeKv(trace, window === undefined ? {} : { window });
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
    throw new Error('not refused');
  };
  const none = refusal(stepsTrace([{ ranges: ['ffn'], ns: 10 }]));
  expect(none.message).toContain('no KV-cache operations');
  expect(none.hint).toContain("'kv_clone'");
  const trace = stepsTrace([
    { ranges: ['kv_clone'], ns: 10 },
    { ranges: ['ffn'], ns: 10 },
  ]);
  expect(refusal(trace, 'ffn').message).toBe("Nothing in 'ffn' is KV-cache work.");
});
