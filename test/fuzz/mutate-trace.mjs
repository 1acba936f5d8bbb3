// Folders of Arrow tables: one or two of them damaged, exchanged, empty or gone.
import { gunzipSync, gzipSync } from 'node:zlib';
import { damageBytes } from './mutate-bytes.mjs';
import { damageJson } from './mutate-json.mjs';

function damageTable(name, bytes, random) {
  if (name.endsWith('.json')) return damageJson(bytes, random);
  if (!name.endsWith('.gz') || random.chance(0.2)) return damageBytes(bytes, random);
  return gzipSync(damageBytes(gunzipSync(bytes), random), { level: 1 });
}

/** What to write in place of which files; `undefined`: the file is gone. Names of files → their bytes. */
export function damageTrace(files, random) {
  const changes = new Map();
  const names = [...files.keys()];
  for (let n = 1 + random.below(2); n > 0; n--) {
    const name = random.pick(names);
    const what = random.below(12);
    if (what === 0) changes.set(name, undefined);
    else if (what === 1) changes.set(name, files.get(random.pick(names)));
    else if (what === 2) changes.set(name, Buffer.alloc(0));
    else changes.set(name, damageTable(name, files.get(name), random));
  }
  return changes;
}
