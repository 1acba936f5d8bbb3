import { blockOptions, withBlocks } from '../block-options.js';
import { defineCommand } from '../command.js';
import { withTrace } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';
import { readRules, withRules } from '../rules-option.js';

export const whatif = defineCommand({
  usage: 'whatif <trace>',
  describe: 'What would help, and by how much: the trace replayed with edits of the program',
  examples: [
    ['gapscope whatif traces/full-eager.trace', 'all edits that apply, and the best sequence of them'],
    ['gapscope whatif my.trace --apply no-sync --apply cuda-graphs', 'two edits together'],
    ['gapscope whatif my.trace --apply window=9,sinks=3 --json', 'one edit, as JSON'],
    ["gapscope whatif my.trace --target 'denoising_step_#'", 'the latency of something else'],
  ],
  build: (yargs) =>
    withRules(withBlocks(withTrace(yargs)))
      .option('apply', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'An edit, e.g. no-sync, cuda-graphs=RANGE, kv=ring, window=9; may be given several times',
      })
      .option('target', {
        type: 'string',
        requiresArg: true,
        describe:
          "Whose latency: a range or template, or 'all' [default: steady temporal blocks, else steps]",
      })
      .option('rates', {
        type: 'string',
        requiresArg: true,
        describe:
          'A JSON file of measured rates, for fp8 and sparse [default: built in for an H200] (docs/what-if.md)',
      }),
  async run(args) {
    const [{ openRun }, { whatIf }, { readRates }, { whatIfText }, { noticeLines }, { eachProcess }] =
      await Promise.all([
        import('../../ingest/open.js'),
        import('../../projection/whatif.js'),
        import('../../projection/rates-file.js'),
        import('../../report/whatif-text.js'),
        import('../../report/notices-text.js'),
        import('../each-process.js'),
      ]);
    const { UserError } = await import('../../trace/errors.js');
    if (args.window !== undefined) {
      throw new UserError('whatif predicts a latency, so it takes no --window.', {
        hint: "Choose whose latency: --target 'temporal_block_#'.",
      });
    }
    const rules = await readRules(args.rules);
    const rates = args.rates === undefined ? undefined : await readRates(args.rates);
    const apply = args.apply ?? [];
    const options = {
      ...blockOptions(args),
      ...(rules === undefined ? {} : { rules }),
      ...(rates === undefined ? {} : { rates }),
      ...(args.target === undefined ? {} : { target: args.target }),
      apply,
    };
    const { results, notices } = await withProgress(`replaying ${args.trace}`, args.quiet, async (progress) =>
      eachProcess(
        await openRun(args.trace, { progress }),
        (trace) => whatIf(trace, options),
        ({ device }) => device,
      ),
    );
    if (args.json) {
      const all = results.map(({ result }) => result);
      printJson(all.length === 1 ? all[0] : { schema: 'gapscope.whatif/1', processes: all });
    } else {
      const style = styleFor(process.stdout);
      printLines(
        results.flatMap(({ result, gpu }, i) => [
          ...(i > 0 ? [''] : []),
          ...whatIfText(result, style, gpu, apply.length > 0),
        ]),
      );
    }
    if (!args.quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    // What was asked for could not be done: the reason stands in the result.
    const refused = apply.length > 0 && results.every(({ result }) => result.edits[0]?.applies === false);
    return refused ? 1 : 0;
  },
});
