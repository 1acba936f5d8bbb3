import type { ByteSource } from './byte-source.js';
import { openFile, openGzip, inflate } from './node-files.js';
import type { ReadOptions } from './read-files.js';
import { readPack } from './read-pack.js';
import { BLOCK, isTarHeader } from './tar.js';
import type { Run } from './trace.js';

/** Whether a file is a tar, gzipped or not, by its first bytes. */
export async function isPackedFile(path: string): Promise<boolean> {
  const source = await openPack(path);
  try {
    return isTarHeader(await source.read(BLOCK));
  } finally {
    await source.close();
  }
}

/** Reads a packed trace. */
export async function readPackedFile(path: string, options: ReadOptions = {}): Promise<Run> {
  return readPack(path, await openPack(path), inflate, options);
}

/** The bytes of a pack, inflated if it is gzipped. */
export async function openPack(path: string): Promise<ByteSource> {
  const { source } = await openFile(path);
  const magic = await source.read(2);
  await source.close();
  const isGzip = magic[0] === 0x1f && magic[1] === 0x8b;
  return (await (isGzip ? openGzip(path) : openFile(path))).source;
}
