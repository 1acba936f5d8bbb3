import { defineCommand } from '../command.js';
import { withTrace, type TraceArgs } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';
import { readRules, withRules } from '../rules-option.js';

interface BreakdownArgs extends TraceArgs {
  readonly by: 'tree' | 'layer';
  readonly depth: number;
  readonly rules: string | undefined;
}

export const breakdown = defineCommand<BreakdownArgs>({
  usage: 'breakdown <trace>',
  describe: 'Where the time goes: the tree of ranges, or the parts of a transformer layer',
  examples: [
    ['gapscope breakdown traces/full --depth 4', 'the tree of range templates, four levels of it'],
    [
      "gapscope breakdown traces/full --by layer --window 'temporal_block:4'",
      'what one block spends in each part of a layer',
    ],
  ],
  build: (yargs) =>
    withRules(withTrace(yargs))
      .option('by', {
        choices: ['tree', 'layer'] as const,
        default: 'tree' as const,
        describe: 'The tree of ranges, or the table of what a layer is made of',
      })
      .option('depth', {
        default: Infinity,
        defaultDescription: 'all',
        describe: "Levels of the tree to show, or 'all'",
        requiresArg: true,
        coerce: parseDepth,
      }),
  async run({ trace: path, json, quiet, window, device, top, by, depth, rules: rulesPath }) {
    const [
      { openRun },
      { analyzeBreakdown },
      { devicesOfRun, deviceNamesOf },
      { breakdownText },
      { noticeLines },
    ] = await Promise.all([
      import('../../ingest/open.js'),
      import('../../analysis/breakdown.js'),
      import('../devices-of-run.js'),
      import('../../report/breakdown-text.js'),
      import('../../report/notices-text.js'),
    ]);
    const rules = await readRules(rulesPath);
    const run = await withProgress(`reading ${path}`, quiet, (progress) => openRun(path, { progress }));
    const options = {
      ...(window === undefined ? {} : { window }),
      ...(device === undefined ? {} : { device }),
      ...(rules === undefined ? {} : { rules }),
    };
    const devices = devicesOfRun(run, (trace) => analyzeBreakdown(trace, options));
    const result = { schema: 'gapscope.breakdown/1', devices } as const;
    if (json) printJson(result);
    else printLines(breakdownText(result, styleFor(process.stdout), { by, depth, top }, deviceNamesOf(run)));
    const notices = [...run.traces.flatMap((trace) => trace.notices), ...run.notices];
    if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});

function parseDepth(value: unknown): number {
  if (value === 'all' || value === Infinity) return Infinity;
  const depth = Number(value);
  if (!Number.isInteger(depth) || depth < 1) {
    throw new Error("--depth takes a number of levels from 1, or 'all'");
  }
  return depth;
}
