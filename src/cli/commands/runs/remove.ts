import { placeOf, withCatalogueFile, withRun } from '../../catalogue-option.js';
import { defineCommand } from '../../command.js';
import { withOutput } from '../../options.js';
import { printJson, printLines } from '../../output.js';

export const runsRemove = defineCommand({
  usage: 'remove <run>',
  describe: 'Take a run out of the catalogue; its trace stays where it is',
  examples: [['gapscope runs remove eager', 'refused while other runs have it as their base']],
  build: (yargs) => withRun(withCatalogueFile(withOutput(yargs))),
  async run({ run: name, catalogue: given, json }) {
    const [{ existingCatalogue }, { withCatalogue }, { printable }] = await Promise.all([
      import('../../../runs/catalogue-path.js'),
      import('../../../runs/load-catalogue.js'),
      import('../../../report/printable.js'),
    ]);
    const path = existingCatalogue(placeOf(given));
    const removed = await withCatalogue(path, 'write', (catalogue) => catalogue.remove(name));
    if (json) printJson({ schema: 'gapscope.runs/1', catalogue: path, runs: [removed] });
    else printLines([`Removed ${printable(removed.name)}; ${printable(removed.path)} stays`]);
    return 0;
  },
});
