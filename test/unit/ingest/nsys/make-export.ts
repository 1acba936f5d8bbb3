import { join } from 'node:path';
import Database from 'better-sqlite3';
import { temporaryFolder } from '../../small-trace.js';

export type Value = number | bigint | string | null;
export type Rows = readonly Readonly<Record<string, Value>>[];

/** A process and its threads as the file packs them: machine 1, `pid`, `tid`. */
export function globalPid(pid: number, machine = 1): bigint {
  return (BigInt(machine) << 48n) | (BigInt(pid) << 24n);
}
export function globalTid(pid: number, tid: number, machine = 1): bigint {
  return globalPid(pid, machine) | BigInt(tid);
}

/**
 * Writes an export with these tables. A table's columns are those that its rows name; rows that lack one have NULL.
 * Names are given as text under `$column` and stored in StringIds.
 */
export function makeExport(tables: Readonly<Record<string, Rows>>, name = 'made.sqlite'): string {
  const path = join(temporaryFolder(), name);
  const db = new Database(path);
  const strings = new Map<string, number>();
  const idOf = (text: string): number => {
    if (!strings.has(text)) strings.set(text, strings.size + 1);
    return strings.get(text)!;
  };
  const insertAll = db.transaction(() => {
    for (const [table, rows] of Object.entries(tables)) {
      const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const columns = keys.map((key) => `"${key.replace('$', '')}"`).join(', ');
      db.exec(`CREATE TABLE "${table}" (${columns})`);
      const insert = db.prepare(`INSERT INTO "${table}" VALUES (${keys.map(() => '?').join(', ')})`);
      for (const row of rows) {
        insert.run(
          keys.map((key) => stored(key.startsWith('$') ? idOf(String(row[key])) : (row[key] ?? null))),
        );
      }
    }
    if (!('StringIds' in tables)) db.exec('CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT)');
    for (const [text, id] of strings) db.prepare('INSERT INTO StringIds VALUES (?, ?)').run(id, text);
  });
  insertAll();
  db.close();
  return path;
}

/** better-sqlite3 stores a number as REAL; exports hold integers. */
function stored(value: Value): Value {
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}

const PID = 111;
const TID = 112;

/** One kernel and its launch, with what a test wants different. */
export function kernelRow(over: Readonly<Record<string, Value>> = {}): Record<string, Value> {
  return {
    start: 2000,
    end: 3000,
    deviceId: 0,
    contextId: 1,
    streamId: 7,
    correlationId: 1,
    globalPid: globalPid(PID),
    $demangledName: 'kernel_a',
    registersPerThread: 32,
    gridX: 4,
    gridY: 1,
    gridZ: 1,
    blockX: 128,
    blockY: 1,
    blockZ: 1,
    staticSharedMemory: 0,
    dynamicSharedMemory: 1024,
    ...over,
  };
}

export function callRow(over: Readonly<Record<string, Value>> = {}): Record<string, Value> {
  return {
    start: 1000,
    end: 1500,
    eventClass: 0,
    globalTid: globalTid(PID, TID),
    correlationId: 1,
    $nameId: 'cudaLaunchKernel_v7000',
    returnValue: 0,
    ...over,
  };
}

export function rangeRow(over: Readonly<Record<string, Value>> = {}): Record<string, Value> {
  return {
    start: 900,
    end: 1600,
    eventType: 59,
    text: 'layer:0',
    globalTid: globalTid(PID, TID),
    textId: null,
    domainId: 0,
    ...over,
  };
}

export const KERNEL = 'CUPTI_ACTIVITY_KIND_KERNEL';
export const RUNTIME = 'CUPTI_ACTIVITY_KIND_RUNTIME';
export const MEMCPY = 'CUPTI_ACTIVITY_KIND_MEMCPY';
export const META = 'META_DATA_EXPORT';
