import { defineCommand } from '../command.js';
import { withTrace } from '../options.js';
import { printJson, printLines, sayLines, styleFor } from '../output.js';
import { withProgress } from '../progress.js';

export const gaps = defineCommand({
  usage: 'gaps <trace>',
  describe: 'Where the GPU waits, and for what: the idle budget by cause, and the hotspots',
  examples: [
    ['gapscope gaps traces/full', 'the whole trace'],
    ["gapscope gaps traces/full --window 'temporal_block:*' --top 30", 'inside the temporal blocks only'],
  ],
  build: (yargs) => withTrace(yargs),
  async run({ trace: path, json, quiet, window, device, top }) {
    const [{ readRun }, { gapsOfRun }, { gapsText }, { noticeLines }] = await Promise.all([
      import('../../trace/read-run.js'),
      import('../gaps-of-run.js'),
      import('../../report/gaps-text.js'),
      import('../../report/notices-text.js'),
    ]);
    const run = await withProgress(`reading ${path}`, quiet, () => readRun(path));
    const result = gapsOfRun(run, {
      top,
      ...(window === undefined ? {} : { window }),
      ...(device === undefined ? {} : { device }),
    });
    if (json) {
      printJson(result);
    } else {
      const name = (pid: number, id: number): string => {
        const trace = run.traces.find((one) => one.pid === pid);
        const model = trace?.devices.find((one) => one.id === id)?.name ?? `GPU ${id}`;
        const label = model === `GPU ${id}` ? model : `GPU ${id} · ${model}`;
        return run.traces.length > 1 ? `${label} · process ${pid}` : label;
      };
      printLines(gapsText(result, styleFor(process.stdout), name));
    }
    const notices = [...run.traces.flatMap((trace) => trace.notices), ...run.notices];
    if (!quiet && notices.length > 0) sayLines(noticeLines(notices, styleFor(process.stderr)));
    return 0;
  },
});
