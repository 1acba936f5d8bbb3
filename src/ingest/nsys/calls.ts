import type { NsysFile } from './nsys-file.js';
import { whole } from './ops.js';
import { processSql, threadSql } from './process.js';

/** Runtime and driver calls both. */
export const RUNTIME = 'CUPTI_ACTIVITY_KIND_RUNTIME';

/** A result that does not fit its column is still not success. */
const MAX_RESULT = 0xffff;

export async function readCalls(file: NsysFile): Promise<void> {
  const column = (name: string): string => file.db.column(RUNTIME, name);
  const columns = {
    ...file.spanSql(RUNTIME),
    process: processSql(column('globalTid')),
    thread: threadSql(column('globalTid')),
    correlation: column('correlationId'),
    name: column('nameId'),
    result: column('returnValue'),
  };
  await file.db.scan(RUNTIME, columns, (row, at) => {
    const startNs = row[at.startNs];
    if (!file.isTime(startNs)) return;
    const { calls } = file.process(row[at.process]);
    const call = calls.add();
    calls.columns.startNs[call] = startNs;
    calls.columns.durationNs[call] = whole(row[at.durationNs]);
    calls.columns.name[call] = file.names.ofCall(row[at.name]);
    calls.columns.thread[call] = whole(row[at.thread]);
    calls.columns.correlation[call] = whole(row[at.correlation]);
    calls.columns.result[call] = Math.min(MAX_RESULT, whole(row[at.result]));
  });
}
