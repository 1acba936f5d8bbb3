import type { ByteSource } from './byte-source.js';

/** A file in a tar, whose bytes can be read until the next one is asked for. */
export interface TarEntry {
  /** With `/` between its parts; never absolute, and never with a `..`. */
  readonly name: string;
  readonly bytes: number;
  readonly source: ByteSource;
}

/** How a tar ended, and what in it is no plain file. */
export interface TarEnd {
  /** The mark at the end was there. */
  complete: boolean;
  damage?: string;
  /** Links, devices, sparse files: they hold nothing that could be read here. */
  skipped: number;
  /** Entries whose name leads out of the folder that they would be unpacked in. */
  refused: number;
}

export const BLOCK = 512;
/** A name or a header of extras longer than this is damage. */
const MAX_EXTRA_BYTES = 1 << 20;
const MAX_BYTES = Number.MAX_SAFE_INTEGER;

/** Offsets and lengths of header fields (POSIX ustar). */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const CHECKSUM = [148, 8] as const;
const TYPE = 156;
const MAGIC = [257, 6] as const;
const PREFIX = [345, 155] as const;

/** Whether 512 bytes are the header of a tar's entry: its checksum says so. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < BLOCK || block.every((byte) => byte === 0)) return false;
  const stored = octal(field(block, CHECKSUM));
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) {
    sum += i >= CHECKSUM[0] && i < CHECKSUM[0] + CHECKSUM[1] ? 0x20 : block[i]!;
  }
  return stored === sum;
}

/**
 * The plain files of a tar (ustar, pax and GNU long names), one after the other as they come by: bytes of an entry
 * that were not read are passed over. A tar that was cut yields what is there, its last entry perhaps short.
 */
export async function* tarEntries(source: ByteSource, end: TarEnd): AsyncGenerator<TarEntry> {
  /** From headers that stand before the one they are about. */
  let extras: { name?: string; bytes?: number } = {};
  for (;;) {
    const header = await source.read(BLOCK);
    if (header.length < BLOCK) return stop();
    if (header.every((byte) => byte === 0)) {
      end.complete = true;
      return;
    }
    if (!isTarHeader(header)) return stop('what should be a header of the pack is none');
    const stored = sizeOf(field(header, SIZE));
    const type = String.fromCharCode(header[TYPE]!);
    // Only the size of the file itself may be in its extras; a header of extras has its own.
    const bytes = isFile(type) ? (extras.bytes ?? stored) : stored;
    if (bytes === undefined) return stop('an entry of the pack has no size');
    const padding = (BLOCK - (bytes % BLOCK)) % BLOCK;

    if (type === 'x' || type === 'L') {
      if (bytes > MAX_EXTRA_BYTES) return stop('a name in the pack is too long');
      const text = await source.read(bytes);
      if (text.length < bytes || !(await skip(source, padding))) return stop();
      extras = { ...extras, ...(type === 'L' ? { name: textOf(text) } : paxFields(text)) };
      continue;
    }
    const name = extras.name ?? headerName(header);
    // 'g' and 'K' are about other things than this entry; its own extras hold on.
    if (type !== 'g' && type !== 'K') extras = {};
    let left = bytes;
    if (!isFile(type)) {
      if (!['5', 'g', 'K'].includes(type)) end.skipped++;
    } else if (leadsOut(name)) {
      end.refused++;
    } else {
      const part = new Part(source, bytes);
      yield { name: cleaned(name), bytes, source: part };
      left = await part.end();
    }
    if (!(await skip(source, left + padding))) return stop();
  }

  function stop(damage = source.damage): void {
    if (damage !== undefined) end.damage = damage;
  }
}

/** The next bytes of a source, as a source. */
class Part implements ByteSource {
  readonly sizeHint: number;
  readonly #whole: ByteSource;
  #left: number;
  #over = false;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(whole: ByteSource, bytes: number) {
    this.#whole = whole;
    this.#left = this.sizeHint = bytes;
  }

  get damage(): string | undefined {
    return this.#whole.damage;
  }

  read(want: number): Promise<Uint8Array> {
    const reading = this.#reading.then(async () => {
      if (this.#over) return new Uint8Array(0);
      const bytes = await this.#whole.read(Math.min(want, this.#left));
      this.#left -= bytes.length;
      return bytes;
    });
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Bytes that nobody read. Whoever still reads (an inflating stream reads ahead) gets nothing from now on. */
  async end(): Promise<number> {
    this.#over = true;
    await this.#reading;
    return this.#left;
  }
}

function isFile(type: string): boolean {
  return type === '0' || type === '\0' || type === '7';
}

const SKIP_BYTES = 1 << 20;

/** Whether there were so many bytes to pass over. */
async function skip(source: ByteSource, bytes: number): Promise<boolean> {
  for (let left = bytes; left > 0;) {
    const want = Math.min(left, SKIP_BYTES);
    if ((await source.read(want)).length < want) return false;
    left -= want;
  }
  return true;
}

function headerName(header: Uint8Array): string {
  const name = textOf(field(header, NAME));
  // GNU's own format has other things where ustar has the prefix; its magic ends in a space.
  const prefix = textOf(field(header, MAGIC)) === 'ustar' ? textOf(field(header, PREFIX)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** `LENGTH key=value\n`, again and again; LENGTH counts itself. */
function paxFields(bytes: Uint8Array): { name?: string; bytes?: number } {
  const found: { name?: string; bytes?: number } = {};
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(textOf(bytes.subarray(at, space)));
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > bytes.length) break;
    const [key = '', ...value] = textOf(bytes.subarray(space + 1, at + length - 1)).split('=');
    const text = value.join('=');
    if (key === 'path') found.name = text;
    const size = Number(text);
    if (key === 'size' && /^\d+$/.test(text) && size <= MAX_BYTES) found.bytes = size;
    at += length;
  }
  return found;
}

/** Octal, or for large files a big-endian number whose first bit is set; undefined if it is neither. */
function sizeOf(bytes: Uint8Array): number | undefined {
  if ((bytes[0]! & 0x80) === 0) return octal(bytes);
  let size = bytes[0]! & 0x7f;
  for (let i = 1; i < bytes.length; i++) size = size * 256 + bytes[i]!;
  return size <= MAX_BYTES ? size : undefined;
}

function octal(bytes: Uint8Array): number | undefined {
  const text = textOf(bytes).trim();
  if (text === '') return 0;
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : undefined;
}

function leadsOut(name: string): boolean {
  return name.startsWith('/') || /^[a-z]:/i.test(name) || name.split(/[/\\]/).includes('..');
}

function cleaned(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function field(block: Uint8Array, [at, length]: readonly [number, number]): Uint8Array {
  return block.subarray(at, at + length);
}

/** Up to the first zero. */
function textOf(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  return new TextDecoder().decode(zero < 0 ? bytes : bytes.subarray(0, zero));
}
