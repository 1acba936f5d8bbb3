import { placeOf, withCatalogueFile, withRun } from '../../catalogue-option.js';
import { defineCommand } from '../../command.js';
import { withOutput } from '../../options.js';
import { printJson, printLines, styleFor } from '../../output.js';

export const runsShow = defineCommand({
  usage: 'show <run>',
  describe: 'All that is kept of a run',
  examples: [['gapscope runs show eager', 'its figures, how it was made, what was said of it']],
  build: (yargs) => withRun(withCatalogueFile(withOutput(yargs))),
  async run({ run: name, catalogue: given, json }) {
    const [{ existingCatalogue }, { withCatalogue }, { runText }] = await Promise.all([
      import('../../../runs/catalogue-path.js'),
      import('../../../runs/load-catalogue.js'),
      import('../../../report/run-text.js'),
    ]);
    const path = existingCatalogue(placeOf(given));
    const [run, base] = await withCatalogue(path, 'read', (catalogue) => {
      const found = catalogue.get(name);
      return [found, found.base === undefined ? undefined : catalogue.get(found.base)] as const;
    });
    if (json) printJson({ schema: 'gapscope.runs/1', catalogue: path, runs: [run] });
    else printLines(runText(run, base, styleFor(process.stdout)));
    return 0;
  },
});
