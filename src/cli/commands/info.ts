import { defineCommand } from '../command.js';
import { withTrace } from '../options.js';
import { printJson, printLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';

export const info = defineCommand({
  usage: 'info <trace>',
  describe: 'What is in a trace: device, ops, calls, ranges, span, what was lost',
  examples: [['gapscope info traces/full', 'one screen about a trace']],
  build: (yargs) => withTrace(yargs),
  async run({ trace: path, json, quiet }) {
    const [{ openRun }, { summarize }, { infoText }, { noticeLines }] = await Promise.all([
      import('../../ingest/open.js'),
      import('../../analysis/info.js'),
      import('../../report/info-text.js'),
      import('../../report/notices-text.js'),
    ]);
    const run = await withProgress(`reading ${path}`, quiet, (progress) =>
      openRun(path, { allowEmpty: true, progress }),
    );
    const processes = run.traces.map(summarize);
    if (json) {
      printJson({
        schema: 'gapscope.info/1',
        path,
        ...(run.clocks === undefined ? {} : { clocks: run.clocks }),
        processes,
        notices: run.notices,
      });
    } else {
      const style = styleFor(process.stdout);
      printLines([
        ...processes.flatMap((one, i) => [...(i > 0 ? [''] : []), ...infoText(one, style)]),
        ...noticeLines(run.notices, style),
      ]);
    }
    return 0;
  },
});
