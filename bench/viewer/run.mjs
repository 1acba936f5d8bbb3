// How long the viewer takes to its first picture, how long its pictures take, and how much memory, in headless Chromium.
//   node bench/viewer/run.mjs TRACE… [--runs 5]
// Prints the tables of docs/benchmarks.md. Long traces: python -m bench.tile_trace. Needs a built project (npm run build).
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { frameScriptMs } from './frame-script.mjs';
import { followPath } from './path.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHROMIUM = process.env.GAPSCOPE_CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  // Memory is measured when it is asked for, not at some later garbage collection.
  '--enable-blink-features=ForceEagerMeasureMemory',
];

const { traces, runs } = argumentsOf(process.argv.slice(2));
say(`load ${loads()}`);
const rows = [];
for (const trace of traces) {
  const found = [];
  for (let k = 0; k < runs; k++) {
    const one = await measure(trace);
    say(`${basename(trace)} ${JSON.stringify({ ...one, script: undefined, draw: undefined })}`);
    found.push(one);
  }
  rows.push({ name: basename(trace), found });
}
say(`load ${loads()}`);

console.log(
  '| trace | ops | MB | first picture, s | after the last byte, s | the bytes alone, s | all worked out, s | memory, MB | peak resident, MB |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const { name, found } of rows) {
  const middle = (pick, digits) => median(found.map(pick)).toFixed(digits);
  const spread = (pick) =>
    `${middle(pick, 2)} (${Math.min(...found.map(pick)).toFixed(2)} to ${Math.max(...found.map(pick)).toFixed(2)})`;
  console.log(
    `| ${name} | ${found[0].ops.toLocaleString('en-US')} | ${middle((one) => one.megabytes, 0)} | ${spread((one) => one.firstS)} ` +
      `| ${spread((one) => one.firstS - one.arrivedS)} | ${middle((one) => one.bytesS, 2)} | ${middle((one) => one.readyS, 2)} ` +
      `| ${middle((one) => one.measuredMb, 0)} | ${middle((one) => one.residentMb, 0)} |`,
  );
}
console.log(
  '\n| trace | pictures | all script, ms of CPU: median, p95, most | all script, ms by the clock | drawing alone, ms by the clock | over 16 ms: CPU, clock |',
);
console.log('|---|---|---|---|---|---|');
for (const { name, found } of rows) {
  const cpu = found.flatMap((one) => one.script.cpu);
  const wall = found.flatMap((one) => one.script.wall);
  const over = (values) => values.filter((ms) => ms > 16).length;
  console.log(
    `| ${name} | ${cpu.length.toLocaleString('en-US')} | ${three(cpu)} | ${three(wall)} | ${three(found.flatMap((one) => one.draw))} | ${over(cpu)}, ${over(wall)} |`,
  );
}

/** One page from its start to the end of the path, in a browser of its own. */
async function measure(trace) {
  const server = spawn(process.execPath, [
    join(ROOT, 'dist/cli/main.js'),
    'view',
    trace,
    '--no-open',
    '--quiet',
  ]);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  try {
    const url = await addressOf(server);
    const { seconds: bytesS, bytes } = await fetchAlone(browser, url);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(180_000);
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    const firstMs = page.waitForFunction(() => {
      const { bench } = globalThis;
      return bench?.desk.summary(0) !== undefined && bench.timeline.settled ? performance.now() : false;
    });
    await page.goto(`${url}?bench`);
    const firstS = (await (await firstMs).jsonValue()) / 1000;
    const arrivedS = await lastByteS(page);
    const readyMs = await page.waitForFunction(
      () => (globalThis.bench.desk.isReady(0) ? performance.now() : false),
      undefined,
      { polling: 50 },
    );
    const readyS = (await readyMs.jsonValue()) / 1000;
    const { ops, timings } = await page.evaluate(() => {
      const { ops, timings } = globalThis.bench.desk.summary(0);
      return { ops, timings };
    });
    await page.waitForFunction(() => globalThis.bench.timeline.settled);
    // Findings that the panel asks for are worked out at the same time as the first pictures of a user; not here.
    await page.locator('#panel-idle table').waitFor();
    const before = await page.evaluate(() => globalThis.bench.timeline.frameTimes().length);
    const script = await frameScriptMs(browser, page, () => followPath(page));
    const draw = await page.evaluate(
      (before) => globalThis.bench.timeline.frameTimes().slice(before),
      before,
    );
    const measured = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
    const residentMb = await peakResidentMb(browser);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return {
      ops,
      firstS,
      arrivedS,
      bytesS,
      megabytes: bytes / 1e6,
      readyS,
      timings,
      script,
      draw,
      measuredMb: measured.bytes / 1e6,
      residentMb,
    };
  } finally {
    await browser.close();
    server.kill('SIGINT');
  }
}

/** When the last byte of the trace was there: the engine is who fetches. Seconds since the page's own start. */
async function lastByteS(page) {
  const pageOrigin = await page.evaluate(() => performance.timeOrigin);
  const lastMs = await page.workers()[0].evaluate(() => {
    const ends = performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('/api/'))
      .map(({ responseEnd }) => responseEnd);
    return performance.timeOrigin + Math.max(...ends);
  });
  return (lastMs - pageOrigin) / 1000;
}

async function addressOf(server) {
  let text = '';
  for await (const data of server.stdout) {
    text += String(data);
    const url = /http:\/\/\S+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error('the server did not start');
}

function say(line) {
  console.error(line);
}

function loads() {
  return loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
}

/** Seconds to fetch the same bytes in the same browser and look at none of them. */
async function fetchAlone(browser, url) {
  const page = await browser.newPage();
  // A page of the same origin that has no script of its own.
  await page.goto(new URL('/', url).href);
  const found = await page.evaluate(async (token) => {
    const headers = { 'x-gapscope-token': token };
    const list = await (await globalThis.fetch('/api/0/files.json', { headers })).json();
    const started = performance.now();
    let bytes = 0;
    await Promise.all(
      list.processes
        .flatMap(({ files }) => files)
        .map(async (file) => {
          const response = await globalThis.fetch(`/api/0/${file.url}`, { headers });
          const reader = response.body.getReader();
          for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read())
            bytes += chunk.value.length;
        }),
    );
    return { seconds: (performance.now() - started) / 1000, bytes };
  }, new URL(url).pathname.split('/')[1]);
  await page.close();
  return found;
}

/** Of the process that has the page and its worker. */
async function peakResidentMb(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0));
  return Math.max(...peaks) / 1000;
}

function argumentsOf(words) {
  const at = words.indexOf('--runs');
  const runs = at < 0 ? 5 : Number(words[at + 1]);
  const traces = words.filter((_, k) => at < 0 || (k !== at && k !== at + 1));
  if (traces.length === 0 || !(runs >= 1)) {
    console.error('usage: node bench/viewer/run.mjs TRACE… [--runs 5]');
    process.exit(1);
  }
  return { traces, runs };
}

function median(values) {
  return quantile(values, 0.5);
}

/** Nearest rank. */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

function three(values) {
  return [0.5, 0.95, 1].map((share) => quantile(values, share).toFixed(1)).join(', ');
}
