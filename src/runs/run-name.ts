import { basename, resolve } from 'node:path';
import { UserError } from '../trace/errors.js';

const MAX_NAME = 200;
/** What a terminal would act on, or a shell cannot be given. */
// eslint-disable-next-line no-control-regex -- control characters are what this is about
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const ENDINGS = /(?:\.(?:trace|tar|gz|tgz|sqlite|sqlite3|db|json|pt))+$/i;

/** The name of a run after its trace: `traces/small-eager.trace` → `small-eager`. */
export function nameOfTrace(path: string): string {
  const file = basename(resolve(path)).replace(UNFIT, '_');
  const stem = file.replace(ENDINGS, '') || file;
  return stem.replace(/^-+/, '').slice(0, MAX_NAME) || 'run';
}

/** @throws UserError if a run cannot be called so */
export function checkedName(name: string): string {
  const trimmed = name.trim();
  const why =
    trimmed === ''
      ? 'it is empty'
      : trimmed.length > MAX_NAME
        ? `it is longer than ${MAX_NAME} characters`
        : trimmed.search(UNFIT) >= 0
          ? 'it holds control characters'
          : trimmed.startsWith('-')
            ? 'it would be taken for an option'
            : undefined;
  if (why === undefined) return trimmed;
  throw new UserError(`a run cannot be called '${name.slice(0, MAX_NAME)}': ${why}`, {
    hint: 'choose a short name, such as graphs or window-9',
  });
}
