import { createHash, randomUUID } from 'node:crypto';
import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { messageOf } from '../trace/errors.js';
import { MAX_NOTES_BYTES, NO_NOTES, parseNotes, type Notes } from '../trace/notes.js';

export interface StoredNotes {
  readonly notes: Notes;
  /** Changes with the file: who writes says which one he had read. */
  readonly revision: string;
  /** Why the file that is there cannot be used; it is then never written over. */
  readonly problem?: string;
}

const NO_FILE = 'none';

export async function readNotes(path: string): Promise<StoredNotes> {
  const unusable = (problem: string): StoredNotes => ({ notes: NO_NOTES, revision: 'unusable', problem });
  let text: string;
  try {
    const file = await lstat(path);
    // A link could make a trace from somewhere else show what lies elsewhere on this machine.
    if (!file.isFile()) return unusable('notes.json is not a plain file');
    if (file.size > MAX_NOTES_BYTES) return unusable('notes.json is too large');
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { notes: NO_NOTES, revision: NO_FILE };
    return unusable(`notes.json cannot be read: ${messageOf(error)}`);
  }
  const revision = createHash('sha256').update(text).digest('hex').slice(0, 16);
  try {
    const parsed = parseNotes(JSON.parse(text));
    return 'notes' in parsed
      ? { notes: parsed.notes, revision }
      : unusable(`notes.json is not as it should be: ${parsed.problem}`);
  } catch {
    return unusable('notes.json is not JSON');
  }
}

/**
 * Writes beside, then renames: whoever reads gets the old notes or the new ones, never half of either.
 * @returns the new revision
 */
export async function writeNotes(path: string, notes: Notes): Promise<string> {
  const text = `${JSON.stringify(notes, undefined, 2)}\n`;
  const beside = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeFile(beside, text, { flag: 'wx' });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
