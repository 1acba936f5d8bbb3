import { defineCommand } from '../command.js';
import { withOutput } from '../options.js';

export const importTrace = defineCommand({
  usage: 'import <trace>',
  describe: 'Keep a file of another tool as traces of ours, which are smaller and read several times faster',
  examples: [
    ['gapscope import report.sqlite -o kept', 'an SQLite export of Nsight Systems; one trace a process'],
    ['gapscope import ranks/ -o kept', 'a folder of files, one or more a rank'],
  ],
  build: (yargs) =>
    withOutput(yargs)
      .positional('trace', {
        type: 'string',
        demandOption: true,
        describe: 'A file of another tool, or a folder of such files (docs/import.md)',
      })
      .option('out', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'Folder to write into; made if it is not there',
      })
      .option('force', { type: 'boolean', default: false, describe: 'Replace earlier traces in DIR' }),
  async run({ trace, out, force, json, quiet }) {
    const { importCommand } = await import('../import-command.js');
    return importCommand({ path: trace, out, force, json, quiet });
  },
});
