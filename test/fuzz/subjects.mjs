// What is damaged: every sample and recorded trace, made small so that ten thousand cases take minutes, and as it is.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { writePack } from '../../dist/export/pack.js';
import { keepRun } from '../../dist/ingest/keep-run.js';
import { readTrace } from '../../dist/trace/read-trace.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SAMPLES = join(ROOT, '..', 'shared', 'samples');
const TRACES = join(ROOT, 'traces');
const EVENTS = 360;
const ROWS = 300;

/**
 * Subjects by name: `kind` says which damage is done; `make(folder)` puts a good one into the folder and returns its
 * path. A name that begins with `whole:` is a file as it was recorded.
 */
export function subjects() {
  const found = [];
  for (const file of list(join(SAMPLES, 'kineto'), /\.json\.gz$/)) {
    const path = join(SAMPLES, 'kineto', file);
    const name = file.replace('.json.gz', '');
    found.push({
      name: `json:${name}`,
      kind: 'json',
      make: (folder) => smallJson(path, join(folder, `${name}.json`)),
    });
    found.push({
      name: `whole:${name}`,
      kind: 'json.gz',
      make: (folder) => copied(path, join(folder, file)),
    });
  }
  for (const file of list(join(SAMPLES, 'nsys'), /\.sqlite$/)) {
    const path = join(SAMPLES, 'nsys', file);
    const name = file.replace('.sqlite', '');
    found.push({
      name: `sqlite:${name}`,
      kind: 'sqlite',
      make: (folder) => smallSqlite(path, join(folder, file)),
    });
    found.push({ name: `whole:${name}`, kind: 'sqlite', make: (folder) => copied(path, join(folder, file)) });
  }
  for (const file of list(TRACES, /\.trace$/)) {
    const path = join(TRACES, file);
    const name = file.replace('.trace', '');
    found.push({ name: `trace:${name}`, kind: 'trace', make: (folder) => smallTrace(path, folder) });
    found.push({
      name: `whole:${name}`,
      kind: 'trace',
      make: (folder) => copiedFolder(path, join(folder, file)),
    });
  }
  const packed = list(TRACES, /\.trace$/)[0];
  for (const ending of packed === undefined ? [] : ['tar', 'tar.gz']) {
    found.push({
      name: `pack:${ending}`,
      kind: ending,
      make: async (folder) => {
        const small = await smallTrace(join(TRACES, packed), join(folder, 'unpacked'), false);
        await writePack(small, join(folder, `pack.${ending}`));
        return join(folder, `pack.${ending}`);
      },
    });
  }
  const ranks = join(SAMPLES, 'kineto', 'a100-4-streams-nccl.json.gz');
  if (existsSync(ranks))
    found.push({ name: 'ranks', kind: 'ranks', make: (folder) => twoRanks(ranks, join(folder, 'ranks')) });
  return found;
}

function list(folder, name) {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => name.test(file))
        .sort()
    : [];
}

function copied(from, to) {
  copyFileSync(from, to);
  return to;
}

function copiedFolder(from, to) {
  mkdirSync(to);
  for (const file of readdirSync(from)) copyFileSync(join(from, file), join(to, file));
  return to;
}

/** The text's own bytes, with most of its events left out: some from the beginning, the middle and the end. */
function smallJson(from, to) {
  const bytes = gunzipSync(readFileSync(from));
  const { open, events } = eventsOf(bytes);
  const kept = [0, 0.45, 0.9].flatMap((share) => {
    const first = Math.floor(share * events.length);
    return events.slice(first, first + EVENTS / 3);
  });
  const parts = [bytes.subarray(0, open + 1)];
  for (const [i, [at, end]] of [...new Set(kept)].entries()) {
    parts.push(Buffer.from(i === 0 ? '\n' : ',\n'), bytes.subarray(at, end));
  }
  const last = events.at(-1)[1];
  parts.push(bytes.subarray(bytes.indexOf(']', last)));
  writeFileSync(to, Buffer.concat(parts));
  return to;
}

/** Where `traceEvents` opens, and each event's first byte and the one after its last. */
function eventsOf(bytes) {
  const open = bytes.indexOf('[', bytes.indexOf('"traceEvents"'));
  const events = [];
  let depth = 0;
  let from = 0;
  for (let at = open + 1; at < bytes.length; at++) {
    const c = bytes[at];
    if (c === 0x22) {
      while (bytes[++at] !== 0x22) if (bytes[at] === 0x5c) at++;
    } else if (c === 0x7b || c === 0x5b) {
      if (depth++ === 0) from = at;
    } else if (c === 0x7d || c === 0x5d) {
      if (depth-- === 0) break;
      if (depth === 0) events.push([from, at + 1]);
    }
  }
  return { open, events };
}

function smallSqlite(from, to) {
  copyFileSync(from, to);
  const db = new Database(to);
  db.pragma('journal_mode = DELETE');
  for (const table of db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all()) {
    // Names are referred to from everywhere.
    if (/STRING|ENUM|META/i.test(table)) continue;
    db.exec(`DELETE FROM "${table}" WHERE rowid NOT IN (SELECT rowid FROM "${table}" LIMIT ${ROWS})`);
  }
  db.exec('VACUUM');
  db.close();
  return to;
}

/** A stretch of a recorded trace in which graphs were launched, if it has any. */
async function smallTrace(from, folder, gzip = /batch2|graphs/.test(from)) {
  const trace = await readTrace(from);
  const { ops } = trace;
  const first = Math.max(
    0,
    ops.graph.findIndex((graph) => graph !== 0),
  );
  const last = Math.min(ops.length, first + ROWS) - 1;
  const [fromNs, toNs] = [ops.startNs[first] - 1e6, ops.startNs[last]];
  const cut = Object.fromEntries(
    Object.entries(trace).map(([name, table]) => {
      if (
        typeof table !== 'object' ||
        typeof table.length !== 'number' ||
        Array.isArray(table) ||
        ArrayBuffer.isView(table)
      )
        return [name, table];
      if (!('startNs' in table) || /^(?:graph|status|clock)/.test(name))
        return [name, rows(table, (_, i) => i < ROWS)];
      return [name, rows(table, (startNs) => startNs >= fromNs && startNs <= toNs)];
    }),
  );
  mkdirSync(folder, { recursive: true });
  const [name] = await keepRun({ path: from, notices: [], traces: [{ ...cut, openRanges: [] }] }, folder);
  const made = join(folder, name);
  if (gzip) for (const file of list(made, /\.arrows$/)) gzipInPlace(made, file);
  return made;
}

function rows(table, keep) {
  const kept = [];
  for (let i = 0; i < table.length; i++) if (keep(table.startNs?.[i], i)) kept.push(i);
  const columns = Object.entries(table).filter(([name]) => name !== 'length');
  const picked = columns.map(([name, column]) => [name, column.constructor.from(kept, (i) => column[i])]);
  return { length: kept.length, ...Object.fromEntries(picked) };
}

function gzipInPlace(folder, file) {
  const bytes = gzipSync(readFileSync(join(folder, file)));
  rmSync(join(folder, file));
  writeFileSync(join(folder, `${file}.gz`), bytes);
}

/** Two files of one job, whose collectives tell how their clocks relate. */
function twoRanks(from, folder) {
  mkdirSync(folder);
  smallJson(from, join(folder, 'rank-0.json'));
  smallJson(from, join(folder, 'rank-1.json'));
  return folder;
}
