import Database from 'better-sqlite3';
import { UserError } from '../../trace/errors.js';
import { clipped } from '../clipped.js';

const EXPORT_AGAIN = 'export it again: nsys export --type sqlite --force-overwrite true FILE.nsys-rep';

/** What went wrong with a database, said to its user; anything that SQLite did not say is passed on. */
export function sqliteError(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  // SQLite quotes from the file what it does not understand, however long.
  const message = clipped(error.message, 300);
  const say = (what: string, hint: string): UserError =>
    new UserError(`${path} ${what}`, { hint, cause: error });
  if (/^SQLITE_NOTADB/.test(code)) return say('is not an SQLite database, or it is encrypted', EXPORT_AGAIN);
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) {
    return say('is being written by another program', 'wait until that has finished');
  }
  if (code === 'SQLITE_READONLY_ROLLBACK' || code === 'SQLITE_CANTOPEN') {
    return say(
      `cannot be read: it was left half written, or may not be read (${message})`,
      `${EXPORT_AGAIN}; check its permissions`,
    );
  }
  if (/^SQLITE_(?:CORRUPT|IOERR|FORMAT)/.test(code)) return say(`is damaged: ${message}`, EXPORT_AGAIN);
  return say(`cannot be read: ${message} (${code})`, EXPORT_AGAIN);
}
