import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { chunkSource, inflatedSizeHint, seekableSource, type ByteSource } from './byte-source.js';
import { messageOf, UserError } from './errors.js';
import { traceFiles, type TableFile, type TraceFiles } from './files.js';

const CHUNK_BYTES = 256 * 1024;

/** The table files in a folder. */
export async function findTables(folder: string): Promise<TraceFiles> {
  let entries: string[];
  try {
    entries = await readdir(folder);
  } catch (error) {
    throw pathError(folder, error);
  }
  return traceFiles(folder, entries, (entry) => fileOnDisk(join(folder, entry)));
}

/** What a path is, or a sentence about why it cannot be read. */
export async function kindOfPath(path: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw pathError(path, error);
  }
}

/** A file by its path. Its `bytes` are 0 until it is opened, and then as they are at that time. */
export function fileOnDisk(path: string): TableFile {
  let bytes = 0;
  return {
    name: path,
    get bytes() {
      return bytes;
    },
    async open() {
      const { source, size } = await (path.endsWith('.gz') ? openGzip(path) : openFile(path));
      bytes = size;
      return source;
    },
  };
}

interface Opened {
  readonly source: ByteSource;
  readonly size: number;
}

/** A file as it is, whatever its name says. */
export async function openFile(path: string): Promise<Opened> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  // New memory for every batch would cost as much as reading it: the system must clear each page first.
  let scratch: ArrayBuffer | undefined;
  const readAt = async (position: number, want: number, passing: boolean): Promise<Uint8Array> => {
    if (passing && (scratch === undefined || scratch.byteLength < want)) scratch = new ArrayBuffer(want);
    const bytes = new Uint8Array(passing && scratch !== undefined ? scratch : new ArrayBuffer(want), 0, want);
    let filled = 0;
    while (filled < want) {
      const { bytesRead } = await file.read(bytes, filled, want - filled, position + filled);
      if (bytesRead === 0) break; // the file shrank under us: the same as cut
      filled += bytesRead;
    }
    return filled === want ? bytes : bytes.subarray(0, filled);
  };
  return { source: seekableSource(size, readAt, () => file.close()), size };
}

/** A gzipped file, inflated. */
export async function openGzip(path: string): Promise<Opened> {
  const file = await open(path, 'r');
  let size: number;
  let trailer: Uint8Array;
  try {
    ({ size } = await file.stat());
    ({ buffer: trailer } = await file.read(new Uint8Array(4), 0, 4, Math.max(0, size - 4)));
  } finally {
    await file.close();
  }
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  return { source: inflatedSource(stream, inflatedSizeHint(size, trailer)), size };
}

/** `Inflate` with Node's zlib, which works in another thread. */
export function inflate(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => inflated(Readable.from(chunks)).pieces[Symbol.asyncIterator]() };
}

function inflatedSource(stream: Readable, sizeHint: number): ByteSource {
  const { pieces, stop } = inflated(stream);
  return chunkSource(pieces, sizeHint, stop);
}

function inflated(stream: Readable): { pieces: AsyncIterable<Uint8Array>; stop: () => void } {
  // Z_SYNC_FLUSH: a truncated gzip ends quietly after the last byte that could be inflated.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES });
  stream.on('error', (error) => gunzip.destroy(error));
  const stop = (): void => {
    stream.destroy();
    gunzip.destroy();
  };
  stream.pipe(gunzip);
  return { pieces: piecesOfGzip(gunzip), stop };
}

async function* piecesOfGzip(gunzip: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* gunzip;
  } catch (error) {
    throw new Error(`gzip: ${messageOf(error)}`, { cause: error });
  }
}

function pathError(path: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UserError(`there is no file or folder ${path}`, {
        hint: 'check the path; `gapscope capture -o DIR -- CMD…` records a trace into DIR',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new UserError(`${path} may not be read by this user`, {
        hint: 'change its permissions, or read it as the user who recorded it',
        cause: error,
      });
    default:
      return error;
  }
}
