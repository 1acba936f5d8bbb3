import { defineCommand } from '../command.js';
import { withOutput } from '../options.js';
import { printJson, printLines, styleFor } from '../output.js';

export const doctor = defineCommand({
  usage: 'doctor',
  describe: 'Can this machine capture: driver, GPU, libcupti, permissions; and what to do if not',
  examples: [['gapscope doctor', 'a checklist; exit code 1 if capture cannot work here']],
  build: (yargs) => withOutput(yargs),
  async run({ json }) {
    const [{ examine }, { doctorText }] = await Promise.all([
      import('../../capture/doctor.js'),
      import('../../report/doctor-text.js'),
    ]);
    const result = examine();
    if (json) printJson(result);
    else printLines(doctorText(result, styleFor(process.stdout)));
    return result.canCapture ? 0 : 1;
  },
});
