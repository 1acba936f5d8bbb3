import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { html } from '../report/html/markup.js';
import { formatBytes } from '../report/units.js';
import { UserError } from '../trace/errors.js';
import { RUN_FILE } from '../trace/files.js';
import { listTrace } from './list-trace.js';
import type { ListedFile, ListedTrace } from './listed-trace.js';
import { writeWhole } from './write-file.js';
import type { WrittenFile } from './write-tables.js';

/** Where the viewer's build of one script and one style sheet lies. */
const BUILD = fileURLToPath(new URL('../../dist/viewer-single/', import.meta.url));
/** Beyond this a browser takes long to take the page in, and some refuse. */
export const MAX_HTML_BYTES = 100e6;

export interface HtmlOptions {
  /** Write it however large it is. */
  readonly force?: boolean;
}

/**
 * Writes the viewer and a trace, any that can be read, as one page that needs no server and no network. The tables stand
 * in it gzipped and as base64, in which no text can end an element.
 * @throws UserError if there is no trace; `PageTooBig` if the page would be larger than `MAX_HTML_BYTES`
 */
export async function writeHtml(path: string, file: string, options: HtmlOptions = {}): Promise<WrittenFile> {
  const { trace, folder } = await listTrace(path);
  try {
    return { file, bytes: await writePage(trace, file, options.force === true ? Infinity : MAX_HTML_BYTES) };
  } finally {
    folder?.remove();
  }
}

async function writePage(trace: ListedTrace, file: string, limit: number): Promise<number> {
  const { list } = trace;
  const known = list.processes
    .flatMap(({ files }) => files)
    .reduce((sum, { name, bytes }) => sum + (name.endsWith('.gz') ? bytes : 0), 0);
  if (base64Length(known) > limit) throw tooBig(list.name);
  const build = await readBuild();
  let size = 0;
  async function* bounded(): AsyncGenerator<string> {
    for await (const piece of pieces(trace, build)) {
      size += Buffer.byteLength(piece);
      if (size > limit) throw tooBig(list.name);
      yield piece;
    }
  }
  await writeWhole(file, (unfinished) => pipeline(Readable.from(bounded()), createWriteStream(unfinished)));
  return size;
}

async function* pieces({ list, files }: ListedTrace, { script, style }: Build): AsyncGenerator<string> {
  yield head(list.name, script, style);
  for (const process of list.processes) {
    for (const { name, url } of process.files) yield* inlined(`${process.folder}/${name}`, at(files, url));
  }
  if (list.run !== undefined) yield* inlined(RUN_FILE, at(files, list.run.url));
  yield `<script type="module">${script}</script>\n</body>\n</html>\n`;
}

function at(files: readonly ListedFile[], url: string): ListedFile {
  const file = files[Number(url.slice(url.lastIndexOf('/') + 1))];
  if (file === undefined) throw new Error(`${url} is not in the list of files`);
  return file;
}

function head(name: string, script: string, style: string): string {
  // The script's own worker is a text in it, and becomes a blob.
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${html`<meta name="gapscope-trace" content="${name}" /> <title>${name} · gapscope</title>`.text}
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript>This page draws with JavaScript, which is turned off here.</noscript>
`;
}

/** One table as an element that no browser runs or shows; gzipped if it is not yet. */
async function* inlined(path: string, { folder, name }: ListedFile): AsyncGenerator<string> {
  const isPlain = !name.endsWith('.gz') && name !== RUN_FILE;
  yield html`<script type="text/plain" data-path="${isPlain ? `${path}.gz` : path}">`.text;
  const source = createReadStream(join(folder, name));
  yield* base64(isPlain ? source.pipe(createGzip({ level: 9 })) : source);
  yield '</script>\n';
}

/** Base64 of a stream, piece by piece: three bytes are four letters, so pieces are cut at multiples of three. */
async function* base64(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    yield bytes.toString('base64', 0, whole);
    rest = bytes.subarray(whole);
  }
  if (rest.length > 0) yield rest.toString('base64');
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

interface Build {
  readonly script: string;
  readonly style: string;
}

async function readBuild(): Promise<Build> {
  try {
    const [script, style] = await Promise.all([
      readFile(join(BUILD, 'viewer.js'), 'utf8'),
      readFile(join(BUILD, 'viewer.css'), 'utf8'),
    ]);
    return { script: embeddable(script), style: checkedStyle(style) };
  } catch (error) {
    throw new UserError('the viewer has not been built', {
      hint: 'in the repository: npm run setup',
      cause: error,
    });
  }
}

/**
 * A script that cannot end its element, nor begin a comment in it. Both can only stand in its strings and patterns,
 * where an escape means the same. Line ends are made those that a browser's parser makes of them, for the hash.
 */
export function embeddable(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(/<(?=\/script|!--|script)/gi, () => '\\x3c');
}

/** In a style sheet an escape would not mean the same everywhere; ours has nothing to escape. */
function checkedStyle(text: string): string {
  const style = text.replaceAll('\r\n', '\n');
  if (/<\/style|<!--/i.test(style)) throw new Error('the style sheet would end its element');
  return style;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** The page would be larger than a browser takes in; `force` writes it all the same. */
export class PageTooBig extends UserError {}

function tooBig(name: string): PageTooBig {
  return new PageTooBig(
    `${name} is too big for one page: it would be larger than ${formatBytes(MAX_HTML_BYTES)}`,
    {
      hint: '`gapscope view` shows it from disk, and `gapscope export --pack` makes one file to send; --force writes the page all the same',
    },
  );
}
