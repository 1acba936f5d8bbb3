import type { Verdict } from '../../../runs/run-record.js';
import { placeOf, withCatalogueFile } from '../../catalogue-option.js';
import { defineCommand } from '../../command.js';
import { measureOptions, withMeasuring, type MeasureArgs } from '../../measure-options.js';
import { withOutput, withPart } from '../../options.js';
import { printJson, printLines, sayLines, styleFor } from '../../output.js';
import { withProgress } from '../../progress.js';
import { readRules } from '../../rules-option.js';
import { withTexts } from './texts-options.js';

interface AddArgs extends MeasureArgs {
  readonly traces: string[];
  readonly name: string | undefined;
  readonly base: string | undefined;
  readonly change: string | undefined;
  readonly note: string | undefined;
  readonly verdict: Verdict | undefined;
  readonly edit: string[] | undefined;
  readonly rates: string | undefined;
  readonly catalogue: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export const runsAdd = defineCommand<AddArgs>({
  usage: 'add <traces..>',
  describe: "Measure traces and keep their figures; a trace's file is not copied",
  examples: [
    ['gapscope runs add traces/small-eager.trace --name eager', 'a run to hold others against'],
    ['gapscope runs add traces/small-graphs.trace --change "CUDA graphs" --verdict keep', 'what was tried'],
    ['gapscope runs add ring.trace --change "ring cache" --base eager --edit kv=ring', 'with a prediction'],
  ],
  build: (yargs) =>
    withTexts(withMeasuring(withPart(withCatalogueFile(withOutput(yargs)))))
      .positional('traces', { type: 'string', array: true, demandOption: true, describe: 'Any traces' })
      .option('edit', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          "An edit as whatif takes it: predicted from the base's trace and kept beside what was measured",
      })
      .option('rates', {
        type: 'string',
        requiresArg: true,
        describe: 'Measured rates for --edit fp8 and sparse (docs/what-if.md)',
      }),
  async run(args) {
    const [{ addRuns }, { runsAddedText }, { noticeLines }] = await Promise.all([
      import('../../add-runs.js'),
      import('../../../report/runs-added-text.js'),
      import('../../../report/notices-text.js'),
    ]);
    const { traces, name, base, change, note, verdict, edit: edits = [], rates, quiet } = args;
    const rules = await readRules(args.rules);
    const place = placeOf(args.catalogue);
    const { added, bases, notices } = await withProgress('reading', quiet, (progress) =>
      addRuns(place, traces, progress, {
        options: measureOptions(args, rules),
        texts: {
          ...(change === undefined ? {} : { change }),
          ...(note === undefined ? {} : { note }),
          ...(verdict === undefined ? {} : { verdict }),
        },
        edits,
        ...(name === undefined ? {} : { name }),
        ...(base === undefined ? {} : { base }),
        ...(rates === undefined ? {} : { ratesPath: rates }),
        ...(args.rules === undefined ? {} : { rulesPath: args.rules }),
      }),
    );
    if (args.json) printJson({ schema: 'gapscope.runs/1', catalogue: place.path, runs: added });
    else printLines(runsAddedText(added, bases, place.path, styleFor(process.stdout)));
    if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});
