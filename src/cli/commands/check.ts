import { withCatalogueFile } from '../catalogue-option.js';
import { defineCommand } from '../command.js';
import { withMeasuring } from '../measure-options.js';
import { withTrace } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';

export const check = defineCommand({
  usage: 'check <trace>',
  describe: 'Hold a trace against a budget: exit 2 when a limit is broken',
  examples: [
    ['gapscope check --budget budget.json my.trace', 'exit 0: kept; 2: broken; 1: could not be told'],
    ['gapscope check --budget budget.json --init traces/full-eager.trace', 'writes one with 5 % headroom'],
  ],
  build: (yargs) =>
    withMeasuring(withTrace(withCatalogueFile(yargs)))
      .option('budget', {
        type: 'string',
        requiresArg: true,
        describe: 'A JSON file of limits (docs/runs.md)',
      })
      .option('init', {
        type: 'boolean',
        default: false,
        describe: "Write the budget from this trace's figures, with 5 % headroom",
      })
      .option('force', { type: 'boolean', default: false, describe: 'With --init: replace the file' })
      .check(({ budget, init, force }) => {
        if (budget === undefined) throw new Error('check needs a budget: --budget FILE');
        if (force && !init) throw new Error('--force goes with --init');
        return true;
      }),
  async run(args) {
    const [{ checkTrace, initBudget }, { checkText }, { noticeLines }] = await Promise.all([
      import('../check-trace.js'),
      import('../../report/check-text.js'),
      import('../../report/notices-text.js'),
    ]);
    const { trace, budget = '', init, force, json, quiet } = args;
    const text = `reading ${trace}`;
    if (init) {
      const lines = await withProgress(text, quiet, (progress) => initBudget(args, budget, force, progress));
      if (!quiet) sayLines(lines);
      return 0;
    }
    const { result, notices } = await withProgress(text, quiet, (progress) =>
      checkTrace(args, budget, progress),
    );
    if (json) printJson(result);
    else printLines(checkText(result, styleFor(process.stdout)));
    if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return result.kept ? 0 : 2;
  },
});
