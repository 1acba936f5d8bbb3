import { OP_KIND, SYNC_KIND } from '../trace/schema.js';
import type { Trace } from '../trace/trace.js';
import type { IdLookup } from './id-lookup.js';

/** What a host call does to the thread that makes it. */
export const CALL_CLASS = { api: 0, sync: 1, blockingCopy: 2, alloc: 3 } as const;
/** Names of the classes, by their numbers. */
export const CALL_CLASSES = ['api', 'sync', 'blocking-copy', 'alloc'] as const;

const SYNC = /Synchronize/;
const PLAIN_COPY = /^(?:cuda|cu|hip)Memcpy(?!.*Async)/;
const ALLOC = new RegExp(
  [
    '^(?:cuda|hip)(?:Malloc|Free|HostAlloc|HostMalloc|HostFree|HostRegister|HostUnregister|MemPool|Library(?:Load|Unload))',
    '^cuMem(?:Alloc|Free|HostAlloc|HostRegister|HostUnregister|Create|Release|Map|Unmap|SetAccess|Address|Pool)',
    '^(?:cu|hip)(?:Module|Library)(?:Load|Unload)',
    '^cu(?:FuncLoad|Link)',
  ].join('|'),
);

/** The class of a call by its name alone, with or without CUPTI's version suffix. */
export function callClassOfName(name: string): number {
  if (SYNC.test(name)) return CALL_CLASS.sync;
  if (PLAIN_COPY.test(name)) return CALL_CLASS.blockingCopy;
  if (ALLOC.test(name)) return CALL_CLASS.alloc;
  return CALL_CLASS.api;
}

const PAGEABLE = 1;

/**
 * The class of every call. By name first. What the name leaves as a plain call becomes a blocking copy if its
 * copy or set had ended before it returned, or touches pageable memory (the driver then stages the copy
 * itself); and a wait if the driver recorded it as one (`syncs`).
 */
export function classifyCalls(trace: Trace, launch: Int32Array, lookup: IdLookup): Uint8Array {
  const { calls, ops, shapes, shapeRow, syncs, strings } = trace;
  const ofName = new Int8Array(strings.length).fill(-1);
  const classes = new Uint8Array(calls.length);
  for (let c = 0; c < calls.length; c++) {
    const name = calls.name[c]!;
    let known = ofName[name];
    if (known === undefined || known < 0) {
      known = callClassOfName(strings[name] ?? '');
      ofName[name] = known;
    }
    classes[c] = known;
  }

  for (let i = 0; i < ops.length; i++) {
    const kind = ops.kind[i]!;
    if (kind !== OP_KIND.memcpy && kind !== OP_KIND.memset) continue;
    const call = launch[i]!;
    if (call < 0 || classes[call] !== CALL_CLASS.api || ops.graph[i] !== 0) continue;
    const shape = shapeRow[ops.shape[i]!] ?? -1;
    const pageable = shape >= 0 && (shapes.srcKind[shape] === PAGEABLE || shapes.dstKind[shape] === PAGEABLE);
    const opEnd = ops.startNs[i]! + ops.durationNs[i]!;
    if (pageable || calls.startNs[call]! + calls.durationNs[call]! >= opEnd) {
      classes[call] = CALL_CLASS.blockingCopy;
    }
  }

  for (let i = 0; i < syncs.length; i++) {
    if (syncs.kind[i] === SYNC_KIND.streamWaitEvent || syncs.correlation[i] === 0) continue;
    const call = lookup.get(syncs.correlation[i]!);
    if (call >= 0 && classes[call] === CALL_CLASS.api) classes[call] = CALL_CLASS.sync;
  }
  return classes;
}
