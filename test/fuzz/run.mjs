// Damages samples of every format that gapscope reads, thousands of times, and reads what comes of it: each case must
// end in a result or a `UserError`, in bounded time, within twice the memory that the good file takes.
//   node test/fuzz/run.mjs [--cases 10000] [--whole 20] [--subject PATTERN] [--seed TEXT]   (needs a built dist/)
//   node test/fuzz/run.mjs --subject NAME --case NUMBER [--keep FILE]    one case again
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCases } from './run-cases.mjs';
import { subjects } from './subjects.mjs';

const seeds = JSON.parse(readFileSync(new URL('seeds.json', import.meta.url), 'utf8'));
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    whole: { type: 'string', default: '20' },
    subject: { type: 'string', default: '.' },
    seed: { type: 'string', default: seeds.seed },
    case: { type: 'string' },
    keep: { type: 'string' },
  },
});

const pattern = new RegExp(values.subject);
const chosen = subjects().filter(({ name }) => name === values.subject || pattern.test(name));
if (chosen.length === 0) {
  console.error(
    `no subject is called ${values.subject}; there are: ${subjects()
      .map(({ name }) => name)
      .join(', ')}`,
  );
  process.exit(1);
}

const failures = [];
console.log(
  '| subject | cases | result | with notices | refused | failed | longest ms (case) | peak MB, good | peak MB, damaged |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const subject of chosen) {
  const folder = mkdtempSync(join(tmpdir(), 'gapscope-fuzz-'));
  try {
    const good = await subject.make(folder);
    const one = values.case === undefined ? undefined : Number(values.case);
    const count =
      one !== undefined ? 1 : Number(subject.name.startsWith('whole:') ? values.whole : values.cases);
    const known = one === undefined ? seeds.found.filter((found) => found.subject === subject.name) : [];
    const report = await runCases({ subject, good, folder, seed: values.seed, from: one ?? 0, count, known });
    failures.push(...report.failures);
    const { result, notices, refused } = report.outcomes;
    console.log(
      `| ${subject.name} | ${report.cases} | ${result} | ${notices} | ${refused} | ${report.failures.length} ` +
        `| ${report.longestMs} (${report.slowest ?? '-'}) | ${report.goodMb} | ${report.peakMb} |`,
    );
    if (values.keep !== undefined) cpSync(report.last, values.keep, { recursive: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
function groupBy(list, keyOf) {
  const groups = new Map();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

// One bug is found by many cases: it is told once, with the first of them.
const kinds = groupBy(failures, ({ what }) => what.replace(/\d+/g, '#').split('\n').slice(0, 3).join('\n'));
for (const [, same] of kinds) {
  const [{ subject, seed, number, what }] = same;
  const more = same.length === 1 ? '' : ` (and ${same.length - 1} more like it)`;
  console.log(`\n${subject}, case ${number}${more}: ${what}`);
  console.log(`  node test/fuzz/run.mjs --subject '${subject}' --case ${number} --seed ${seed}`);
}
process.exit(failures.length > 0 ? 1 : 0);
