import { messageOf, UserError } from '../../trace/errors.js';
import type * as Nsys from './import-nsys.js';

/** The reader of SQLite is native code; where it could not be built, everything else still works. */
const MISSING = new Set(['ERR_MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED', 'MODULE_NOT_FOUND']);

/** @throws UserError if better-sqlite3 is not there, which is an optional dependency */
export async function loadNsys(): Promise<typeof Nsys> {
  try {
    return await import('./import-nsys.js');
  } catch (error) {
    throw withoutSqlite(error);
  }
}

/** An error about the missing native code, as what the user can do about it; any other error as it is. */
export function withoutSqlite(error: unknown, what = 'Nsight Systems files cannot be read here'): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const isMissing =
    (code !== undefined && MISSING.has(code)) || /could not locate the bindings file/i.test(messageOf(error));
  if (!isMissing) return error;
  return new UserError(`${what}: better-sqlite3 is not installed`, {
    hint: 'it is built when packages are installed, which needs a C++ compiler and make: install them, then `npm ci`',
    cause: error,
  });
}
