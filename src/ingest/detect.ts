import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';

/** What a file is, by its first bytes; its name is not trusted. */
export type FileFormat = 'sqlite' | 'gzipped-sqlite' | 'json' | 'nsys-report' | 'arrow' | 'empty' | 'unknown';

const FIRST_BYTES = 512;
const SQLITE_MAGIC = 'SQLite format 3\0';
/** The names under which Nsight Systems keeps what it recorded; their content has no documented beginning. */
const REPORT_NAME = /\.(?:nsys-rep|qdrep|qdstrm)$/i;

export async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(FIRST_BYTES), 0, FIRST_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export function formatOf(path: string, bytes: Uint8Array): FileFormat {
  if (bytes.length === 0) return 'empty';
  const text = new TextDecoder('latin1').decode(bytes);
  if (text.startsWith(SQLITE_MAGIC)) return 'sqlite';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return formatInGzip(bytes);
  if (isJson(text)) return 'json';
  if (REPORT_NAME.test(path)) return 'nsys-report';
  // A continuation marker, then the length of a message.
  if (text.startsWith('\u00ff\u00ff\u00ff\u00ff') || text.startsWith('ARROW1')) return 'arrow';
  return 'unknown';
}

/** JSON may be gzipped; a database must be read from any place, and may not. */
function formatInGzip(bytes: Uint8Array): FileFormat {
  let text: string;
  try {
    text = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return 'unknown';
  }
  if (text.startsWith(SQLITE_MAGIC)) return 'gzipped-sqlite';
  return isJson(text) ? 'json' : 'unknown';
}

/** The beginning of a JSON text, after a byte order mark if it has one. */
function isJson(text: string): boolean {
  return /^(?:\u00ef\u00bb\u00bf)?\s*[{[]/.test(text);
}
