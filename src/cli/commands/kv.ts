import { blockOptions, withBlocks } from '../block-options.js';
import { defineCommand } from '../command.js';
import { withTrace } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';
import { readRules, withRules } from '../rules-option.js';

export const kv = defineCommand({
  usage: 'kv <trace>',
  describe: 'KV-cache operations: time, gaps, bytes and bandwidth by phase, block and layer',
  examples: [
    ['gapscope kv traces/full-eager.trace', 'the whole trace'],
    ["gapscope kv traces/full-eager.trace --window 'temporal_block:5' --top all", 'one block, all layers'],
    [
      'gapscope kv traces/full-eager.trace --bandwidth 4300',
      "against a bandwidth you measured, not the GPU's rated one",
    ],
  ],
  build: (yargs) =>
    withRules(withBlocks(withTrace(yargs)))
      .option('bandwidth', {
        type: 'number',
        describe: 'Copy bandwidth to compare with, GB/s read + written [default: as rated]',
        requiresArg: true,
      })
      .check(({ bandwidth }) => {
        if (bandwidth !== undefined && !(bandwidth > 0)) throw new Error('--bandwidth takes GB/s, above 0');
        return true;
      }),
  async run(args) {
    const [{ openRun }, { analyzeKv }, { kvText }, { noticeLines }, { eachProcess }] = await Promise.all([
      import('../../ingest/open.js'),
      import('../../analysis/kv.js'),
      import('../../report/kv-text.js'),
      import('../../report/notices-text.js'),
      import('../each-process.js'),
    ]);
    const rules = await readRules(args.rules);
    const run = await withProgress(`reading ${args.trace}`, args.quiet, (progress) =>
      openRun(args.trace, { progress }),
    );
    const options = {
      ...blockOptions(args),
      ...(rules === undefined ? {} : { rules }),
      ...(args.window === undefined ? {} : { window: args.window }),
      ...(args.bandwidth === undefined ? {} : { bandwidth: args.bandwidth * 1e9 }),
    };
    const { results, notices } = eachProcess(
      run,
      (trace) => analyzeKv(trace, options),
      ({ window }) => window.device,
    );
    if (args.json) {
      const all = results.map(({ result }) => result);
      printJson(all.length === 1 ? all[0] : { schema: 'gapscope.kv/1', processes: all });
    } else {
      const style = styleFor(process.stdout);
      printLines(
        results.flatMap(({ result, gpu }, i) => [
          ...(i > 0 ? [''] : []),
          ...kvText(result, style, gpu, args.top),
        ]),
      );
    }
    if (!args.quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});
