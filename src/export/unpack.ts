import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { piecesOf } from '../trace/byte-source.js';
import { UserError } from '../trace/errors.js';
import { lastPart, RUN_FILE, tableOfFile } from '../trace/files.js';
import { openPack } from '../trace/node-pack.js';
import { tarEntries, type TarEnd } from '../trace/tar.js';
import type { TraceNotice } from '../trace/trace.js';

/** Tables shrink to about a fifth; a pack that grows more than this is made to fill a disk. */
const MAX_GROWTH = 60;
const ALWAYS_BYTES = 1e9;

/**
 * Unpacks the tables of a packed trace, and nothing else of it, each process into a folder of its own. Names in the
 * pack decide which table a file is, and never where it is written.
 * @returns what was left out
 */
export async function unpack(path: string, into: string): Promise<TraceNotice[]> {
  const { size } = await stat(path);
  const limit = Math.max(ALWAYS_BYTES, size * MAX_GROWTH);
  const end: TarEnd = { complete: false, skipped: 0, refused: 0 };
  const source = await openPack(path);
  const folders = new Map<string, string>();
  const seen = new Set<string>();
  let bytes = 0;
  let others = 0;
  try {
    for await (const entry of tarEntries(source, end)) {
      const file = lastPart(entry.name);
      if (file !== RUN_FILE && tableOfFile(file) === undefined) {
        others++;
        continue;
      }
      bytes += entry.bytes;
      if (bytes > limit) {
        throw new UserError(`${path} unpacks to more than ${MAX_GROWTH} times its size`, {
          hint: 'if you trust it, unpack it with tar and give the folder',
        });
      }
      const folder = entry.name.slice(0, -file.length - 1);
      const target = join(into, await folderFor(folder, folders, into), file);
      if (seen.has(target)) continue; // of a table that is there twice, the first counts
      seen.add(target);
      await pipeline(piecesOf(entry.source), createWriteStream(target, { flags: 'wx' }));
    }
  } finally {
    await source.close();
  }
  return noticesOf(lastPart(path), end, others);
}

/** `/a/b/rank0.trace` in the pack becomes `rank0.trace`, or `rank0.trace.2` where there is one already. */
async function folderFor(inPack: string, folders: Map<string, string>, into: string): Promise<string> {
  const known = folders.get(inPack);
  if (known !== undefined) return known;
  const plain = lastPart(inPack === '' ? 'trace' : inPack)
    .replace(/[^\w.-]/g, '_')
    .slice(0, 100);
  const taken = new Set(folders.values());
  let name = /^\.*$/.test(plain) ? 'trace' : plain;
  for (let n = 2; taken.has(name); n++) name = `${plain}.${n}`;
  folders.set(inPack, name);
  await mkdir(join(into, name));
  return name;
}

function noticesOf(table: string, end: TarEnd, others: number): TraceNotice[] {
  const notices: TraceNotice[] = [];
  if (!end.complete) {
    const why = end.damage === undefined ? 'was cut' : `is damaged (${end.damage})`;
    notices.push({ table, message: `the pack ${why}; what came before is here` });
  }
  const left = end.skipped + end.refused + others;
  if (left > 0) {
    notices.push({ table, message: 'entries of the pack that are no tables were left out', count: left });
  }
  return notices;
}
