import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import type { Run } from '../../trace/trace.js';
import type { ImportOptions } from '../import-options.js';
import { fileChunks } from './file-chunks.js';
import { readInParts } from './read-in-parts.js';
import { concluded, readPytorch, type PytorchInfo } from './read-pytorch.js';

/** Large enough that handing a chunk over costs nothing beside reading it. */
const CHUNK = 1 << 20;
const PROGRESS_MS = 200;

/**
 * Reads a PyTorch profiler or Chrome trace, gzipped or not (told by its first bytes, not by its name).
 * @throws UserError if it is no such file or holds no GPU work.
 */
export async function importPytorch(path: string, options: ImportOptions = {}): Promise<Run> {
  const { size } = await stat(path);
  const isCompressed = await isGzip(path);
  const info = {
    name: basename(path).replace(/(?:\.pt\.trace)?\.json(?:\.gz)?$/i, ''),
    path,
    bytes: size,
    ...(options.allowEmpty === undefined ? {} : { allowEmpty: options.allowEmpty }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const report = every(PROGRESS_MS, (done) =>
    options.progress?.({ text: 'reading events', done, total: size }),
  );
  if (!isCompressed) {
    const { signal } = options;
    const read = await readInParts(path, size, { chunkBytes: CHUNK, signal, onBytes: report });
    if (read !== undefined) return { path, ...concluded(read, info) };
  }
  return { path, ...(await readAlone(path, isCompressed, info, report)) };
}

/** From the first byte to the last, in this thread. */
async function readAlone(
  path: string,
  isCompressed: boolean,
  info: PytorchInfo,
  report: (done: number) => void,
): Promise<Pick<Run, 'traces' | 'notices'>> {
  if (!isCompressed) {
    return readPytorch(fileChunks(path, 0, info.bytes, CHUNK), { ...info, onProgress: report });
  }
  const source = createReadStream(path, { highWaterMark: CHUNK });
  // A file cut short is no error here: what came before the cut is worth having.
  const gunzip = createGunzip({ chunkSize: CHUNK, finishFlush: constants.Z_SYNC_FLUSH });
  // The next chunk is inflated in zlib's thread while one is being read. Errors come out where the reader is.
  const inflated = pipeline(source, gunzip, () => undefined);
  try {
    const onProgress = (): void => report(source.bytesRead);
    return await readPytorch(inflated as AsyncIterable<Uint8Array>, { ...info, onProgress });
  } finally {
    source.destroy();
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** `act`, at most once in so many milliseconds. */
function every(ms: number, act: (done: number) => void): (done: number) => void {
  let last = -Infinity;
  return (done) => {
    const now = performance.now();
    if (now - last < ms) return;
    last = now;
    act(done);
  };
}
