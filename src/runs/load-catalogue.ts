import { withoutSqlite } from '../ingest/nsys/load-nsys.js';
import type { Catalogue, OpenFor } from './catalogue.js';

/**
 * Does something with the catalogue in a file, and closes it. `write` makes the file where there is none.
 * @throws UserError if better-sqlite3 is not there, which is an optional dependency, or the file is not a catalogue
 */
export async function withCatalogue<T>(
  path: string,
  openFor: OpenFor,
  use: (catalogue: Catalogue) => T | Promise<T>,
): Promise<T> {
  let catalogue: Catalogue;
  try {
    const { openCatalogue } = await import('./catalogue.js');
    catalogue = openCatalogue(path, openFor);
  } catch (error) {
    throw withoutSqlite(error, 'The catalogue of runs cannot be used here');
  }
  try {
    return await use(catalogue);
  } finally {
    catalogue.close();
  }
}
