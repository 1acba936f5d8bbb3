import { placeOf, withCatalogueFile } from '../../catalogue-option.js';
import { defineCommand } from '../../command.js';
import { withOutput } from '../../options.js';
import { printJson, printLines, sayLines, styleFor } from '../../output.js';

export const runsLog = defineCommand({
  usage: 'log',
  describe: 'The optimization log: each change with its latency, prediction, memory, quality and verdict',
  examples: [
    ['gapscope runs log', 'for each base, what was tried on it'],
    ['gapscope runs log --base eager --md -', 'of one base, as Markdown to paste'],
  ],
  build: (yargs) =>
    withCatalogueFile(withOutput(yargs))
      .option('base', { type: 'string', requiresArg: true, describe: 'Only what builds on this run' })
      .option('md', {
        type: 'string',
        requiresArg: true,
        describe: "Write Markdown to this file, or '-' for stdout",
      })
      .check(({ md, json }) => {
        if (md !== undefined && json) throw new Error('--md and --json exclude each other');
        return true;
      }),
  async run({ catalogue: given, base, md, json, quiet }) {
    const [{ existingCatalogue }, { withCatalogue }, { runLog }] = await Promise.all([
      import('../../../runs/catalogue-path.js'),
      import('../../../runs/load-catalogue.js'),
      import('../../../runs/run-log.js'),
    ]);
    const path = existingCatalogue(placeOf(given));
    const log = runLog(await withCatalogue(path, 'read', (catalogue) => catalogue.list()), path, base);
    if (json) {
      printJson(log);
    } else if (md === undefined) {
      const { runLogText } = await import('../../../report/run-log-text.js');
      printLines(runLogText(log, styleFor(process.stdout)));
    } else {
      const { runLogMarkdown } = await import('../../../report/markdown/run-log-markdown.js');
      const text = runLogMarkdown(log);
      if (md === '-') {
        process.stdout.write(text);
      } else {
        const { writeTextFile } = await import('../../write-text-file.js');
        await writeTextFile(md, text, 'the log', true);
        const { printable } = await import('../../../report/printable.js');
        if (!quiet) sayLines([`Written to ${printable(md)}`]);
      }
    }
    return 0;
  },
});
