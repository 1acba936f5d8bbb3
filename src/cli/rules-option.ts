import { readFile } from 'node:fs/promises';
import type { Argv } from 'yargs';
import type { Rules } from '../analysis/rules.js';
import { UserError } from '../trace/errors.js';

/** Where a command sorts ops into classes. */
export function withRules<T>(yargs: Argv<T>): Argv<T & { rules: string | undefined }> {
  return yargs.option('rules', {
    type: 'string',
    requiresArg: true,
    describe: 'A JSON file that says which ranges and kernels are what (docs/breakdown.md)',
  });
}

/**
 * Reads `--rules`; undefined if it was not given.
 * @throws UserError if the file cannot be read, or holds a mistake
 */
export async function readRules(path: string | undefined): Promise<Rules | undefined> {
  if (path === undefined) return undefined;
  const { parseRules } = await import('../analysis/rules-file.js');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new UserError(`Cannot read the rules '${path}': ${why}.`, {
      hint: 'docs/breakdown.md has a rules file to start from.',
    });
  }
  return parseRules(text, path);
}
