import { messageOf } from './errors.js';
import { RUN_FILE, type TableFile } from './files.js';
import type { TraceNotice } from './trace.js';

/** A run file says how a run was made; one larger than this is something else. */
const MAX_BYTES = 1 << 26;

/** What `run.json` holds, or undefined; what cannot be read or parsed becomes a notice. */
export async function readRunFile(file: TableFile | undefined, notices: TraceNotice[]): Promise<unknown> {
  if (file === undefined) return undefined;
  let text: string;
  try {
    const source = await file.open();
    try {
      text = new TextDecoder().decode(await source.read(MAX_BYTES));
    } finally {
      await source.close();
    }
  } catch (error) {
    notices.push({ table: RUN_FILE, message: messageOf(error) });
    return undefined;
  }
  let run: unknown;
  try {
    run = JSON.parse(text) as unknown;
  } catch (error) {
    notices.push({ table: RUN_FILE, message: `is not JSON: ${messageOf(error)}` });
    return undefined;
  }
  if (isWithin(run, MAX_DEPTH)) return run;
  notices.push({ table: RUN_FILE, message: `is nested more than ${MAX_DEPTH} deep and was left out` });
  return undefined;
}

/** Whoever prints it goes down level by level, on a stack that ends somewhere. */
const MAX_DEPTH = 100;

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isWithin(inner, depth - 1));
}
