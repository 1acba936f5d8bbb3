import { OVERHEAD_KIND, SYNC_KIND } from '../trace/schema.js';

/** What the PyTorch profiler calls overheads and waits; the importer knows them by these names. */
const OVERHEAD_NAMES: Readonly<Record<number, string>> = {
  [OVERHEAD_KIND.unknown]: 'Unknown',
  [OVERHEAD_KIND.driverCompiler]: 'Driver Compiler',
  [OVERHEAD_KIND.profilerFlush]: 'Buffer Flush',
  [OVERHEAD_KIND.profilerInstrumentation]: 'Instrumentation',
  [OVERHEAD_KIND.profilerResource]: 'Resource',
  [OVERHEAD_KIND.moduleLoading]: 'Runtime Triggered Module Loading',
  [OVERHEAD_KIND.lazyFunctionLoading]: 'Lazy Function Loading',
  [OVERHEAD_KIND.commandBufferFull]: 'Command Buffer Full',
  [OVERHEAD_KIND.profilerBufferRequest]: 'Activity Buffer Request',
  [OVERHEAD_KIND.unifiedMemory]: 'UVM Activity Init',
};

const SYNC_NAMES: Readonly<Record<number, string>> = {
  [SYNC_KIND.event]: 'Event Sync',
  [SYNC_KIND.streamWaitEvent]: 'Stream Wait Event',
  [SYNC_KIND.stream]: 'Stream Sync',
  [SYNC_KIND.context]: 'Context Sync',
};

export function overheadName(kind: number): string {
  return OVERHEAD_NAMES[kind] ?? 'Unknown';
}

export function syncName(kind: number): string {
  return SYNC_NAMES[kind] ?? 'Unknown Sync';
}
