import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../trace/errors.js';

/** Below a project's folder. */
export const CATALOGUE_FILE = join('.gapscope', 'runs.sqlite');
/** Stands for `--catalogue` where that is not given. */
export const CATALOGUE_VARIABLE = 'GAPSCOPE_CATALOGUE';

export interface CataloguePlace {
  readonly path: string;
  readonly exists: boolean;
  /** Whether it was looked for, and not named. */
  readonly isDefault: boolean;
}

/**
 * Where the catalogue is: the file given, else the one that the environment names, else that of the working directory
 * or of the nearest folder above it that has one.
 */
export function cataloguePlace(
  given: string | undefined,
  environment: string | undefined,
  directory: string,
): CataloguePlace {
  const named = given ?? (environment === '' ? undefined : environment);
  if (named !== undefined) {
    const path = resolve(directory, named);
    return { path, exists: existsSync(path), isDefault: false };
  }
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    const path = join(folder, CATALOGUE_FILE);
    if (existsSync(path)) return { path, exists: true, isDefault: true };
    if (folder === dirname(folder)) break;
  }
  return { path: resolve(directory, CATALOGUE_FILE), exists: false, isDefault: true };
}

/** @throws UserError if there is no catalogue to be read */
export function existingCatalogue(place: CataloguePlace): string {
  if (place.exists) return place.path;
  const hint = 'gapscope runs add TRACE starts one';
  throw place.isDefault
    ? new UserError('there is no catalogue of runs in this folder or one above it', { hint })
    : new UserError(`there is no catalogue ${place.path}`, { hint: `${hint} there` });
}
