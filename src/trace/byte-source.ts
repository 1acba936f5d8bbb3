import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, constants } from 'node:zlib';
import { messageOf } from './errors.js';

/** Bytes in order, in pieces the reader chooses: never a whole file, which Node limits to 2 GiB. */
export interface ByteSource {
  /** Exactly `size` bytes, or fewer if the source ends before. */
  read(size: number): Promise<Uint8Array>;
  /** Uncompressed size if it is known; a hint for the size of columns, not a promise. */
  readonly sizeHint: number;
  /** Why the source ended early, if it did so for another reason than its end. */
  readonly damage: string | undefined;
  close(): Promise<void>;
}

export async function openSource(path: string): Promise<ByteSource> {
  return path.endsWith('.gz') ? openGzip(path) : openFile(path);
}

async function openFile(path: string): Promise<ByteSource> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  let position = 0;
  return {
    sizeHint: size,
    damage: undefined,
    async read(want) {
      // A damaged length must not allocate more than the file can fill.
      const bytes = new Uint8Array(new ArrayBuffer(Math.max(0, Math.min(want, size - position))));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position);
        if (bytesRead === 0) break; // the file shrank under us: the same as cut
        filled += bytesRead;
        position += bytesRead;
      }
      return filled === bytes.length ? bytes : bytes.subarray(0, filled);
    },
    close: () => file.close(),
  };
}

async function openGzip(path: string): Promise<ByteSource> {
  const sizeHint = await gzipSizeHint(path);
  // Z_SYNC_FLUSH: a truncated gzip ends quietly after the last byte that could be inflated.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 256 * 1024 });
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  file.on('error', (error) => gunzip.destroy(error));
  const chunks = file.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let rest: Uint8Array = new Uint8Array(0);
  let damage: string | undefined;

  async function nextChunk(): Promise<Uint8Array | undefined> {
    try {
      const next = await chunks.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      damage = `gzip: ${messageOf(error)}`;
      return undefined;
    }
  }

  return {
    sizeHint,
    get damage() {
      return damage;
    },
    async read(want) {
      const pieces: Uint8Array[] = [];
      let have = 0;
      while (have < want) {
        if (rest.length === 0) {
          const chunk = await nextChunk();
          if (chunk === undefined) break;
          rest = chunk;
        }
        const piece = rest.subarray(0, want - have);
        rest = rest.subarray(piece.length);
        pieces.push(piece);
        have += piece.length;
      }
      // A copy even of a single piece: Arrow needs bodies that start at a multiple of 8.
      const bytes = new Uint8Array(new ArrayBuffer(have));
      let at = 0;
      for (const piece of pieces) {
        bytes.set(piece, at);
        at += piece.length;
      }
      return bytes;
    },
    close() {
      file.destroy();
      gunzip.destroy();
      return Promise.resolve();
    },
  };
}

/** The last four bytes of a gzip are its uncompressed size modulo 2^32; nonsense if it was truncated. */
async function gzipSizeHint(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < 18) return 0;
    const { buffer } = await file.read(new Uint8Array(4), 0, 4, size - 4);
    const stored = new DataView(buffer.buffer).getUint32(0, true);
    // Deflate cannot do better than 1032:1, so a larger value is not a size.
    return stored <= size * 1032 ? Math.min(stored, size * 40) : size * 4;
  } finally {
    await file.close();
  }
}
