import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { UserError } from '../../trace/errors.js';
import type { ImportOptions } from '../import-options.js';
import { openSqlite } from './open-sqlite.js';
import { sqliteError } from './sqlite-error.js';

/** One row in the order of the columns asked for. Typed arrays and comparisons turn whatever it holds into numbers. */
export type Row = readonly (number | string | Uint8Array | null)[];

/** Rows a query; small enough that their objects die young. */
const CHUNK = 4096;
const REPORT_EVERY_MS = 100;

/**
 * An export, as it is: tables and columns may be missing, since a table without rows is not made and every version
 * of the schema has its own columns (`docs/import.md`). Rows come in the file's order, which is no order.
 */
export class NsysDatabase {
  readonly path: string;
  readonly bytes: number;
  readonly #db: Database.Database;
  readonly #options: ImportOptions;
  /** Name as in the documentation → name in the file, and its columns in lower case. */
  readonly #tables = new Map<string, { readonly name: string; readonly columns: ReadonlySet<string> }>();
  #done = 0;
  #total = 0;
  #reportedAt = 0;

  /** @throws UserError if the file cannot be read */
  constructor(path: string, options: ImportOptions = {}) {
    this.path = path;
    this.#options = options;
    this.#db = openSqlite(path);
    try {
      this.bytes = statSync(path).size;
      this.#listTables();
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  get tables(): readonly string[] {
    return [...this.#tables.keys()];
  }

  has(table: string, column?: string): boolean {
    const found = this.#tables.get(table);
    return found !== undefined && (column === undefined || found.columns.has(column.toLowerCase()));
  }

  /** A column as SQL, or what stands for it where the table lacks it. */
  column(table: string, column: string, otherwise = 'NULL'): string {
    return this.has(table, column) ? `"${column}"` : otherwise;
  }

  /** All rows of a small table, by column; none if there is no such table, null where it lacks the column. */
  all(table: string, columns: readonly string[], rest = ''): Row[] {
    return this.select(
      table,
      columns.map((column) => this.column(table, column)),
      rest,
    );
  }

  /** The same by SQL expressions; `rest` is a WHERE or LIMIT. */
  select(table: string, expressions: readonly string[], rest = ''): Row[] {
    const found = this.#tables.get(table);
    if (found === undefined) return [];
    const sql = `SELECT ${expressions.join(', ')} FROM "${found.name}" ${rest}`;
    return this.#guard(() => this.#prepare(sql).all() as Row[]);
  }

  /** A column of integers that may pass 2^53, of a small table; what is not an integer is left out. */
  bigints(table: string, column: string, where = ''): bigint[] {
    if (!this.has(table, column)) return [];
    const { name } = this.#tables.get(table)!;
    const rows = this.#guard(
      () => this.#prepare(`SELECT CAST("${column}" AS TEXT) FROM "${name}" ${where}`).all() as Row[],
    );
    return rows.flatMap(([text]) => (/^-?\d{1,19}$/.test(String(text)) ? [BigInt(String(text))] : []));
  }

  /** Different values of an expression over all rows. */
  distinct(table: string, expression: string): Row[number][] {
    const found = this.#tables.get(table);
    if (found === undefined) return [];
    const rows = this.#guard(
      () => this.#prepare(`SELECT DISTINCT ${expression} FROM "${found.name}" LIMIT 65536`).all() as Row[],
    );
    return rows.flatMap(([value]) => (value === undefined || value === null ? [] : [value]));
  }

  /** A look-up that is made many times: `SELECT "column" FROM "table" WHERE "key" = ?`. */
  lookUp(table: string, key: string, column: string): (value: number) => Row[number] | undefined {
    const found = this.#tables.get(table);
    if (!this.has(table, key) || !this.has(table, column)) return () => undefined;
    const statement = this.#guard(() =>
      this.#prepare(`SELECT "${column}" FROM "${found!.name}" WHERE "${key}" = ?`),
    );
    return (value) => this.#guard(() => (statement.get(value) as Row | undefined)?.[0]);
  }

  /** Adds a table to what `scan` will have to read. */
  expect(...tables: readonly string[]): void {
    for (const table of tables) {
      const found = this.#tables.get(table);
      if (found === undefined) continue;
      const [row] = this.#guard(() => this.#prepare(`SELECT max(rowid) FROM "${found.name}"`).all() as Row[]);
      this.#total += Number(row?.[0] ?? 0);
    }
  }

  /**
   * Calls `each` for every row; `columns` are SQL expressions, and `at` says where in a row each is. Lets the event
   * loop run in between.
   * @throws UserError if the file is damaged
   */
  async scan<C extends string>(
    table: string,
    columns: Readonly<Record<C, string>>,
    each: (row: Row, at: Readonly<Record<C, number>>) => void,
  ): Promise<void> {
    const found = this.#tables.get(table);
    if (found === undefined) return;
    const names = Object.keys(columns) as C[];
    const at = Object.fromEntries(names.map((name, i) => [name, i])) as Record<C, number>;
    const list = names.map((name) => columns[name]).join(', ');
    // By row id, so that a damaged file which repeats its pages is seen to do so, and ends.
    const statement = this.#guard(() =>
      this.#prepare(
        `SELECT ${list}, rowid FROM "${found.name}" WHERE rowid > ? ORDER BY rowid LIMIT ${CHUNK}`,
      ),
    );
    let last = Number.MIN_SAFE_INTEGER;
    for (;;) {
      const rows = this.#guard(() => statement.all(last) as Row[]);
      for (const row of rows) {
        const id = row[names.length] as number;
        if (!(id > last)) {
          throw new UserError(`${this.path} is damaged: the rows of ${table} repeat`, {
            hint: 'export it again: nsys export --type sqlite --force-overwrite true FILE.nsys-rep',
          });
        }
        last = id;
        each(row, at);
      }
      this.#done += rows.length;
      await this.#pause(table);
      if (rows.length < CHUNK) return;
    }
  }

  async #pause(table: string): Promise<void> {
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_EVERY_MS) return;
    this.#reportedAt = now;
    const text = `reading ${table.replace('CUPTI_ACTIVITY_KIND_', '').replaceAll('_', ' ').toLowerCase()}`;
    this.#options.progress?.({ text, done: this.#done, total: Math.max(this.#done, this.#total) });
    await new Promise((resolve) => setImmediate(resolve));
    this.#options.signal?.throwIfAborted();
  }

  #listTables(): void {
    const rows = this.#guard(
      () => this.#prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all() as Row[],
    );
    // A table may carry a version, NAME_V2; the highest stands for the name.
    for (const name of rows.map(([text]) => String(text)).toSorted()) {
      if (!/^[A-Za-z]\w*$/.test(name)) continue;
      const columns = this.#guard(() => this.#prepare(`PRAGMA table_info("${name}")`).all() as Row[]);
      const known = name.replace(/_V\d+$/, '');
      if (known !== name && this.#tables.get(known)?.name === known) continue;
      this.#tables.set(known, { name, columns: new Set(columns.map((row) => String(row[1]).toLowerCase())) });
    }
  }

  #prepare(sql: string): Database.Statement {
    return this.#db.prepare(sql).raw();
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw sqliteError(this.path, error);
    }
  }
}
