import { placeOf, withCatalogueFile } from '../../catalogue-option.js';
import { defineCommand } from '../../command.js';
import { withOutput } from '../../options.js';
import { printJson, printLines, styleFor } from '../../output.js';

export const runsList = defineCommand({
  usage: 'list',
  describe: 'The runs in the catalogue',
  examples: [
    ['gapscope runs list', 'all of them, in the order in which they were added'],
    ['gapscope runs list --json', 'with everything that is kept of each'],
  ],
  build: (yargs) => withCatalogueFile(withOutput(yargs)),
  async run({ catalogue: given, json }) {
    const [{ existingCatalogue }, { withCatalogue }, { runsText }] = await Promise.all([
      import('../../../runs/catalogue-path.js'),
      import('../../../runs/load-catalogue.js'),
      import('../../../report/runs-text.js'),
    ]);
    const path = existingCatalogue(placeOf(given));
    const runs = await withCatalogue(path, 'read', (catalogue) => catalogue.list());
    if (json) printJson({ schema: 'gapscope.runs/1', catalogue: path, runs });
    else printLines(runsText(runs, path, styleFor(process.stdout)));
    return 0;
  },
});
