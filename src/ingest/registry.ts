import type { Run } from '../trace/trace.js';
import { formatOf } from './detect.js';
import type { ImportOptions } from './import-options.js';

/** A kind of file that some other tool writes. */
export interface Importer {
  /** In messages: `PyTorch profiler`. */
  readonly name: string;
  /** Names that such a file may have, to find them in a folder. */
  readonly files: RegExp;
  detect(path: string, firstBytes: Uint8Array): boolean;
  /** @throws UserError if the file is not what it seemed, is damaged, or holds no GPU work */
  load(path: string, options: ImportOptions): Promise<Run>;
}

/** In the order in which they are asked. What reads a file is loaded when there is such a file. */
export const IMPORTERS: readonly Importer[] = [
  {
    name: 'Nsight Systems',
    files: /\.(?:sqlite|sqlite3|db)$/i,
    detect: (path, bytes) => formatOf(path, bytes) === 'sqlite',
    load: async (path, options) => {
      const { loadNsys, withoutSqlite } = await import('./nsys/load-nsys.js');
      const { importNsys } = await loadNsys();
      try {
        return await importNsys(path, options);
      } catch (error) {
        // The package is there, its native half is not: that shows when it opens a file.
        throw withoutSqlite(error);
      }
    },
  },
  {
    name: 'PyTorch profiler',
    files: /\.json(?:\.gz)?$/i,
    detect: (path, bytes) => formatOf(path, bytes) === 'json',
    load: async (path, options) => (await import('./pytorch/import-pytorch.js')).importPytorch(path, options),
  },
];

export function importerOf(path: string, firstBytes: Uint8Array): Importer | undefined {
  return IMPORTERS.find((importer) => importer.detect(path, firstBytes));
}
