import { blockOptions, withBlocks } from '../block-options.js';
import { defineCommand } from '../command.js';
import { withTrace } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';
import { readRules, withRules } from '../rules-option.js';

export const compare = defineCommand({
  usage: 'compare <trace> <candidate>',
  describe: 'What changed from one run to another: latency, idle time, places, kernels, gaps',
  examples: [
    ['gapscope compare traces/small-eager.trace traces/small-graphs.trace', 'a steady block of each'],
    ["gapscope compare before after --window 'denoising_step_*'", 'an instance of a range of your own'],
    ['gapscope compare before after --total', 'sums over the whole of each, not shares of a block'],
  ],
  build: (yargs) =>
    withRules(withBlocks(withTrace(yargs)))
      .positional('candidate', {
        type: 'string',
        demandOption: true,
        describe: 'The run to hold against it; any kind of trace',
      })
      .option('total', {
        type: 'boolean',
        default: false,
        describe: 'Sums over the whole of each run, not shares of a block or instance',
      })
      .option('md', { type: 'boolean', default: false, describe: 'Print Markdown, to paste into a review' }),
  async run(args) {
    const [{ openRun }, { compareRuns }, { compareText }, { noticeLines }, { gpusOfRun }] = await Promise.all(
      [
        import('../../ingest/open.js'),
        import('../../analysis/compare.js'),
        import('../../report/compare-text.js'),
        import('../../report/notices-text.js'),
        import('../devices-of-run.js'),
      ],
    );
    const rules = await readRules(args.rules);
    const options = {
      ...blockOptions(args),
      ...(rules === undefined ? {} : { rules }),
      ...(args.window === undefined ? {} : { window: args.window }),
      per: args.total ? ('total' as const) : ('instance' as const),
    };
    const open = (path: string) =>
      withProgress(`reading ${path}`, args.quiet, (progress) => openRun(path, { progress }));
    const base = await open(args.trace);
    const candidate = await open(args.candidate);
    const result = compareRuns(base.traces, candidate.traces, options);
    if (args.json) {
      const { schema, ...rest } = result;
      printJson({ schema, paths: { base: args.trace, candidate: args.candidate }, ...rest });
    } else if (args.md) {
      const { compareMarkdown } = await import('../../report/compare-markdown.js');
      printLines(compareMarkdown(result, { base: args.trace, candidate: args.candidate }, args.top));
    } else {
      const names = [base, candidate].map((run, i) => {
        return { path: i === 0 ? args.trace : args.candidate, gpu: gpusOfRun(run) };
      });
      printLines(compareText(result, styleFor(process.stdout), names[0]!, names[1]!, args.top));
    }
    const notices = [base, candidate].flatMap((run) => [
      ...run.traces.flatMap((trace) => trace.notices),
      ...run.notices,
    ]);
    if (!args.quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});
