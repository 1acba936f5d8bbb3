import { expect, test } from 'vitest';
import { CAUSES } from '../../../src/analysis/causes.js';
import { KV_OPERATIONS, type KvResult, type KvRow } from '../../../src/analysis/kv-result.js';
import { kvBookkeeping } from '../../../src/report/findings/kv-bookkeeping.js';
import { results } from './hand-made.js';

const COST = {
  instances: 4,
  ops: 8,
  gpuNs: 30_000,
  idleNs: 10_000,
  bytesFrom: 'none',
  opsWithoutBytes: 8,
} as const;
const NO_IDLE = Object.fromEntries(CAUSES.map((cause) => [cause, 0])) as KvRow['idleByCause'];

function kvResult(share: number): KvResult {
  return {
    schema: 'gapscope.kv/1',
    pid: 7,
    window: { device: 0, startNs: 0, endNs: 1e6, spanNs: 1e6 },
    total: { ...COST, share: 0.04 },
    rows: [
      {
        ...COST,
        operation: 'kv.clone',
        phase: 'rolling',
        idleByCause: { ...NO_IDLE, host: 7_500, launch: 2_500 },
        shareOfPeak: 0.5,
      },
    ],
    blocks: [1, 2].map((block) => ({
      ...COST,
      name: `temporal_block_${block}`,
      role: 'steady',
      startNs: block * 1_000,
      durationNs: 400_000,
      share: 0.1,
      operations: Object.fromEntries(
        KV_OPERATIONS.map((operation) => [operation, { gpuNs: 0, idleNs: 0 }]),
      ) as KvResult['blocks'][number]['operations'],
      actions: [],
    })),
    basis: { role: 'steady', blocks: 2, durationNs: 800_000 },
    shareOfBlock: 0.1,
    layers: [],
    savings: [
      {
        edit: 'host-indices',
        removes: ['kv.index'],
        perBlockNs: 99_000,
        gpuNs: 0,
        idleNs: 99_000,
        share: 0.2,
        assumption: '',
      },
      {
        edit: 'ring-buffer',
        removes: ['kv.clone'],
        perBlockNs: 20_000,
        gpuNs: 16_000,
        idleNs: 4_000,
        share,
        assumption: 'it lies still',
      },
    ],
    estimates: [],
    notices: [],
  };
}

test('kv-bookkeeping: the largest saving a block, over all blocks; its gaps by the causes of all KV gaps', () => {
  const found = kvBookkeeping(results({ rest: { kv: { result: kvResult(0.05) } } }));
  expect(found?.claims).toEqual([
    { pool: 'gpu:kv', ns: 32_000 },
    { pool: 'idle:launch', ns: 2_000 },
    { pool: 'idle:host', ns: 6_000 },
  ]);
  expect(found?.evidence[0]?.place).toEqual({ startNs: 1_000, durationNs: 400_000, on: 'projection' });
  expect(found?.evidence[1]?.text).toBe(
    'kv.clone, rolling: 30.0 µs on the GPU, 10.0 µs waiting, at 50.0 % of peak bandwidth.',
  );
  expect(found?.because).toContain('it lies still.');
});

test('kv-bookkeeping: nothing below half a percent of a block', () => {
  expect(kvBookkeeping(results({ rest: { kv: { result: kvResult(0.004) } } }))).toBeUndefined();
});
