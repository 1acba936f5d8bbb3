import type { Argv } from 'yargs';
import { CATALOGUE_VARIABLE, cataloguePlace, type CataloguePlace } from '../runs/catalogue-path.js';

export function withCatalogueFile<T>(yargs: Argv<T>): Argv<T & { catalogue: string | undefined }> {
  return yargs.option('catalogue', {
    type: 'string',
    requiresArg: true,
    describe: `The catalogue of runs [default: $${CATALOGUE_VARIABLE}, else .gapscope/runs.sqlite here or in a folder above]`,
  });
}

/** A catalogued run, by its name. */
export function withRun<T>(yargs: Argv<T>): Argv<T & { run: string }> {
  return yargs.positional('run', { type: 'string', demandOption: true, describe: 'Name of a run' });
}

export function placeOf(given: string | undefined): CataloguePlace {
  return cataloguePlace(given, process.env[CATALOGUE_VARIABLE], process.cwd());
}
