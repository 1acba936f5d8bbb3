import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack, type Pack } from 'tar-stream';
import { UserError } from '../trace/errors.js';
import { RUN_FILE, tableOfFile } from '../trace/files.js';
import { writeWhole } from './write-file.js';

/** What a pack holds. */
export interface Packed {
  readonly files: number;
  readonly bytes: number;
}

interface PackedFile {
  /** Name in the pack. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Packs a trace folder, or a run's folder of trace folders, into one file to send: tables and `run.json`, and nothing
 * else that lies there. Gzipped where the name ends in `.gz` or `.tgz`; tables that are gzipped already stay as they are.
 * @throws UserError if there are no tables
 */
export async function writePack(folder: string, file: string): Promise<Packed> {
  const files = await filesOf(folder);
  if (!files.some(({ name }) => tableOfFile(basename(name)) !== undefined)) {
    throw new UserError(`there are no tables in ${folder}`, {
      hint: 'give a trace folder, or a folder of the traces of several processes',
    });
  }
  await writeWhole(file, async (unfinished) => {
    const tar = pack();
    const target = createWriteStream(unfinished);
    const written = /\.(gz|tgz)$/.test(file) ? pipeline(tar, createGzip(), target) : pipeline(tar, target);
    await Promise.all([addAll(tar, files), written]);
  });
  return { files: files.length, bytes: (await stat(file)).size };
}

async function addAll(tar: Pack, files: readonly PackedFile[]): Promise<void> {
  try {
    for (const { name, path, bytes } of files) {
      // A capture that is still being written grows: the header has said how much there is.
      const source = bytes === 0 ? [] : createReadStream(path, { end: bytes - 1 });
      await pipeline(source, tar.entry({ name, size: bytes, mode: 0o644 }));
    }
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

async function filesOf(folder: string): Promise<PackedFile[]> {
  const root = basename(resolve(folder));
  const found = await filesIn(folder, root);
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (!entry.isDirectory()) continue;
    const inner = await filesIn(join(folder, entry.name), `${root}/${entry.name}`);
    if (inner.some(({ name }) => tableOfFile(basename(name)) !== undefined)) found.push(...inner);
  }
  return found;
}

async function filesIn(folder: string, prefix: string): Promise<PackedFile[]> {
  const files: PackedFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (name !== RUN_FILE && tableOfFile(name) === undefined) continue;
    const path = join(folder, name);
    const info = await stat(path);
    if (info.isFile()) files.push({ name: `${prefix}/${name}`, path, bytes: info.size });
  }
  return files;
}
