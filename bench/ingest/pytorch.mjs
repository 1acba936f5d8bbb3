// How fast a PyTorch profiler's JSON is read, and in how much memory.
//   node bench/ingest/pytorch.mjs SAMPLE.json.gz [--mb 1000] [--rounds 5] [--dir /tmp]
//
// SAMPLE's events are repeated with later times and fresh ids until the text is long enough, plain and gzipped. Each way
// of reading runs in a process of its own, by turns, so that a drifting machine drifts for all of them. Needs a built
// project (npm run build). The files are deleted at the end.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';

const DIST = new URL('../../dist/ingest/pytorch/', import.meta.url);

/** Beyond this a JavaScript string cannot hold the text. */
const LONGEST_TEXT = 2 ** 29 - 24;

const WAYS = {
  'byte scanner': scan,
  'byte scanner, gzipped': scan,
  'JSON.parse, event by event': parseEvents,
  'JSON.parse, the whole file': parseWhole,
};

async function scan(path) {
  const { importPytorch } = await import(new URL('import-pytorch.js', DIST));
  const { traces } = await importPytorch(path);
  return traces[0].ops.length;
}

/**
 * The other way within reach of a browser: cut the bytes at the ends of events, and leave the rest to V8. Takes the same
 * fields of ops and calls, times as doubles (and so not exact), names interned in a Map.
 */
async function parseEvents(path) {
  const { skipValue, OPEN_BRACE } = await import(new URL('json-bytes.js', DIST));
  const { ByteWindow } = await import(new URL('byte-window.js', DIST));
  const window = new ByteWindow();
  const names = new Map();
  const idOf = (name) => {
    let id = names.get(name);
    if (id === undefined) names.set(name, (id = names.size));
    return id;
  };
  const OPS = new Set(['kernel', 'gpu_memcpy', 'gpu_memset']);
  const CALLS = new Set(['cuda_runtime', 'cuda_driver']);
  let capacity = 1 << 16;
  let columns = Array.from({ length: 10 }, () => new Float64Array(capacity));
  let rows = 0;
  let ops = 0;
  let inEvents = false;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    window.append(chunk);
    const { bytes, view, end } = window;
    const buffer = Buffer.from(bytes.buffer);
    if (!inEvents) {
      const at = buffer.indexOf('"traceEvents"');
      if (at < 0 || at > end) continue;
      window.start = buffer.indexOf('[', at) + 1;
      inEvents = true;
    }
    let pos = window.start;
    for (;;) {
      while (pos < end && bytes[pos] !== OPEN_BRACE) pos++;
      if (pos >= end) break;
      const after = skipValue(bytes, view, pos, end);
      if (after < 0) break;
      const event = JSON.parse(buffer.latin1Slice(pos, after));
      pos = after;
      if (event.ph !== 'X' || !(OPS.has(event.cat) || CALLS.has(event.cat))) continue;
      if (rows === capacity) {
        capacity *= 2;
        columns = columns.map((column) => {
          const larger = new Float64Array(capacity);
          larger.set(column);
          return larger;
        });
      }
      const { args } = event;
      columns[0][rows] = event.ts * 1000;
      columns[1][rows] = event.dur * 1000;
      columns[2][rows] = idOf(event.name);
      columns[3][rows] = event.tid;
      columns[4][rows] = args.correlation;
      columns[5][rows] = args.device ?? 0;
      columns[6][rows] = args.stream ?? 0;
      columns[7][rows] = args.bytes ?? 0;
      columns[8][rows] = args.grid?.[0] ?? 0;
      columns[9][rows] = args['registers per thread'] ?? 0;
      rows++;
      if (OPS.has(event.cat)) ops++;
    }
    window.start = pos;
  }
  return ops;
}

/** What most tools do. */
function parseWhole(path) {
  if (statSync(path).size > LONGEST_TEXT) return undefined;
  const { traceEvents } = JSON.parse(readFileSync(path, 'utf8'));
  return traceEvents.filter(({ cat }) => cat === 'kernel' || cat === 'gpu_memcpy' || cat === 'gpu_memset')
    .length;
}

/** Writes the sample's text with its events repeated. */
function repeat(sample, path, bytes) {
  const text = gunzipSync(readFileSync(sample)).toString('latin1');
  const from = text.indexOf('[', text.indexOf('"traceEvents"')) + 1;
  const to = text.lastIndexOf(']');
  const events = text.slice(from, to).trim();
  const times = [...events.matchAll(/"ts": (\d+)/g)].map(([, us]) => Number(us));
  const spanUs = times.reduce((a, b) => Math.max(a, b)) - times.reduce((a, b) => Math.min(a, b)) + 1000;
  const ids = /"(correlation|External id|id)": (\d+)/g;
  const idSpan = [...events.matchAll(ids)].reduce((most, [, , id]) => Math.max(most, Number(id)), 0) + 1;
  const file = openSync(path, 'w');
  writeSync(file, text.slice(0, from), null, 'latin1');
  let written = from;
  for (let copy = 0; written < bytes; copy++) {
    const shifted = events
      .replace(/"ts": (\d+)/g, (_, us) => `"ts": ${Number(us) + copy * spanUs}`)
      .replace(ids, (_, key, id) => `"${key}": ${Number(id) + copy * idSpan}`);
    written += writeSync(file, (copy === 0 ? '' : ',\n') + shifted, null, 'latin1');
  }
  writeSync(file, text.slice(to), null, 'latin1');
  closeSync(file);
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function child(way, path) {
  const began = performance.now();
  const before = process.cpuUsage();
  const ops = await WAYS[way](path);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1e6;
  console.log(JSON.stringify({ ops, seconds, cpu, peakMb: process.resourceUsage().maxRSS / 1000 }));
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { mb: { type: 'string' }, rounds: { type: 'string' }, dir: { type: 'string' } },
  });
  const [sample] = positionals;
  if (sample === undefined) throw new Error('which sample? node bench/ingest/pytorch.mjs SAMPLE.json.gz');
  const folder = mkdtempSync(join(values.dir ?? tmpdir(), 'gapscope-bench-'));
  try {
    const path = join(folder, 'big.json');
    repeat(sample, path, Number(values.mb ?? 1000) * 1e6);
    spawnSync('gzip', ['-1', '-k', path]);
    const mb = statSync(path).size / 1e6;
    const results = new Map(Object.keys(WAYS).map((way) => [way, []]));
    for (let round = 0; round < Number(values.rounds ?? 5); round++) {
      for (const [way, runs] of results) {
        const file = way.endsWith('gzipped') ? `${path}.gz` : path;
        const { stdout, stderr } = spawnSync(
          process.execPath,
          ['--max-old-space-size=16000', fileURLToPath(import.meta.url), '--child', way, file],
          { encoding: 'utf8' },
        );
        if (stdout === '') throw new Error(`${way}: ${stderr}`);
        runs.push(JSON.parse(stdout));
      }
    }
    const scanner = median(results.get('byte scanner').map(({ cpu }) => cpu));
    console.log(
      `${mb.toFixed(0)} MB of text, ${(statSync(`${path}.gz`).size / 1e6).toFixed(0)} MB gzipped\n`,
    );
    console.log(
      '| way | s, median (least to most) | MB/s of text | CPU s, all threads | CPU ÷ scanner | peak MB | ops |',
    );
    console.log('|---|---|---|---|---|---|---|');
    for (const [way, runs] of results) {
      if (runs[0].ops === undefined) {
        console.log(`| ${way} | cannot: longer than a string | | | | | |`);
        continue;
      }
      const seconds = runs.map((run) => run.seconds);
      const middle = median(seconds);
      const spread = `${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)}`;
      const cpu = median(runs.map((run) => run.cpu));
      const peak = median(runs.map(({ peakMb }) => peakMb));
      const rate = (mb / middle).toFixed(0);
      console.log(
        `| ${way} | ${middle.toFixed(2)} (${spread}) | ${rate} | ${cpu.toFixed(2)} | ${(cpu / scanner).toFixed(2)} | ${peak.toFixed(0)} | ${runs[0].ops.toLocaleString('en-US')} |`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[2] === '--child') await child(process.argv[3], process.argv[4]);
else main();
