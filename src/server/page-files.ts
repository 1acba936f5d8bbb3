import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../trace/errors.js';

/** A built file of the viewer, whole in memory: there are a handful, and none is large. */
export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
}

export interface PageFiles {
  readonly index: PageFile;
  /** By name within `assets/`; their names change with their content. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

/** Where the build lies: beside this folder in dist/, and there too when this runs from src/. */
export const VIEWER_FOLDER = fileURLToPath(new URL('../../dist/viewer/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export async function readPageFiles(folder = VIEWER_FOLDER): Promise<PageFiles> {
  try {
    const assets = new Map<string, PageFile>();
    for (const name of await readdir(join(folder, 'assets'))) {
      const type = TYPES[extname(name)];
      if (type !== undefined) assets.set(name, { type, body: await readFile(join(folder, 'assets', name)) });
    }
    return {
      index: { type: TYPES['.html']!, body: await readFile(join(folder, 'index.html')) },
      assets,
    };
  } catch (error) {
    throw notBuilt(error);
  }
}

/** The viewer has not been built, or not completely. */
export function notBuilt(cause: unknown): UserError {
  return new UserError('the viewer has not been built', {
    hint: 'in the repository: npm run setup',
    cause,
  });
}
