import { writeFile } from 'node:fs/promises';
import { UserError } from '../trace/errors.js';

/**
 * Writes a text that a user asked for. `what` names it in messages.
 * @throws UserError if the file cannot be written, or is there and may not be replaced
 */
export async function writeTextFile(
  path: string,
  text: string,
  what: string,
  mayReplace: boolean,
): Promise<void> {
  try {
    await writeFile(path, text, { flag: mayReplace ? 'w' : 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && !mayReplace) {
      throw new UserError(`${path} is there already`, { hint: '--force replaces it', cause: error });
    }
    throw new UserError(`${what} could not be written: ${message}`, {
      hint: 'choose another file; its folder must exist',
      cause: error,
    });
  }
}
