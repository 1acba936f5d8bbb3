import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UserError } from '../trace/errors.js';

/**
 * Makes a file whole or not at all: `write` fills a file beside it, which then takes its name. What is left after a
 * failure or an interruption is the file that was there before.
 */
export async function writeWhole(file: string, write: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = `${resolve(file)}.${process.pid}.part`;
  await mkdir(dirname(unfinished), { recursive: true });
  try {
    await write(unfinished);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw explained(file, error);
  }
}

/** Writes text piece by piece, never whole in memory; gzipped where the name ends in `.gz`. */
export async function writeText(file: string, pieces: Iterable<string>): Promise<void> {
  await writeWhole(file, async (unfinished) => {
    const source = Readable.from(pieces, { objectMode: true });
    const target = createWriteStream(unfinished);
    if (file.endsWith('.gz')) await pipeline(source, createGzip(), target);
    else await pipeline(source, target);
  });
}

function explained(file: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(`${file} may not be written`, { hint: 'name another file with -o', cause: error });
    case 'EISDIR':
      return new UserError(`${file} is a folder`, { hint: 'name a file in it', cause: error });
    case 'ENOSPC':
      return new UserError(`the disk of ${file} is full`, {
        hint: 'name a file on another disk',
        cause: error,
      });
    default:
      return error;
  }
}
