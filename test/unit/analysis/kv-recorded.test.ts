import { beforeAll, describe, expect, test } from 'vitest';
import { analyzeKv, type KvResult, type KvRow } from '../../../src/analysis/kv.js';
import type { Trace } from '../../../src/trace/trace.js';
import { plainOps, RECORDED, recorded, type PlainOp, type RunJson } from './plain-tables.js';

const OPERATION_OF: Record<string, string> = {
  kv_read_indices: 'kv.index',
  kv_temp_clone: 'kv.clone',
  kv_roll_and_insert: 'kv.roll',
  kv_direct_insert: 'kv.insert',
  kv_sink_concat: 'kv.concat',
  _apply_cache_updates: 'kv.update',
  kv_cache_reset: 'kv.reset',
  crossattn_cache_reset: 'kv.reset',
  initialize_kv_cache: 'kv.reset',
  initialize_crossattn_cache: 'kv.reset',
};

/** `operation/phase` of an op by the ranges around it, or undefined. A roll's inserts still count as rolls. */
function keyOf({ names }: PlainOp, fillingBlocks: number, rolling: boolean): string | undefined {
  const range = names.findLast((name) => OPERATION_OF[name] !== undefined);
  if (range === undefined) return undefined;
  const operation = OPERATION_OF[range]!;
  const block = names.find((name) => name.startsWith('temporal_block_'));
  if (block === undefined) return `${operation}/outside`;
  if (names.includes('recache_after_switch')) return `${operation}/recache`;
  if (Number(block.slice(15)) < fillingBlocks) return `${operation}/filling`;
  return `${operation}/${rolling ? 'rolling' : 'direct'}`;
}

describe.each(RECORDED)('%s', (name) => {
  let trace: Trace;
  let kv: KvResult;
  let run: RunJson;
  let ops: PlainOp[];
  beforeAll(async () => {
    trace = await recorded(name);
    run = trace.run as RunJson;
    kv = analyzeKv(trace);
    ops = plainOps(trace);
  });

  test('counts, times and gaps are those of plain loops over the tables', () => {
    const { window, framesPerBlock } = run.config;
    // What a forward does is known when its first layer writes; the reads and the clone come before. So each
    // forward, told by what encloses its layers, is looked through first.
    const forwardOf = ({ names, launch, inGraph }: PlainOp): string => {
      const block = names.findIndex((one) => one.startsWith('temporal_block_'));
      const inner = names
        .slice(block)
        .filter((one) => /^(temporal_block|denoising_step|clean_context)/.test(one));
      return `${inner.join('/')}${inGraph ? launch : ''}`;
    };
    const rolls = new Set(ops.filter(({ names }) => names.includes('kv_roll_and_insert')).map(forwardOf));
    const sums = new Map<string, { ops: number; gpuNs: number; idleNs: number }>();
    for (const op of ops) {
      const key = keyOf(op, window / framesPerBlock, rolls.has(forwardOf(op)));
      if (key === undefined) continue;
      const sum = sums.get(key) ?? { ops: 0, gpuNs: 0, idleNs: 0 };
      sums.set(key, {
        ops: sum.ops + 1,
        gpuNs: sum.gpuNs + op.end - op.start,
        // The window begins with the first op.
        idleNs: sum.idleNs + (op === ops[0] ? 0 : op.gap),
      });
    }
    const found = new Map<string, { ops: number; gpuNs: number; idleNs: number }>();
    for (const row of kv.rows) {
      // `kv_roll_and_insert` is one range; the analyzer tells its two halves apart.
      const operation = row.phase === 'rolling' && row.operation === 'kv.insert' ? 'kv.roll' : row.operation;
      const key = `${operation}/${row.phase}`;
      const sum = found.get(key) ?? { ops: 0, gpuNs: 0, idleNs: 0 };
      found.set(key, {
        ops: sum.ops + row.ops,
        gpuNs: sum.gpuNs + row.gpuNs,
        idleNs: sum.idleNs + row.idleNs,
      });
    }
    expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...sums].sort()));
  });

  test('blocks: their KV time is that of the ops launched in them', () => {
    for (const block of kv.blocks) {
      const own = ops.filter(({ names }) => names.includes(block.name));
      const first = own[0]!;
      let ns = 0;
      for (const op of own) {
        if (!op.names.some((one) => OPERATION_OF[one] !== undefined)) continue;
        ns += op.end - op.start + (op === first ? 0 : op.gap);
      }
      expect(block.gpuNs + block.idleNs, block.name).toBe(ns);
      expect(block.share).toBeCloseTo(ns / (own.at(-1)!.end - first.start), 12);
    }
  });

  test('sums close: rows, blocks and causes', () => {
    const sum = (of: readonly { gpuNs: number; idleNs: number }[]): number =>
      of.reduce((total, { gpuNs, idleNs }) => total + gpuNs + idleNs, 0);
    expect(sum(kv.rows)).toBe(kv.total.gpuNs + kv.total.idleNs);
    expect(kv.rows.reduce((total, { bytes }) => total + (bytes ?? 0), 0)).toBe(kv.total.bytes);
    for (const row of kv.rows) {
      expect(Object.values(row.idleByCause).reduce((a, b) => a + b)).toBe(row.idleNs);
    }
    for (const block of kv.blocks) {
      expect(sum(Object.values(block.operations))).toBe(block.gpuNs + block.idleNs);
    }
    const inLayers = kv.rows.filter(({ operation }) => operation !== 'kv.update' && operation !== 'kv.reset');
    const steady = kv.blocks.filter(({ role }) => role === 'steady');
    expect(steady.length).toBe(kv.basis.blocks);
    expect(inLayers.length).toBeGreaterThan(0);
    const layered = steady.map(({ operations }) => {
      const { 'kv.update': _update, 'kv.reset': _reset, ...rest } = operations;
      return sum(Object.values(rest));
    });
    expect(sum(kv.layers)).toBe(layered.reduce((a, b) => a + b, 0));
  });

  test('bytes a layer in a steady block are what the pipeline says it moves (facts L14)', () => {
    const { bytesMoved } = run.shapes;
    const forwards = 5;
    expect(kv.layers).toHaveLength(run.config.layers);
    for (const { operations } of kv.layers) {
      const perBlock = (operation: keyof typeof operations): number =>
        operations[operation].bytes! / kv.basis.blocks;
      expect(perBlock('kv.clone')).toBe(forwards * bytesMoved.clone);
      expect(perBlock('kv.roll')).toBe(bytesMoved.roll);
      expect(perBlock('kv.insert')).toBe(forwards * bytesMoved.insert);
      expect(perBlock('kv.concat')).toBe(forwards * bytesMoved.concat);
    }
    const of = (phase: string): KvRow =>
      kv.rows.find((row) => row.operation === 'kv.update' && row.phase === phase)!;
    expect(of('direct').bytes! / of('direct').instances).toBe(bytesMoved.deferredDirect);
    expect(of('rolling').bytes! / of('rolling').instances).toBe(bytesMoved.deferredRoll);
  });

  test('the cache of every layer: one roll and four direct inserts a block once the window is full', () => {
    const filling = run.config.window / run.config.framesPerBlock;
    kv.blocks.forEach(({ name: block, role, actions }, b) => {
      const expected = (role === 'switch' ? 'C' : '') + (b < filling ? 'DDDDD' : 'RDDDD');
      expect(actions, block).toEqual([{ actions: expected, layers: run.config.layers }]);
    });
  });

  test('concatenations while the window fills read what the blocks so far inserted', () => {
    const { bytesMoved } = run.shapes;
    const row = kv.rows.find(({ operation, phase }) => operation === 'kv.concat' && phase === 'filling')!;
    // 3, 6, 9 and 12 of 12 frames, five forwards each.
    expect(row.bytes).toBe((run.config.layers * 5 * bytesMoved.concat * (3 + 6 + 9 + 12)) / 12);
  });
});

test('full shape, batch 1: copies are records, and the published bytes hold to the byte', async () => {
  const { rows, layers, basis } = analyzeKv(await recorded('full-eager'));
  const [layer] = layers;
  expect(layer!.operations['kv.clone'].bytes! / basis.blocks / 5).toBe(230_031_360);
  expect(layer!.operations['kv.roll'].bytes! / basis.blocks).toBe(230_031_360);
  expect(layer!.operations['kv.insert'].bytes! / basis.blocks / 5).toBe(57_507_840);
  expect(layer!.operations['kv.concat'].bytes! / basis.blocks / 5).toBe(230_031_360);
  for (const { operation, bytesFrom } of rows) {
    const estimated = operation === 'kv.concat' || operation === 'kv.reset';
    expect(bytesFrom, operation).toBe(estimated ? 'estimated' : 'recorded');
  }
  // Seven reads a layer when rolling, four when recomputing, five when appending (facts L12); block 0 never counts as
  // recomputing, and one forward of each other filling block appends.
  const reads = (phase: string): number =>
    rows.find((row) => row.operation === 'kv.index' && row.phase === phase)!.ops;
  expect(reads('rolling')).toBe(6 * 30 * 7);
  expect(reads('direct')).toBe(6 * 4 * 30 * 4);
});

test('batch 2: slices are copied by kernels, whose bytes are estimated; whole clones stay copies', async () => {
  const { rows } = analyzeKv(await recorded('full-batch2'));
  const from = (operation: string): string[] =>
    rows.filter((row) => row.operation === operation).map(({ bytesFrom }) => bytesFrom);
  expect(new Set(from('kv.clone'))).toEqual(new Set(['recorded']));
  for (const operation of ['kv.roll', 'kv.insert', 'kv.concat', 'kv.update']) {
    expect(new Set(from(operation)), operation).toEqual(new Set(['estimated']));
  }
});

test('in graph replays CUPTI gets sizes wrong: the siblings put them right, and the result says so', async () => {
  const graphs = analyzeKv(await recorded('small-graphs'));
  const eager = analyzeKv(await recorded('small-eager'));
  const bytes = ({ rows }: KvResult, operation: string): (number | undefined)[] =>
    rows.filter((row) => row.operation === operation).map((row) => row.bytes);
  for (const operation of ['kv.clone', 'kv.roll', 'kv.insert', 'kv.concat', 'kv.update']) {
    expect(bytes(graphs, operation), operation).toEqual(bytes(eager, operation));
  }
  expect(graphs.estimates.join()).toContain('1733 differed');
});
