import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { messageOf, UserError } from '../../trace/errors.js';
import { sqliteError } from './sqlite-error.js';

/** A database in WAL mode is read into memory whole; a larger one is refused. */
const MAX_IN_MEMORY = 2 ** 30;
/** How long to wait for a program that has the file locked. */
const BUSY_MS = 1000;
/** Bytes 18 and 19 of the header: 1 rollback journal, 2 write-ahead log. */
const WRITE_VERSION = 18;
const READ_VERSION = 19;
const WAL = 2;

/**
 * Opens somebody else's database to be read, leaving nothing beside it.
 * @throws UserError if it cannot be read as it is
 */
export function openSqlite(path: string): Database.Database {
  let db: Database.Database;
  try {
    db = isWal(path)
      ? openCopy(path)
      : new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  } catch (error) {
    throw error instanceof UserError ? error : sqliteError(path, error);
  }
  try {
    // The schema comes from the file too: it may call no function, and its pages are checked as they are read.
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    db.pragma('query_only = ON');
    return db;
  } catch (error) {
    db.close();
    throw sqliteError(path, error);
  }
}

function isWal(path: string): boolean {
  const header = new Uint8Array(READ_VERSION + 1);
  const file = openSync(path, 'r');
  try {
    readSync(file, header, 0, header.length, 0);
  } finally {
    closeSync(file);
  }
  return header[WRITE_VERSION] === WAL || header[READ_VERSION] === WAL;
}

/** Reading a database in WAL mode would make `-wal` and `-shm` files beside it; a copy in memory does not. */
function openCopy(path: string): Database.Database {
  const hint = `make a plain copy with: sqlite3 FILE "VACUUM INTO 'copy.sqlite'"`;
  if (existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) {
    throw new UserError(`${path} is being written: part of it is still in ${path}-wal`, { hint });
  }
  if (statSync(path).size > MAX_IN_MEMORY) {
    throw new UserError(`${path} keeps a write-ahead log and is too large to be read without writing one`, {
      hint,
    });
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  bytes[WRITE_VERSION] = bytes[READ_VERSION] = 1;
  return new Database(bytes, { readonly: true });
}
