// Predictions beside what was measured, as a Markdown table.
//   node bench/whatif/compare.mjs --trace TRACE --measured MEASURED.json [--rates RATES.json] [--metric NAME] [--target NAME]
// MEASURED.json is what `python -m bench.whatif.measure` writes (schema bench.whatif/1): unprofiled times of a base and
// of edits of it ("arms"), each with its ratio to the base. TRACE is a recording of that base. A recording costs time of
// its own, so ratios are compared: predicted over replayed, against measured over measured.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readRates } from '../../dist/projection/rates-file.js';
import { whatIf } from '../../dist/projection/whatif.js';
import { readRun } from '../../dist/trace/read-run.js';

const CACHE = 'kv_temp_clone,kv_roll_and_insert,kv_direct_insert,kv_sink_concat';
const FORWARDS = 'cuda-graphs=generator_forward,clean_context_cache_update';
const BLOCK_LINEARS = 'fp8=transformer_block_#';

/** Arm of the pipeline → the edits that say the same; what an arm needs of its own measurement is in `arm`. */
const EDITS = {
  ar_video: {
    graphs: () => ['no-sync', FORWARDS],
    'kv=ring': () => ['kv=ring'],
    'no-item-sync': () => ['no-sync'],
    'window=9': () => ['window=9'],
    'window=6': () => ['window=6'],
    fp8: () => [BLOCK_LINEARS],
    'fp8=ffn': () => ['fp8=ffn'],
    'steps=3': () => ['steps=3'],
    'kv=ring+no-item-sync': () => ['kv=ring', 'no-sync'],
    'graphs+kv=ring': () => ['kv=ring', 'no-sync', FORWARDS],
    compile: () => [`fuse=${CACHE}`],
    'compile+no-item-sync': () => [`fuse=${CACHE}`, 'no-sync'],
  },
  dit_video: {
    graphs: () => ['cuda-graphs=generator_forward'],
    fp8: () => [BLOCK_LINEARS],
    'fp8=ffn': () => ['fp8=ffn'],
    'attention=natten-map': () => ['sparse=cosmos-predict2-2b'],
    'attention=natten-map+fp8': () => ['sparse=cosmos-predict2-2b', BLOCK_LINEARS],
    'attention=natten-map+graphs': () => ['sparse=cosmos-predict2-2b', 'cuda-graphs=generator_forward'],
    'feature-cache=9-18:2-3': () => ['feature-cache=9-18,2-3'],
    'feature-cache=9-18:2-3+graphs': () => ['feature-cache=9-18,2-3', 'cuda-graphs=generator_forward'],
    'first-block-cache': ({ options }) => [`first-block-cache=threshold:${options.at(-1)}`],
    'steps=2': () => ['steps=2'],
  },
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
if (values.trace === undefined || values.measured === undefined) {
  console.error('which? --trace TRACE --measured MEASURED.json');
  process.exit(1);
}
const measured = JSON.parse(readFileSync(values.measured, 'utf8'));
const trace = (await readRun(values.trace)).traces[0];
const rates = values.rates === undefined ? undefined : await readRates(values.rates);
const edits = EDITS[measured.pipeline];
const [metric, target] = METRICS[measured.pipeline];
const wanted = values.metric ?? metric;
const options = {
  ...(rates === undefined ? {} : { rates }),
  ...((values.target ?? target) === undefined ? {} : { target: values.target ?? target }),
};

const base = measured.arms.base[wanted].median;
console.log(`Base: ${base.toFixed(2)} ms (${wanted}, ${measured.rounds} rounds, unprofiled).\n`);
console.log('| arm | edits | measured, ms | measured / base | predicted / base | error |');
console.log('|---|---|--:|--:|--:|--:|');
const errors = [];
for (const [arm, found] of Object.entries(measured.arms)) {
  if (arm === 'base' || found[wanted] === undefined) continue;
  const ratio = found[wanted].ratioToBase?.median ?? found[wanted].median / base;
  const line = (text, predicted, error) =>
    console.log(
      `| ${arm} | ${text} | ${found[wanted].median.toFixed(2)} | ${ratio.toFixed(4)} | ${predicted} | ${error} |`,
    );
  if (edits[arm] === undefined) {
    line(arm === 'base-again' ? 'none: what differs is noise' : 'no edit says this', '–', '–');
    continue;
  }
  const apply = edits[arm](found);
  const [row] = whatIf(trace, { ...options, apply }).edits;
  if (!row.applies) {
    line(`${apply.join(' + ')}: ${row.reason}`, '–', '–');
    continue;
  }
  const predicted = 1 / row.speedup;
  errors.push(Math.abs(predicted / ratio - 1));
  line(`\`${row.edit}\``, predicted.toFixed(4), `${((predicted / ratio - 1) * 100).toFixed(1)} %`);
}
const worst = Math.max(0, ...errors);
const within = errors.filter((error) => error <= 0.05).length;
console.log(`\n${within} of ${errors.length} within 5 %; worst ${(worst * 100).toFixed(1)} %.`);
