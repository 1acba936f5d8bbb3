import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { closestNames } from '../analysis/closest-names.js';
import { UserError } from '../trace/errors.js';
import { catalogueError } from './catalogue-error.js';
import { APPLICATION_ID, CATALOGUE_VERSION, CREATE_TABLES, runOfRow } from './catalogue-schema.js';
import type { CataloguedRun, NewRun, Verdict } from './run-record.js';

/** `make`: a file that is not there is made, with its folder. */
export type OpenFor = 'read' | 'write' | 'make';

/** What `runs set` changes; `undefined` leaves a text as it is, an empty one takes it away. */
export interface RunChanges {
  readonly name?: string;
  readonly base?: string;
  readonly change?: string;
  readonly note?: string;
  readonly verdict?: Verdict | '';
}

/** How long another process may hold the file: an add takes milliseconds, a slow disk seconds. */
const BUSY_MS = 10_000;

const SELECT = `
  SELECT runs.id, runs.name, runs.fingerprint, bases.name AS base, runs.addedAt, runs.path, runs.change, runs.note,
         runs.verdict, runs.facts, runs.measuredWith, runs.metrics, runs.prediction
  FROM runs LEFT JOIN runs AS bases ON bases.id = runs.base`;

/**
 * Opens a catalogue of runs: one SQLite file with a rollback journal, so that it is one file when nobody writes, and
 * works on network disks. Close it.
 * @throws UserError if it is not a catalogue, is newer than this program, damaged or locked
 */
export function openCatalogue(path: string, openFor: OpenFor): Catalogue {
  if (openFor === 'make') makeFolder(path);
  let db: Database.Database;
  try {
    db = new Database(path, { fileMustExist: openFor !== 'make', timeout: BUSY_MS });
  } catch (error) {
    throw catalogueError(path, error);
  }
  try {
    // The file may be somebody else's: its schema calls no functions, and its pages are checked as they are read.
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    db.pragma('foreign_keys = ON');
    if (openFor === 'read') db.pragma('query_only = ON');
    checkVersion(db, path, openFor === 'make');
    return new Catalogue(path, db);
  } catch (error) {
    db.close();
    throw catalogueError(path, error);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new UserError(`the folder ${dirname(path)} cannot be made: ${(error as Error).message}`, {
      hint: 'name a file that can be written with --catalogue',
      cause: error,
    });
  }
}

/** Makes the tables in an empty file. In one transaction, since another process may be doing the same. */
function checkVersion(db: Database.Database, path: string, mayMake: boolean): void {
  const check = (): boolean => {
    const id = Number(db.pragma('application_id', { simple: true }));
    const version = Number(db.pragma('user_version', { simple: true }));
    const tables = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
    if (id === 0 && version === 0 && tables === 0) return false;
    if (id !== APPLICATION_ID) {
      throw new UserError(`${path} is an SQLite database, but no catalogue of runs`, {
        hint: 'name another file with --catalogue',
      });
    }
    if (version > CATALOGUE_VERSION) {
      throw new UserError(
        `the catalogue ${path} was written by a newer gapscope: its version is ${version}, this one reads ${CATALOGUE_VERSION}`,
        { hint: 'use that gapscope, or name another file with --catalogue' },
      );
    }
    return true;
  };
  if (check()) return;
  if (!mayMake) {
    throw new UserError(`the catalogue ${path} is empty`, { hint: 'gapscope runs add TRACE fills it' });
  }
  db.transaction(() => {
    if (check()) return;
    db.exec(CREATE_TABLES);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${CATALOGUE_VERSION}`);
  }).immediate();
}

export class Catalogue {
  readonly path: string;
  readonly #db: Database.Database;

  constructor(path: string, db: Database.Database) {
    this.path = path;
    this.#db = db;
  }

  close(): void {
    this.#db.close();
  }

  /** In the order in which they were added. */
  list(): CataloguedRun[] {
    return this.#guard(() =>
      this.#db
        .prepare(`${SELECT} ORDER BY runs.id`)
        .all()
        .map((row) => runOfRow(row, this.path)),
    );
  }

  /** @throws UserError if there is no such run */
  get(name: string): CataloguedRun {
    const row = this.#guard(() => this.#db.prepare(`${SELECT} WHERE runs.name = ?`).get(name));
    if (row === undefined) throw this.#noSuchRun(name);
    return runOfRow(row, this.path);
  }

  /** The run that holds this recording, if one does. */
  byFingerprint(fingerprint: string): CataloguedRun | undefined {
    const row = this.#guard(() => this.#db.prepare(`${SELECT} WHERE runs.fingerprint = ?`).get(fingerprint));
    return row === undefined ? undefined : runOfRow(row, this.path);
  }

  /**
   * Adds all of them, or none.
   * @throws UserError if a name or a recording is there already, or a base is not
   */
  add(runs: readonly NewRun[]): CataloguedRun[] {
    const insert = this.#guard(() =>
      this.#db.prepare(
        `INSERT INTO runs (name, fingerprint, base, addedAt, path, change, note, verdict, facts, measuredWith, metrics,
           prediction)
         VALUES (@name, @fingerprint, @base, @addedAt, @path, @change, @note, @verdict, @facts, @measuredWith, @metrics,
           @prediction)`,
      ),
    );
    return this.#write(() =>
      runs.map((run) => {
        const twin = this.byFingerprint(run.fingerprint);
        if (twin !== undefined) throw addedAlready(run, twin);
        const name = this.#freeName(run);
        insert.run({
          name,
          fingerprint: run.fingerprint,
          base: run.base === undefined ? null : this.#idOf(run.base),
          addedAt: run.addedAt,
          path: run.path,
          change: run.change ?? null,
          note: run.note ?? null,
          verdict: run.verdict ?? null,
          facts: JSON.stringify(run.facts),
          measuredWith: JSON.stringify(run.measuredWith),
          metrics: JSON.stringify(run.metrics),
          prediction: run.prediction === undefined ? null : JSON.stringify(run.prediction),
        });
        return this.get(name);
      }),
    );
  }

  /** @throws UserError if there is no such run, or other runs are held against it */
  remove(name: string): CataloguedRun {
    return this.#write(() => {
      const run = this.get(name);
      const above = this.#db
        .prepare('SELECT name FROM runs WHERE base = ? ORDER BY id')
        .pluck()
        .all(run.id)
        .map(String);
      if (above.length > 0) {
        throw new UserError(`'${name}' is the base of ${above.map((one) => `'${one}'`).join(', ')}`, {
          hint: `remove these first, or give them another: gapscope runs set NAME --base OTHER`,
        });
      }
      this.#db.prepare('DELETE FROM runs WHERE id = ?').run(run.id);
      return run;
    });
  }

  /** @throws UserError if there is no such run, the name is taken, or a run would descend from itself */
  set(name: string, changes: RunChanges): CataloguedRun {
    return this.#write(() => {
      const { id } = this.get(name);
      const { base, ...texts } = changes;
      if (texts.name !== undefined && texts.name !== name) this.#mustBeFree(texts.name);
      for (const [column, value] of Object.entries(texts)) {
        if (value === undefined) continue;
        // Names of columns are this type's own keys, never a user's text.
        this.#db.prepare(`UPDATE runs SET ${column} = ? WHERE id = ?`).run(value === '' ? null : value, id);
      }
      if (base !== undefined) {
        const baseId = base === '' ? null : this.#idOf(base);
        if (baseId !== null) this.#mustNotDescend(id, baseId, name, base);
        this.#db.prepare('UPDATE runs SET base = ? WHERE id = ?').run(baseId, id);
      }
      return this.get(texts.name ?? name);
    });
  }

  #idOf(name: string): number {
    return this.get(name).id;
  }

  #freeName({ name, isNameGiven }: NewRun): string {
    if (isNameGiven) {
      this.#mustBeFree(name);
      return name;
    }
    let free = name;
    for (let n = 2; this.#isTaken(free); n++) free = `${name}-${n}`;
    return free;
  }

  #isTaken(name: string): boolean {
    return this.#db.prepare('SELECT 1 FROM runs WHERE name = ?').get(name) !== undefined;
  }

  #mustBeFree(name: string): void {
    if (!this.#isTaken(name)) return;
    throw new UserError(`there is a run '${name}' already`, { hint: 'choose another name' });
  }

  #mustNotDescend(id: number, baseId: number, name: string, base: string): void {
    const parent = this.#db.prepare('SELECT base FROM runs WHERE id = ?').pluck();
    const seen = new Set<unknown>();
    for (let at: unknown = baseId; typeof at === 'number' && !seen.has(at); at = parent.get(at)) {
      if (at === id) {
        throw new UserError(
          name === base ? `'${name}' cannot be its own base` : `'${base}' builds on '${name}'`,
          {
            hint: 'a base is a run that does not build on this one',
          },
        );
      }
      seen.add(at);
    }
  }

  #noSuchRun(name: string): UserError {
    const names = this.#guard(() => this.#db.prepare('SELECT name FROM runs').pluck().all().map(String));
    const near = closestNames(name, new Set(names), 3);
    return new UserError(`there is no run '${name}' in ${this.path}`, {
      hint:
        near.length === 0
          ? 'gapscope runs list shows what there is'
          : `did you mean ${near.map((one) => `'${one}'`).join(' or ')}? gapscope runs list shows them all`,
    });
  }

  /** Everything or nothing, also when the process is killed half way. */
  #write<T>(work: () => T): T {
    return this.#guard(() => this.#db.transaction(work).immediate());
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw catalogueError(this.path, error);
    }
  }
}

function addedAlready(run: NewRun, twin: CataloguedRun): UserError {
  return new UserError(`${run.path} is in the catalogue already, as '${twin.name}' (added ${twin.addedAt})`, {
    hint: `nothing was added; gapscope runs set NAME changes what is said of it, gapscope runs remove NAME lets it be measured again`,
  });
}
