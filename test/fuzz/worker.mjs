// Runs cases of one subject, one after another, and tells run.mjs about each on stdout. Its death tells the rest.
//   node worker.mjs SUBJECT GOOD_PATH FOLDER SEED FROM COUNT    (SEED `good`: the file as it is)
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { damageBytes } from './mutate-bytes.mjs';
import { damageJson } from './mutate-json.mjs';
import { damageSqlite } from './mutate-sqlite.mjs';
import { damageTar } from './mutate-tar.mjs';
import { damageTrace } from './mutate-trace.mjs';
import { Random } from './random.mjs';
import { read } from './read.mjs';
import { subjects } from './subjects.mjs';

const [name, good, folder, seed, from, count] = process.argv.slice(2);
const { kind } = subjects().find((subject) => subject.name === name);
const isFolder = kind === 'trace' || kind === 'ranks';
const path = join(folder, basename(good));
const files = new Map(
  isFolder
    ? readdirSync(good).map((file) => [file, readFileSync(join(good, file))])
    : [['', readFileSync(good)]],
);
if (isFolder) {
  mkdirSync(path);
  for (const [file, bytes] of files) writeFileSync(join(path, file), bytes);
}
const keep = join(folder, 'kept');
const text = kind === 'json.gz' ? gunzipSync(files.get('')) : undefined;

const FILE_DAMAGE = {
  json: damageJson,
  sqlite: undefined,
  tar: damageTar,
  'tar.gz': (bytes, random) =>
    random.chance(0.3)
      ? damageBytes(bytes, random)
      : gzipSync(damageTar(gunzipSync(bytes), random), { level: 1 }),
  'json.gz': (bytes, random) =>
    random.chance(0.4) ? damageBytes(bytes, random) : gzipSync(damageJson(text, random), { level: 1 }),
};

/** Leaves what is to be read at `path`. */
function put(random) {
  if (random === undefined) {
    if (!isFolder) writeFileSync(path, files.get(''));
  } else if (kind === 'sqlite') damageSqlite(path, files.get(''), random);
  else if (!isFolder) writeFileSync(path, FILE_DAMAGE[kind](files.get(''), random));
  else {
    const changes =
      kind === 'trace' ? damageTrace(files, random) : new Map([[random.pick([...files.keys()]), undefined]]);
    for (const [file, bytes] of changes) {
      if (kind === 'ranks') writeFileSync(join(path, file), damageJson(files.get(file), random));
      else if (bytes === undefined) rmSync(join(path, file));
      else writeFileSync(join(path, file), bytes);
    }
    return changes.keys();
  }
  return [];
}

for (let n = Number(from); n < Number(from) + Number(count); n++) {
  const random = seed === 'good' ? undefined : new Random(seed, name, n);
  writeSync(1, `start ${n}\n`);
  const changed = put(random);
  const began = performance.now();
  let outcome;
  try {
    outcome = await read(path, n % 8 === 0 ? keep : undefined);
  } catch (error) {
    const where = error instanceof Error ? (error.stack ?? error.message) : `not an Error: ${String(error)}`;
    outcome = `bug ${JSON.stringify(where.slice(0, 3000))}`;
  }
  rmSync(keep, { recursive: true, force: true });
  // A case by itself is left to be looked at.
  if (count !== '1') for (const file of changed) writeFileSync(join(path, file), files.get(file));
  const ms = Math.round(performance.now() - began);
  writeSync(1, `end ${n} ${ms} ${Math.round(process.resourceUsage().maxRSS / 1024)} ${outcome}\n`);
}
