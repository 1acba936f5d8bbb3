// Watches a process that runs cases: what it says of each, how long each takes, and whether it dies of one.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
/** Cases a process; so that what one leaves behind does not count against the next for ever. */
const BATCH = 500;
/** How often the good file is read to know what reading it takes, garbage that waits to be collected included. */
const GOOD_READS = 30;
/** A case that takes longer hangs: many times what the good file takes, on a machine that is busy with other things. */
const MIN_TIME_MS = 10_000;
const TIMES_THE_GOOD = 40;
const MEMORY_FACTOR = 2;

/** Runs `count` cases from number `from` on, and the known ones before; a known one has its own seed. */
export async function runCases({ subject, good, folder, seed, from, count, known = [] }) {
  const common = { name: subject.name, good, folder };
  const reads = subject.name.startsWith('whole:') ? 3 : GOOD_READS;
  const healthy = await runBatch({ ...common, seed: 'good', from: 0, count: reads, limitMs: 120_000 });
  if (healthy.failure !== undefined) throw new Error(`${subject.name} as it is: ${healthy.failure.what}`);
  if (healthy.outcomes.refused > 0 && !/no-gpu/.test(subject.name))
    throw new Error(`${subject.name} as it is was refused`);
  const limits = { limitMs: Math.max(MIN_TIME_MS, TIMES_THE_GOOD * healthy.longestMs) };
  const limitMb = MEMORY_FACTOR * healthy.peakMb;
  const report = { cases: 0, outcomes: { result: 0, notices: 0, refused: 0 }, failures: [], longestMs: 0, peakMb: 0, goodMb: healthy.peakMb }; // prettier-ignore

  const runFrom = async (batchSeed, first, end) => {
    for (let at = first; at < end;) {
      const batch = await runBatch({
        ...common,
        seed: batchSeed,
        from: at,
        count: Math.min(BATCH, end - at),
        limitMb,
        ...limits,
      });
      report.cases += batch.cases;
      report.last = batch.last;
      for (const key of Object.keys(report.outcomes)) report.outcomes[key] += batch.outcomes[key];
      if (batch.longestMs > report.longestMs) {
        report.longestMs = batch.longestMs;
        report.slowest = batch.slowest;
      }
      report.peakMb = Math.max(report.peakMb, batch.peakMb);
      for (const bug of batch.bugs) report.failures.push({ subject: subject.name, seed: batchSeed, ...bug });
      at += batch.cases;
      if (batch.failure !== undefined) {
        const { failure } = batch;
        // Alone, to tell a case that takes memory from one that came when the garbage of others had piled up.
        if (failure.tooLarge) {
          const alone = await runBatch({
            ...common,
            seed: batchSeed,
            from: failure.number,
            count: 1,
            limitMb,
            ...limits,
          });
          if (alone.failure === undefined) continue;
        }
        report.failures.push({ subject: subject.name, seed: batchSeed, ...failure });
      }
    }
  };
  for (const one of known) await runFrom(one.seed, one.number, one.number + 1);
  await runFrom(seed, from, from + count);
  return report;
}

/** One process. Stops at the first case that hangs, kills it, or takes too much memory: `failure`. */
function runBatch({ name, good, folder, seed, from, count, limitMs, limitMb = Infinity }) {
  const scratch = mkdtempSync(join(folder, 'case-'));
  const args = ['--max-old-space-size=2048', WORKER, name, good, scratch, seed, String(from), String(count)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const batch = { cases: 0, outcomes: { result: 0, notices: 0, refused: 0 }, bugs: [], longestMs: 0, slowest: undefined, peakMb: 0, failure: undefined, last: join(scratch, basename(good)) }; // prettier-ignore
  let current;
  let stderr = '';
  let timer;
  const stop = (what, tooLarge = false) => {
    batch.failure ??= { number: current ?? from, what, tooLarge };
    child.kill('SIGKILL');
  };
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop(`not done after ${limitMs} ms`), limitMs);
  };
  watch();
  child.stderr.on('data', (data) => (stderr = (stderr + String(data)).slice(-4000)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (batch.failure !== undefined) return;
    watch();
    const [word, number, ms, mb, outcome, ...rest] = line.split(' ');
    if (word === 'start') {
      current = Number(number);
      return;
    }
    if (word !== 'end') return;
    current = undefined;
    batch.cases++;
    if (Number(ms) > batch.longestMs) {
      batch.longestMs = Number(ms);
      batch.slowest = Number(number);
    }
    if (outcome === 'bug') batch.bugs.push({ number: Number(number), what: JSON.parse(rest.join(' ')) });
    else batch.outcomes[outcome]++;
    if (Number(mb) > limitMb) {
      batch.failure = {
        number: Number(number),
        what: `${mb} MB at its peak; the good file takes half of ${limitMb}`,
        tooLarge: true,
      };
      child.kill('SIGKILL');
    } else batch.peakMb = Math.max(batch.peakMb, Number(mb));
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (batch.failure === undefined && batch.cases < count) {
        batch.failure = {
          number: current ?? from + batch.cases,
          what: `ended with ${code ?? signal}: ${stderr}`,
        };
      }
      // A case that was not reported is done with, too.
      if (batch.failure !== undefined && batch.failure.tooLarge !== true) batch.cases++;
      if (count > 1) rmSync(scratch, { recursive: true, force: true });
      resolve(batch);
    });
  });
}
