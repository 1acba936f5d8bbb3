import { chunkSource, piecesOf, type ByteSource } from '../../../src/trace/byte-source.js';
import { UserError } from '../../../src/trace/errors.js';
import { RUN_FILE, tableOfFile } from '../../../src/trace/files.js';
import { readPack } from '../../../src/trace/read-pack.js';
import { BLOCK, isTarHeader } from '../../../src/trace/tar.js';
import { blobFile, inflate, type Arrival } from '../../../src/trace/web-files.js';
import type { TraceSource } from '../protocol.js';
import { countArrivals } from './arrival.js';
import { readFolders } from './folders.js';
import { checkSize } from './size-limit.js';
import type { Read, Reading } from './read-source.js';

type Content = 'pack' | 'sqlite' | 'json' | 'other';

/** Reads what was dropped on the page: a trace's tables, or one packed trace, or one PyTorch JSON. */
export async function readDropped(
  { files, paths }: Extract<TraceSource, { from: 'files' }>,
  reading: Reading,
): Promise<Read> {
  const placed = files.map((file, i) => ({
    file,
    path: paths?.[i] ?? (file.webkitRelativePath || file.name),
  }));
  const parts = placed.filter(({ file }) => tableOfFile(file.name) !== undefined || file.name === RUN_FILE);
  if (parts.some(({ file }) => file.name !== RUN_FILE)) {
    const total = parts.reduce((sum, { file }) => sum + file.size, 0);
    const name = nameOfFolder(parts.map(({ path }) => path));
    checkSize(name, total, parts.every(({ file }) => file.name.endsWith('.gz')) ? 'gzipped' : 'plain');
    const arrival = countArrivals(reading, 'reading', total);
    const run = await readFolders(
      name,
      parts.map(({ file, path }) => ({ path, file: blobFile(path, file, arrival) })),
    );
    return { name, run };
  }
  const [only] = files;
  if (files.length !== 1 || only === undefined) {
    throw new UserError(
      files.length === 0
        ? 'Nothing that could be opened was dropped.'
        : `None of these ${files.length} files is a table of a trace.`,
      { hint: FORMS },
    );
  }
  return readOne(only, reading);
}

const FORMS =
  'Drop the folder that gapscope capture wrote, such a folder packed with tar, or a PyTorch profiler JSON.';

async function readOne(file: File, reading: Reading): Promise<Read> {
  const { content, isGzipped } = await contentOf(file);
  const name = file.name.replace(/(?:\.trace)?(?:\.tar|\.tgz|(?:\.pt\.trace)?\.json)?(?:\.gz)?$/i, '');
  switch (content) {
    case 'pack': {
      checkSize(file.name, file.size, isGzipped ? 'gzipped' : 'plain');
      const source = await opened(file, countArrivals(reading, 'reading', file.size));
      return { name, run: await readPack(file.name, source, inflate) };
    }
    case 'json': {
      checkSize(file.name, file.size, isGzipped ? 'gzippedJson' : 'json');
      const { readPytorch } = await import('../../../src/ingest/pytorch/read-pytorch.js');
      const source = await opened(file, countArrivals(reading, 'reading', file.size));
      const info = { name, path: file.name, bytes: file.size, signal: reading.signal };
      const { traces, notices } = await readPytorch(piecesOf(source), info);
      return { name, run: { path: file.name, traces, notices } };
    }
    case 'sqlite':
      throw new UserError(`${file.name} is an SQLite file, which a browser cannot read.`, {
        hint: `If Nsight Systems exported it, run: gapscope view ${file.name}`,
      });
    case 'other':
      throw new UserError(`${file.name} is not a trace that can be opened here.`, { hint: FORMS });
  }
}

function opened(file: File, arrival: Arrival): Promise<ByteSource> {
  return blobFile(file.name, file, arrival).open();
}

/** What a file is, by its first bytes. */
async function contentOf(file: File): Promise<{ content: Content; isGzipped: boolean }> {
  const stored = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const isGzipped = stored[0] === 0x1f && stored[1] === 0x8b;
  const head = isGzipped ? await inflatedHead(stored) : stored;
  const text = new TextDecoder().decode(head.subarray(0, 64)).replace(/^\uFEFF/, '');
  const content: Content = isTarHeader(head.subarray(0, BLOCK))
    ? 'pack'
    : text.startsWith('SQLite format 3')
      ? 'sqlite'
      : /^\s*[[{]/.test(text)
        ? 'json'
        : 'other';
  return { content, isGzipped };
}

const HEAD_BYTES = 1 << 14;

async function inflatedHead(stored: Uint8Array): Promise<Uint8Array> {
  const source = chunkSource(inflate(oneChunk(stored)), 0);
  try {
    return await source.read(BLOCK);
  } finally {
    await source.close();
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- an asynchronous source is what is asked for
async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The folder around all files, or the file's own name. */
function nameOfFolder(paths: readonly string[]): string {
  const [first = ''] = paths;
  const folder = first.includes('/') ? first.slice(0, first.indexOf('/')) : '';
  if (folder !== '' && paths.every((path) => path.startsWith(`${folder}/`))) {
    return folder.replace(/\.trace$/, '');
  }
  return 'dropped files';
}
