import { join } from 'node:path';
import { afterAll } from 'vitest';
import { listFolder } from '../../src/export/listed-trace.js';
import { readPageFiles } from '../../src/server/page-files.js';
import { serve, type Serving } from '../../src/server/server.js';
import { REPOSITORY } from '../integration/gapscope.js';

export const TRACES = join(REPOSITORY, 'traces');

const serving = new Map<string, Promise<Serving>>();
afterAll(async () => {
  for (const one of serving.values()) await (await one).close();
  serving.clear();
});

/** Address of the viewer with these trace folders (at most two); the same folders are served once a test file. */
export async function served(...folders: readonly string[]): Promise<string> {
  const key = folders.join('\n');
  let one = serving.get(key);
  if (one === undefined) serving.set(key, (one = start(folders)));
  return (await one).url;
}

/** Of a recorded trace: `full-eager`. */
export function recorded(...names: readonly string[]): Promise<string> {
  return served(...names.map(folderOf));
}

export function folderOf(name: string): string {
  return join(TRACES, `${name}.trace`);
}

async function start(folders: readonly string[]): Promise<Serving> {
  const traces = [];
  for (const folder of folders) {
    const listed = await listFolder(folder);
    if (listed === undefined) throw new Error(`${folder} is no trace`);
    traces.push(listed);
  }
  return serve({ page: await readPageFiles(), traces, port: 0 });
}
