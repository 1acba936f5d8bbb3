import { placeOf, withCatalogueFile, withRun } from '../../catalogue-option.js';
import { defineCommand } from '../../command.js';
import { withOutput } from '../../options.js';
import { printJson, printLines, styleFor } from '../../output.js';

/** Takes a text away, where an empty one would be hard to type. */
const NONE = 'none';

export const runsSet = defineCommand({
  usage: 'set <run>',
  describe: 'Change what is said of a run: its name, base, change, verdict, note',
  examples: [
    ['gapscope runs set graphs --verdict keep', 'after a look at what it gained'],
    ['gapscope runs set graphs --base eager --note "warm-up of two videos"', 'two at once'],
    ['gapscope runs set graphs --verdict none', 'takes the verdict back'],
  ],
  build: (yargs) =>
    withRun(withCatalogueFile(withOutput(yargs)))
      .option('name', { type: 'string', requiresArg: true, describe: 'Another name' })
      .option('base', {
        type: 'string',
        requiresArg: true,
        describe: "The run that it was changed from, or 'none'",
      })
      .option('change', { type: 'string', requiresArg: true, describe: "What was changed, or 'none'" })
      .option('note', { type: 'string', requiresArg: true, describe: "Anything else, or 'none'" })
      .option('verdict', {
        choices: ['keep', 'drop', NONE] as const,
        requiresArg: true,
        describe: 'Whether the change stays',
      }),
  async run({ run, name, base, change, note, verdict, catalogue: given, json }) {
    const [{ existingCatalogue }, { withCatalogue }, { checkedName }, { runText }, { UserError }] =
      await Promise.all([
        import('../../../runs/catalogue-path.js'),
        import('../../../runs/load-catalogue.js'),
        import('../../../runs/run-name.js'),
        import('../../../report/run-text.js'),
        import('../../../trace/errors.js'),
      ]);
    if ([name, base, change, note, verdict].every((value) => value === undefined)) {
      throw new UserError('nothing to change was given', {
        hint: 'give --name, --base, --change, --note or --verdict',
      });
    }
    const orNothing = <T extends string>(value: T | typeof NONE): T | '' => (value === NONE ? '' : value);
    const path = existingCatalogue(placeOf(given));
    const [changed, its] = await withCatalogue(path, 'write', (catalogue) => {
      const found = catalogue.set(run, {
        ...(name === undefined ? {} : { name: checkedName(name) }),
        ...(base === undefined ? {} : { base: orNothing(base) }),
        ...(change === undefined ? {} : { change: orNothing(change) }),
        ...(note === undefined ? {} : { note: orNothing(note) }),
        ...(verdict === undefined ? {} : { verdict: verdict === NONE ? ('' as const) : verdict }),
      });
      return [found, found.base === undefined ? undefined : catalogue.get(found.base)] as const;
    });
    if (json) printJson({ schema: 'gapscope.runs/1', catalogue: path, runs: [changed] });
    else printLines(runText(changed, its, styleFor(process.stdout)));
    return 0;
  },
});
