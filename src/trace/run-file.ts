import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from './errors.js';
import type { TraceNotice } from './trace.js';

/** `run.json` of a folder, or undefined; what cannot be parsed becomes a notice. */
export async function readRunFile(folder: string, notices: TraceNotice[]): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(join(folder, 'run.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    notices.push({ table: 'run.json', message: messageOf(error) });
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    notices.push({ table: 'run.json', message: `is not JSON: ${messageOf(error)}` });
    return undefined;
  }
}
