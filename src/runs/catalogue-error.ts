import Database from 'better-sqlite3';
import { UserError } from '../trace/errors.js';

/** What went wrong with a catalogue, said to its user; anything that SQLite did not say is passed on. */
export function catalogueError(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  const say = (what: string, hint: string): UserError =>
    new UserError(`the catalogue ${path} ${what}`, { hint, cause: error });
  if (code.startsWith('SQLITE_NOTADB')) {
    return say('is no SQLite database', 'name another file with --catalogue, or move this one away');
  }
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) {
    return say('is being written by another program', 'try again when that has finished');
  }
  if (/^SQLITE_(?:READONLY|CANTOPEN|PERM|AUTH)/.test(code)) {
    return say(
      `cannot be opened or written (${message})`,
      'check the permissions of the file and its folder, or name another with --catalogue',
    );
  }
  if (/^SQLITE_(?:FULL|IOERR)/.test(code)) {
    return say(`cannot be read or written (${message})`, 'nothing was changed; is the disk full?');
  }
  return say(
    `is damaged (${message})`,
    'bring it back from a backup, or move it away and add the runs again',
  );
}
