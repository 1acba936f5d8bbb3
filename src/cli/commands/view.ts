import { defineCommand } from '../command.js';
import { withOutput } from '../options.js';

export const view = defineCommand({
  usage: 'view [trace]',
  describe: 'Show a trace as a timeline in the browser',
  examples: [
    ['gapscope view traces/full', 'serves it on this machine only, and opens the browser; Ctrl-C ends it'],
    ['gapscope view before.trace --compare after.trace', 'two traces, one above the other'],
    ["gapscope view traces/full --at '120ms..125ms'", 'opens with these five milliseconds in view'],
    ['gapscope view', 'an empty page to drop a trace on'],
  ],
  build: (yargs) =>
    withOutput(yargs)
      .positional('trace', {
        type: 'string',
        describe: 'A trace; without one the page asks for a file',
      })
      .option('compare', {
        type: 'string',
        requiresArg: true,
        describe: 'A second trace, shown below the first',
      })
      .option('at', {
        type: 'string',
        requiresArg: true,
        describe: "Window to open with, from the trace's start: '120ms..125ms'",
      })
      .option('port', {
        type: 'number',
        requiresArg: true,
        describe: 'Port on 127.0.0.1 [default: any free one]',
      })
      .option('open', {
        type: 'boolean',
        default: true,
        describe: 'Open the browser; --no-open only prints the address',
      })
      .check(({ port, trace, compare, at }) => {
        if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port < 65_536)) {
          throw new Error('--port takes a number from 0 to 65535');
        }
        if (compare !== undefined && trace === undefined) {
          throw new Error('--compare needs a first trace to compare with');
        }
        if (at !== undefined && trace === undefined) {
          throw new Error('--at needs a trace to look at');
        }
        return true;
      }),
  async run({ trace, compare, at, port, open, json, quiet }) {
    const { viewCommand } = await import('../view-command.js');
    return viewCommand({
      paths: [trace, compare].filter((path) => path !== undefined),
      at,
      port,
      open,
      json,
      quiet,
    });
  },
});
