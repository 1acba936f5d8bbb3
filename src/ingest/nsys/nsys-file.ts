import { clockOf, type NsysClock } from './clock.js';
import { Losses } from './losses.js';
import { metadataOf, type Metadata } from './metadata.js';
import { Names } from './names.js';
import type { NsysDatabase } from './nsys-database.js';
import { NsysProcess, processSql } from './process.js';

/** A time this far from the session's was never one. */
const SANE_NS = 2 ** 53;

/** What is known of a file while it is being read. */
export class NsysFile {
  readonly db: NsysDatabase;
  readonly metadata: Metadata;
  readonly clock: NsysClock;
  readonly names: Names;
  readonly losses = new Losses();
  readonly #processes = new Map<number, NsysProcess>();
  #only: number | undefined;

  constructor(db: NsysDatabase) {
    this.db = db;
    this.metadata = metadataOf(db);
    this.clock = clockOf(db, this.metadata);
    this.names = new Names(db);
  }

  get processes(): readonly NsysProcess[] {
    return [...this.#processes.values()];
  }

  /** A time as SQL, relative to the origin. */
  timeSql(table: string, column: string): string {
    return `${this.db.column(table, column)} - ${this.clock.originSql}`;
  }

  /** `startNs` and `durationNs` as SQL; the latter null where the end is. */
  spanSql(table: string): { readonly startNs: string; readonly durationNs: string } {
    return {
      startNs: this.timeSql(table, 'start'),
      durationNs: `${this.db.column(table, 'end')} - ${this.db.column(table, 'start')}`,
    };
  }

  /** Process of a `globalPid` or `globalTid` that was read with `processSql`. */
  process(key: unknown): NsysProcess {
    const known = typeof key === 'number' ? key : (this.#only ??= this.#onlyProcess());
    let process = this.#processes.get(known);
    if (process === undefined) this.#processes.set(known, (process = new NsysProcess(known)));
    return process;
  }

  isTime(value: unknown): value is number {
    if (typeof value === 'number' && value > -SANE_NS && value < SANE_NS) return true;
    this.losses.count('badTimes');
    return false;
  }

  /** Key and path of every program that the profiler saw. */
  processNames(): (readonly [key: number, name: unknown])[] {
    const rows = this.db.select('PROCESSES', [
      processSql(this.db.column('PROCESSES', 'globalPid')),
      this.db.column('PROCESSES', 'name'),
    ]);
    return rows.map(([key, name]) => [Number(key), name] as const);
  }

  /** Rows that name no process belong to the one that called CUDA, if there is but one; else to a process of their own. */
  #onlyProcess(): number {
    const table = 'CUPTI_ACTIVITY_KIND_RUNTIME';
    if (!this.db.has(table, 'globalTid')) return 0;
    const keys = this.db.distinct(table, processSql('"globalTid"'));
    return keys.length === 1 && typeof keys[0] === 'number' ? keys[0] : 0;
  }
}
