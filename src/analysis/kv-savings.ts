import type { KvCosts } from './kv-costs.js';
import { OPERATION } from './kv-ops.js';
import { PHASE } from './kv-phase.js';
import { KV_PHASES, type KvSaving } from './kv-result.js';

/** KV time of the basis blocks. */
export interface SavingsBasis {
  readonly blocks: number;
  /** The blocks' latencies together. */
  readonly durationNs: number;
  /** Group `operation × phases + phase`. */
  readonly costs: KvCosts;
  /** Gaps right after an index read: the host woke up, decided and launched. */
  readonly idleAfterReadsNs: number;
}

interface Amount {
  readonly gpuNs: number;
  readonly idleNs: number;
}

const GAPS_GO = 'the gaps that end with the removed ops go with them';

/**
 * What edits of the cache could save at most, a block. Upper bounds: the ops' time and the gaps before them, as if what
 * the host does there vanished too and nothing else became the bottleneck.
 */
export function kvSavings(basis: SavingsBasis): KvSaving[] {
  if (basis.blocks === 0) return [];
  const of = (...operations: number[]): Amount =>
    sum(operations.map((operation) => allPhases(basis, operation)));
  const ring = sum([of(OPERATION.clone, OPERATION.roll, OPERATION.concat), deferredRolls(basis)]);
  const insert = of(OPERATION.insert);
  const reads = of(OPERATION.index);
  const edits: (Amount & Pick<KvSaving, 'edit' | 'removes' | 'assumption'>)[] = [
    {
      edit: 'ring-buffer',
      ...ring,
      removes: ['kv.clone', 'kv.roll', 'kv.concat', "the deferred update's rolls"],
      assumption:
        'attention reads sinks and window where they lie, and a new block overwrites the oldest; inserts and the ' +
        `deferred update's own inserts stay; ${GAPS_GO}`,
    },
    {
      edit: 'fused-insert',
      ...insert,
      removes: ['kv.insert'],
      assumption: `the kernel that makes K and V writes them into place; clone and deferred update stay; ${GAPS_GO}`,
    },
    {
      edit: 'ring-buffer+fused-insert',
      ...sum([of(OPERATION.clone, OPERATION.roll, OPERATION.concat, OPERATION.update), insert]),
      removes: ['kv.clone', 'kv.roll', 'kv.insert', 'kv.concat', 'kv.update'],
      assumption: `K and V are written once, into the ring, so nothing is left to update later; ${GAPS_GO}`,
    },
    {
      edit: 'host-indices',
      gpuNs: reads.gpuNs,
      idleNs: reads.idleNs + basis.idleAfterReadsNs,
      removes: ['kv.index'],
      assumption: 'the host keeps the indices itself: the reads go, and the gaps before and right after them',
    },
  ];
  return edits
    .filter(({ gpuNs, idleNs }) => gpuNs + idleNs > 0)
    .map(({ edit, removes, assumption, gpuNs, idleNs }) => {
      const gpu = Math.round(gpuNs / basis.blocks);
      const idle = Math.round(idleNs / basis.blocks);
      const share = (gpuNs + idleNs) / basis.durationNs;
      return { edit, removes, perBlockNs: gpu + idle, gpuNs: gpu, idleNs: idle, share, assumption };
    })
    .sort((a, b) => b.perBlockNs - a.perBlockNs);
}

function allPhases({ costs }: SavingsBasis, operation: number): Amount {
  return sum(
    KV_PHASES.map((_, phase) => {
      const group = operation * KV_PHASES.length + phase;
      return { gpuNs: costs.gpuNs(group), idleNs: costs.idleNs(group) };
    }),
  );
}

/** What updates after a roll cost more than as many updates after a direct insert; nothing without such to compare. */
function deferredRolls({ costs }: SavingsBasis): Amount {
  const rolling = OPERATION.update * KV_PHASES.length + PHASE.rolling;
  const direct = OPERATION.update * KV_PHASES.length + PHASE.direct;
  const scale = costs.instances(rolling) / costs.instances(direct);
  if (!Number.isFinite(scale) || scale === 0) return { gpuNs: 0, idleNs: 0 };
  return {
    gpuNs: Math.max(0, costs.gpuNs(rolling) - scale * costs.gpuNs(direct)),
    idleNs: Math.max(0, costs.idleNs(rolling) - scale * costs.idleNs(direct)),
  };
}

function sum(amounts: readonly Amount[]): Amount {
  return {
    gpuNs: amounts.reduce((total, { gpuNs }) => total + gpuNs, 0),
    idleNs: amounts.reduce((total, { idleNs }) => total + idleNs, 0),
  };
}
