import { open } from 'node:fs/promises';

/**
 * The bytes of a file from `from` to before `to`, in chunks of which each is overwritten once the next but one is asked
 * for: what is read of a long file leaves no memory to be collected. The next chunk is on its way while one is looked at.
 */
export async function* fileChunks(
  path: string,
  from: number,
  to: number,
  chunkBytes: number,
): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const buffers = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)] as const;
    const read = (turn: number, at: number): Promise<{ bytesRead: number }> =>
      file.read(buffers[turn % 2]!, 0, Math.min(chunkBytes, to - at), at);
    let pending = read(0, from);
    for (let turn = 0, at = from; at < to; turn++) {
      const { bytesRead } = await pending;
      if (bytesRead === 0) return;
      at += bytesRead;
      pending = at < to ? read(turn + 1, at) : Promise.resolve({ bytesRead: 0 });
      // Left without a handler when the reader stops early; whoever waits for it gets the error.
      pending.catch(() => undefined);
      yield buffers[turn % 2]!.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
