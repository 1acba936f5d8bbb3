import { defineCommand } from '../command.js';
import { withTrace } from '../options.js';

export const report = defineCommand({
  usage: 'report <trace>',
  describe: 'Write a report: findings, headline numbers, charts and tables, as one HTML file or Markdown',
  examples: [
    ['gapscope report traces/full', 'report.html: one file that needs no network'],
    ['gapscope report traces/full -o report.md', 'the same as Markdown'],
    ['gapscope report traces/full --timeline', 'and report-timeline.html, into which its times link'],
  ],
  build: (yargs) =>
    withTrace(yargs)
      .option('out', {
        alias: 'o',
        type: 'string',
        default: 'report.html',
        requiresArg: true,
        describe: 'File to write; .html or .md',
      })
      .option('timeline', {
        type: 'boolean',
        default: false,
        describe: 'Also write the timeline as a page beside the report, and link every place to it',
      }),
  async run({ trace, out, timeline, json, quiet, window, device }) {
    const { reportCommand } = await import('../report-command.js');
    return reportCommand({
      path: trace,
      out,
      timeline,
      json,
      quiet,
      options: { ...(window === undefined ? {} : { window }), ...(device === undefined ? {} : { device }) },
    });
  },
});
