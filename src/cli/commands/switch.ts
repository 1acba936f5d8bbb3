import { defineCommand } from '../command.js';
import { blockOptions, withBlocks } from '../block-options.js';
import { withTrace } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';
import { readRules, withRules } from '../rules-option.js';

export const switchCommand = defineCommand({
  usage: 'switch <trace>',
  describe: 'Block latencies, the steady state, and what a prompt switch costs and why',
  examples: [
    ['gapscope switch traces/full-eager.trace', 'blocks and switches by their default names'],
    [
      "gapscope switch my.trace --block 'chunk_#' --switch 'prompt_change*' --frames-per-block 3",
      'own names',
    ],
    ['gapscope switch my.trace --switch none', 'block latencies of a trace without a switch'],
  ],
  build: (yargs) => withRules(withBlocks(withTrace(yargs))),
  async run(args) {
    const [{ openRun }, { analyzeSwitch }, { switchText }, { noticeLines }, { eachProcess }] =
      await Promise.all([
        import('../../ingest/open.js'),
        import('../../analysis/switch.js'),
        import('../../report/switch-text.js'),
        import('../../report/notices-text.js'),
        import('../each-process.js'),
      ]);
    const { UserError } = await import('../../trace/errors.js');
    if (args.window !== undefined) {
      throw new UserError('switch looks at whole blocks, so it takes no --window.', {
        hint: "Choose blocks by name: --block 'temporal_block_#'.",
      });
    }
    const rules = await readRules(args.rules);
    const run = await withProgress(`reading ${args.trace}`, args.quiet, (progress) =>
      openRun(args.trace, { progress }),
    );
    const options = { ...blockOptions(args), ...(rules === undefined ? {} : { rules }) };
    const { results, notices } = eachProcess(
      run,
      (trace) => analyzeSwitch(trace, options),
      ({ device }) => device,
    );
    if (args.json) {
      const all = results.map(({ result }) => result);
      printJson(all.length === 1 ? all[0] : { schema: 'gapscope.switch/1', processes: all });
    } else {
      const style = styleFor(process.stdout);
      printLines(
        results.flatMap(({ result, gpu }, i) => [...(i > 0 ? [''] : []), ...switchText(result, style, gpu)]),
      );
    }
    if (!args.quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});
