import { messageOf } from './errors.js';

/** Bytes in order, in pieces the reader chooses: never a whole file, which Node limits to 2 GiB. */
export interface ByteSource {
  /**
   * Exactly `size` bytes, or fewer if the source ends before. They begin at a multiple of 8 in their buffer. With
   * `passing` they are good until the next read only: a source may put all of those into the same memory.
   */
  read(size: number, passing?: boolean): Promise<Uint8Array>;
  /** Uncompressed size if it is known; a hint for the size of columns, not a promise. */
  readonly sizeHint: number;
  /** Why the source ended early, if it did so for another reason than its end. */
  readonly damage: string | undefined;
  close(): Promise<void>;
}

/** Undoes gzip. What is left of a truncated one comes out; then it ends, or throws. */
export type Inflate = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** A source whose bytes come in pieces that somebody else chose: a stream of the network, an inflated file. */
export function chunkSource(
  chunks: AsyncIterable<Uint8Array>,
  sizeHint: number,
  close: () => void = () => undefined,
): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  let damage: string | undefined;
  let ended = false;

  async function nextChunk(): Promise<Uint8Array | undefined> {
    if (ended) return undefined;
    try {
      const next = await iterator.next();
      if (next.done !== true) return next.value;
    } catch (error) {
      // Giving up is the reader's own wish, not a fault of the bytes.
      if (error instanceof Error && error.name === 'AbortError') throw error;
      damage = messageOf(error);
    }
    ended = true;
    return undefined;
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
    async close() {
      close();
      if (!ended) await iterator.return?.();
      ended = true;
    },
  };
}

/** A source of which any part can be read at any time: a file. `readAt` may give less than asked for at its end. */
export function seekableSource(
  size: number,
  readAt: (position: number, want: number, passing: boolean) => Promise<Uint8Array>,
  close: () => Promise<void> = () => Promise.resolve(),
): ByteSource {
  let position = 0;
  return {
    sizeHint: size,
    damage: undefined,
    async read(want, passing = false) {
      // A damaged length must not ask for more than the file holds.
      const bytes = await readAt(position, Math.max(0, Math.min(want, size - position)), passing);
      position += bytes.length;
      return bytes;
    },
    close,
  };
}

const PIECE_BYTES = 1 << 18;

/** The rest of a source, in pieces. */
export async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = await source.read(PIECE_BYTES);
    if (piece.length > 0) yield piece;
    if (piece.length < PIECE_BYTES) return;
  }
}

/**
 * How large a gzip of `size` bytes is inflated, from its last four bytes: they are that size modulo 2^32, or
 * nonsense if it was truncated.
 */
export function inflatedSizeHint(size: number, trailer: Uint8Array): number {
  if (size < 18 || trailer.length < 4) return 0;
  const stored = new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true);
  // Deflate cannot do better than 1032:1, so a larger value is not a size.
  return stored <= size * 1032 ? Math.min(stored, size * 40) : size * 4;
}
