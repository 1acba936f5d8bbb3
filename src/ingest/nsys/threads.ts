import type { NsysFile } from './nsys-file.js';
import { whole } from './ops.js';
import { processSql, threadSql } from './process.js';

/** Names of the threads of processes that were seen; the last name that a thread was given stands. */
export function readThreads(file: NsysFile): void {
  const column = (name: string): string => file.db.column('ThreadNames', name);
  const rows = file.db.select('ThreadNames', [
    processSql(column('globalTid')),
    threadSql(column('globalTid')),
    column('nameId'),
  ]);
  const processes = new Map(file.processes.map((process) => [process.key, process]));
  const names = new Map<string, readonly [process: number, thread: number, name: unknown]>();
  for (const [process, thread, name] of rows) {
    names.set(`${Number(process)}:${Number(thread)}`, [Number(process), whole(thread), name]);
  }
  for (const [key, thread, name] of names.values()) {
    const threads = processes.get(key)?.threads;
    if (threads === undefined) continue;
    const row = threads.add();
    threads.columns.id[row] = thread;
    threads.columns.name[row] = file.names.ofStored(name);
  }
}
