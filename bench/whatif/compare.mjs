// Predictions against measurements.
//   node bench/whatif/compare.mjs                               all subjects of bench/whatif/measured, on traces/whatif-*.trace
//   node bench/whatif/compare.mjs --trace TRACE --measured MEASURED.json [--rates RATES.json] [--metric NAME] [--target NAME]
//
// MEASURED.json is written by `python -m bench.whatif.measure` (schema bench.whatif/1): unprofiled times of a base and
// of edits of it ("arms"), each with its ratio to the base round by round. TRACE is a recording of that base. The error
// is of the predicted ratio times the measured base, so that what recording the base cost is not held against an edit;
// "as recorded" is the prediction in the recording's own milliseconds, and its error.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readRates } from '../../dist/projection/rates-file.js';
import { whatIf } from '../../dist/projection/whatif.js';
import { readRun } from '../../dist/trace/read-run.js';

const here = dirname(fileURLToPath(import.meta.url));
const EDITS = JSON.parse(readFileSync(join(here, 'arm-edits.json'), 'utf8'));
/** Subject → recording of its base. */
const SUBJECTS = {
  'ar-small': 'whatif-ar-small',
  'ar-full': 'whatif-ar-full',
  dit: 'whatif-dit',
  'dit-full': 'whatif-dit-full',
  'compile-small': 'whatif-ar-small',
};
/** What is compared: the steady block, or the sum over all steps, whose number or cost the edits change. */
const METRICS = { ar_video: ['steadyBlockMs', undefined], dit_video: ['allStepsMs', 'all'] };

const { values } = parseArgs({
  options: {
    trace: { type: 'string' },
    measured: { type: 'string' },
    rates: { type: 'string' },
    metric: { type: 'string' },
    target: { type: 'string' },
  },
});
const rates = values.rates === undefined ? undefined : await readRates(values.rates);
const percent = (share) => {
  const text = Math.abs(share * 100).toFixed(1);
  return `${text === '0.0' ? '' : share < 0 ? '−' : '+'}${text} %`;
};

/** Prints a table, and returns the errors. */
async function compare(name, tracePath, measuredPath) {
  const measured = JSON.parse(readFileSync(measuredPath, 'utf8'));
  const trace = (await readRun(tracePath)).traces[0];
  const [metric, target] = METRICS[measured.pipeline];
  const wanted = values.metric ?? metric;
  const options = {
    ...(rates === undefined ? {} : { rates }),
    ...((values.target ?? target) === undefined ? {} : { target: values.target ?? target }),
  };
  const base = measured.arms.base[wanted].median;
  const unedited = whatIf(trace, { ...options, apply: ['bandwidth=1'] }).target;
  console.log(
    `${name}: ${wanted} ${base.toFixed(2)} ms measured in ${measured.rounds} rounds with nothing recording; ` +
      `${(unedited.baseNs / 1e6).toFixed(2)} ms recorded; ${(unedited.replayNs / 1e6).toFixed(2)} ms replayed.\n`,
  );
  console.log(
    '| edit | predicted, ms | measured, ms | error | spread of the rounds | as recorded, ms | error |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|');
  const errors = [];
  for (const [arm, found] of Object.entries(measured.arms)) {
    if (arm === 'base' || found[wanted] === undefined) continue;
    const ratios = found[wanted].ratioToBase.rounds;
    const ratio = found[wanted].ratioToBase.median;
    const ms = found[wanted].median;
    const spread = `${percent(Math.min(...ratios) / ratio - 1)} … ${percent(Math.max(...ratios) / ratio - 1)}`;
    const line = (text, ...cells) => console.log(`| ${[text, ...cells].join(' | ')} |`);
    const edits = EDITS[measured.pipeline][arm];
    if (edits === undefined) {
      const why = arm === 'base-again' ? 'the base once more: noise' : `\`${arm}\`: no edit says this`;
      line(why, '–', ms.toFixed(2), '–', spread, '–', '–');
      continue;
    }
    const apply = edits.map((edit) => edit.replace('{last}', found.options.at(-1)));
    const [row] = whatIf(trace, { ...options, apply }).edits;
    if (!row.applies) {
      line(`${apply.join(' + ')}: ${row.reason}`, '–', ms.toFixed(2), '–', spread, '–', '–');
      continue;
    }
    const error = 1 / row.speedup / ratio - 1;
    errors.push(Math.abs(error));
    const recordedMs = row.predictedNs / 1e6;
    line(
      `\`${row.edit}\``,
      (base / row.speedup).toFixed(2),
      ms.toFixed(2),
      percent(error),
      spread,
      recordedMs.toFixed(2),
      percent(recordedMs / ms - 1),
    );
  }
  const worst = Math.max(0, ...errors);
  const within = errors.filter((error) => error <= 0.05).length;
  console.log(`\n${within} of ${errors.length} within 5 %; worst ${(worst * 100).toFixed(1)} %.\n`);
}

if (values.trace === undefined && values.measured === undefined) {
  for (const [subject, trace] of Object.entries(SUBJECTS)) {
    const path = join(here, '../../traces', `${trace}.trace`);
    await compare(subject, path, join(here, 'measured', `measured-${subject}.json`));
  }
} else if (values.trace === undefined || values.measured === undefined) {
  console.error('which? --trace TRACE --measured MEASURED.json, or neither for what is in the repository');
  process.exitCode = 1;
} else {
  await compare(values.trace, values.trace, values.measured);
}
