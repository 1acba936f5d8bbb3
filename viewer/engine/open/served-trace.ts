import { UserError } from '../../../src/trace/errors.js';
import { TOKEN_HEADER, type ServedFile, type ServedTrace } from '../../../src/trace/served-files.js';
import type { TableFile } from '../../../src/trace/files.js';
import { fetchedFile, type Arrival } from '../../../src/trace/web-files.js';
import type { TraceSource } from '../protocol.js';
import { countArrivals } from './arrival.js';
import { readFolders, type PlacedFile } from './folders.js';
import { checkSize } from './size-limit.js';
import type { Read, Reading } from './read-source.js';

/** Reads a trace that `gapscope view` serves. */
export async function readServed(
  source: Extract<TraceSource, { from: 'server' }>,
  reading: Reading,
): Promise<Read> {
  const base = source.base.endsWith('/') ? source.base : `${source.base}/`;
  const request = async (path: string): Promise<Response> => {
    const headers = { [TOKEN_HEADER]: source.token };
    const response = await fetch(base + path, { headers, signal: reading.signal }).catch((error: unknown) => {
      if (reading.signal.aborted) throw error;
      throw new UserError('The server does not answer.', {
        hint: 'Is gapscope view still running? Start it again, and open the address that it prints.',
        cause: error,
      });
    });
    if (!response.ok) {
      throw new UserError(`The server refused ${path}: ${response.status} ${response.statusText}`, {
        hint: 'Open the address that gapscope view printed: it holds a token that changes with every start.',
      });
    }
    return response;
  };
  const list = (await (await request('files.json')).json()) as ServedTrace;
  const files = [...list.processes.flatMap((process) => process.files), ...(list.run ? [list.run] : [])];
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  checkSize(list.name, total, files.every(({ name }) => name.endsWith('.gz')) ? 'gzipped' : 'plain');
  const arrival = countArrivals(reading, 'fetching', total);
  const file = (one: ServedFile): TableFile => servedFile(one, request, arrival);
  const placed: PlacedFile[] = list.processes.flatMap(({ folder, files: own }) =>
    own.map((one) => ({ path: `${folder}/${one.name}`, file: file(one) })),
  );
  if (list.run !== undefined) placed.push({ path: list.run.name, file: file(list.run) });
  const run = await readFolders(list.name, placed);
  return { name: list.name, run: { ...run, notices: [...list.notices, ...run.notices] } };
}

function servedFile(
  { name, bytes, url }: ServedFile,
  request: (path: string) => Promise<Response>,
  arrival: Arrival,
): TableFile {
  const body = async (): Promise<ReadableStream<Uint8Array>> =>
    (await request(url)).body ?? new Blob([]).stream();
  return fetchedFile(name, bytes, body, arrival);
}
