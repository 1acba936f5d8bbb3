import { OVERHEAD_KIND, SYNC_KIND } from '../../trace/schema.js';
import { ownerSql } from './graph-launches.js';
import type { NsysFile } from './nsys-file.js';
import { whole } from './ops.js';
import { processSql, threadSql } from './process.js';

const SYNC = 'CUPTI_ACTIVITY_KIND_SYNCHRONIZATION';
const EVENT = 'CUPTI_ACTIVITY_KIND_CUDA_EVENT';
const CUPTI_OVERHEAD = 'CUPTI_ACTIVITY_KIND_OVERHEAD';
const PROFILER_OVERHEAD = 'PROFILER_OVERHEAD';
export const HOST_TABLES = [SYNC, EVENT, CUPTI_OVERHEAD, PROFILER_OVERHEAD] as const;

/** ENUM_CUPTI_OVERHEAD_TYPE → ours; 0 and 1 are "undefined" and "unknown". */
const OVERHEAD_OF_TYPE: readonly number[] = [
  OVERHEAD_KIND.unknown,
  OVERHEAD_KIND.unknown,
  OVERHEAD_KIND.driverCompiler,
  OVERHEAD_KIND.profilerFlush,
  OVERHEAD_KIND.profilerInstrumentation,
  OVERHEAD_KIND.profilerResource,
  OVERHEAD_KIND.moduleLoading,
  OVERHEAD_KIND.lazyFunctionLoading,
  OVERHEAD_KIND.commandBufferFull,
];

/** Names that the profiler gives its own stalls; they changed between versions, so by their beginning. */
const OVERHEAD_OF_NAME: readonly (readonly [RegExp, number])[] = [
  [/command buffer/i, OVERHEAD_KIND.commandBufferFull],
  [/^lazy function/i, OVERHEAD_KIND.lazyFunctionLoading],
  [/module load/i, OVERHEAD_KIND.moduleLoading],
  [/driver.*compiler|\bjit\b/i, OVERHEAD_KIND.driverCompiler],
  [/flush/i, OVERHEAD_KIND.profilerFlush],
  [/^cupti:? resource|^(?:chunk|tls) allocation/i, OVERHEAD_KIND.profilerResource],
  [
    /^cupti:? instrumentation|profiling (?:initialization|stop|overhead)/i,
    OVERHEAD_KIND.profilerInstrumentation,
  ],
];

/** Waits, recordings of events, and stalls of the driver and the profiler. */
export async function readHost(file: NsysFile): Promise<void> {
  await readSyncs(file);
  await readEvents(file);
  for (const table of [CUPTI_OVERHEAD, PROFILER_OVERHEAD]) await readOverheads(file, table);
}

async function readSyncs(file: NsysFile): Promise<void> {
  const column = (name: string): string => file.db.column(SYNC, name);
  const columns = {
    ...file.spanSql(SYNC),
    process: processSql(column('globalPid')),
    // Up to 2025.2 the type was in a column that is now called deprecatedSyncType.
    type: `coalesce(nullif(${column('syncType')}, 0), ${column('deprecatedSyncType')})`,
    context: column('contextId'),
    stream: column('streamId'),
    event: column('eventId'),
    syncId: column('eventSyncId'),
    correlation: column('correlationId'),
  };
  await file.db.scan(SYNC, columns, (row, at) => {
    const startNs = row[at.startNs];
    if (!file.isTime(startNs)) return;
    const { syncs } = file.process(row[at.process]);
    const sync = syncs.add();
    const type = whole(row[at.type]);
    syncs.columns.startNs[sync] = startNs;
    syncs.columns.durationNs[sync] = whole(row[at.durationNs]);
    syncs.columns.kind[sync] = type <= SYNC_KIND.context ? type : 0;
    syncs.columns.context[sync] = whole(row[at.context]);
    syncs.columns.stream[sync] = whole(row[at.stream]);
    syncs.columns.event[sync] = whole(row[at.event]);
    syncs.columns.syncId[sync] = whole(row[at.syncId]);
    syncs.columns.correlation[sync] = whole(row[at.correlation]);
  });
}

async function readEvents(file: NsysFile): Promise<void> {
  const column = (name: string): string => file.db.column(EVENT, name);
  const columns = {
    process: processSql(column('globalPid')),
    context: column('contextId'),
    stream: column('streamId'),
    event: column('eventId'),
    syncId: column('eventSyncId'),
    correlation: column('correlationId'),
  };
  await file.db.scan(EVENT, columns, (row, at) => {
    const { events } = file.process(row[at.process]);
    const event = events.add();
    events.columns.context[event] = whole(row[at.context]);
    events.columns.stream[event] = whole(row[at.stream]);
    events.columns.event[event] = whole(row[at.event]);
    events.columns.syncId[event] = whole(row[at.syncId]);
    events.columns.correlation[event] = whole(row[at.correlation]);
  });
}

async function readOverheads(file: NsysFile, table: string): Promise<void> {
  const column = (name: string): string => file.db.column(table, name);
  const columns = {
    ...file.spanSql(table),
    process: ownerSql(file, table),
    thread: threadSql(column('globalTid')),
    correlation: column('correlationId'),
    type: column('overheadType'),
    name: column('nameId'),
  };
  const kindOfName = new Map<unknown, number>();
  await file.db.scan(table, columns, (row, at) => {
    const startNs = row[at.startNs];
    if (!file.isTime(startNs)) return;
    let kind = OVERHEAD_OF_TYPE[whole(row[at.type])] ?? OVERHEAD_KIND.unknown;
    if (kind === OVERHEAD_KIND.unknown) {
      const name = row[at.name];
      kind = kindOfName.get(name) ?? overheadKind(file.names.texts[file.names.ofStored(name)] ?? '');
      kindOfName.set(name, kind);
    }
    const { overheads } = file.process(row[at.process]);
    const overhead = overheads.add();
    overheads.columns.startNs[overhead] = startNs;
    overheads.columns.durationNs[overhead] = whole(row[at.durationNs]);
    overheads.columns.kind[overhead] = kind;
    overheads.columns.thread[overhead] = whole(row[at.thread]);
    overheads.columns.correlation[overhead] = whole(row[at.correlation]);
  });
}

/** The kind of a stall by its name; exported for tests. */
export function overheadKind(name: string): number {
  return OVERHEAD_OF_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? OVERHEAD_KIND.unknown;
}
