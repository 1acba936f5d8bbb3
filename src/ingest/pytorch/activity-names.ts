import { OVERHEAD_KIND, SYNC_KIND } from '../../trace/schema.js';

/** The profiler's names of CUPTI's overheads, in the order in which they are tried. */
const OVERHEADS: readonly (readonly [RegExp, number])[] = [
  [/command buffer full/i, OVERHEAD_KIND.commandBufferFull],
  [/buffer request/i, OVERHEAD_KIND.profilerBufferRequest],
  [/flush/i, OVERHEAD_KIND.profilerFlush],
  [/instrumentation/i, OVERHEAD_KIND.profilerInstrumentation],
  [/resource/i, OVERHEAD_KIND.profilerResource],
  [/compiler/i, OVERHEAD_KIND.driverCompiler],
  [/lazy function/i, OVERHEAD_KIND.lazyFunctionLoading],
  [/module loading/i, OVERHEAD_KIND.moduleLoading],
  [/uvm|unified/i, OVERHEAD_KIND.unifiedMemory],
];

/** `overheads.kind` of the profiler's name for it. */
export function overheadKind(name: string): number {
  return OVERHEADS.find(([pattern]) => pattern.test(name))?.[1] ?? OVERHEAD_KIND.unknown;
}

/** `syncs.kind` of the profiler's name for it, 0 if it is another. */
export function syncKind(name: string): number {
  if (/stream wait event/i.test(name)) return SYNC_KIND.streamWaitEvent;
  if (/event/i.test(name)) return SYNC_KIND.event;
  if (/stream/i.test(name)) return SYNC_KIND.stream;
  return /context|device/i.test(name) ? SYNC_KIND.context : 0;
}

/** CUPTI's `CUpti_ActivityMemcpyKind` and `CUpti_ActivityMemoryKind`, by the words of `Memcpy HtoD (Pageable -> Device)`. */
const COPY_KINDS = ['HtoD', 'DtoH', 'HtoA', 'AtoH', 'AtoA', 'AtoD', 'DtoA', 'DtoD', 'HtoH', 'PtoP'];
const MEMORY_KINDS = ['pageable', 'pinned', 'device', 'array', 'managed', 'device static', 'managed static'];

export interface CopyWords {
  readonly copyKind: number;
  readonly srcKind: number;
  readonly dstKind: number;
}

/**
 * What the name of a copy or a set says: direction and kinds of memory; 0 for what it does not. `Host`, as ROCm
 * writes it, may be pageable or pinned, and so is neither.
 */
export function copyWords(name: string): CopyWords {
  const direction = /\b([HDA]to[HDA]|PtoP)\b/.exec(name)?.[1] ?? '';
  const [, from = '', to = ''] = /\(([^()>]*?)\s*->\s*([^()]*)\)/.exec(name) ?? [];
  const memory = (words: string): number => MEMORY_KINDS.indexOf(words.trim().toLowerCase()) + 1;
  const set = /^Memset \(([^()]*)\)/i.exec(name)?.[1];
  return {
    copyKind: COPY_KINDS.indexOf(direction) + 1,
    srcKind: memory(from),
    dstKind: memory(set ?? to),
  };
}
