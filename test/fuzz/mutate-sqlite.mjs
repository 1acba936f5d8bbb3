// Databases: pages overwritten, swapped and cut off, header fields, and rows and tables that are not what they should be.
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { damageBytes } from './mutate-bytes.mjs';

const VALUES = [null, 0, -1, 1, 0.5, 1e308, -1e308, 255, 256, 2 ** 31, 2 ** 32, 2 ** 53, 9223372036854775807n, -9223372036854775808n, '', 'text', '12', Buffer.alloc(0), Buffer.from([1, 2, 3]), 'x'.repeat(100_000), '\u0000\u001b[2J']; // prettier-ignore

const PAGE_DAMAGES = {
  otherPage(page, random, { out, size, pages }) {
    const from = random.below(pages) * size;
    out.copy(page, 0, from, from + size);
  },
  noise: (page, random) => random.bytes(page.length).copy(page),
  zeros: (page, random) => page.fill(random.pick([0, 0xff]), random.below(page.length)),
  /** Type, freeblock, cell count, content start, fragments, right-most page; then the cells' offsets. */
  treeHeader(page, random) {
    for (let n = 1 + random.length(4); n > 0; n--) page[random.below(12)] = random.below(256);
  },
  cellOffsets(page, random) {
    for (let n = 1 + random.length(8); n > 0; n--) {
      page.writeUInt16BE(random.below(65_536), 8 + 2 * random.below(Math.min(100, page.length / 2 - 4)));
    }
  },
  cells(page, random) {
    for (let n = 1 + random.length(32); n > 0; n--) page[random.below(page.length)] = random.below(256);
  },
};

function damagePages(bytes, random) {
  const size = Math.max(
    512,
    bytes.length < 18 ? 512 : bytes.readUInt16BE(16) === 1 ? 65_536 : bytes.readUInt16BE(16),
  );
  const pages = Math.floor(bytes.length / size);
  if (pages === 0) return damageBytes(bytes, random);
  const out = Buffer.from(bytes);
  for (let n = random.length(4); n > 0; n--) {
    const first = random.below(pages) * size;
    // The first page begins with the file's own header.
    const page = out.subarray(first === 0 ? 100 : first, first + size);
    PAGE_DAMAGES[random.pick(Object.keys(PAGE_DAMAGES))](page, random, { out, size, pages });
  }
  if (random.chance(0.1)) out[16 + random.below(84)] = random.below(256);
  return random.chance(0.1) ? out.subarray(0, random.below(pages + 1) * size) : out;
}

function damageRows(path, random) {
  const db = new Database(path);
  try {
    db.pragma('journal_mode = MEMORY');
    db.pragma('synchronous = OFF');
    const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck().all();
    for (let n = random.length(10); n > 0; n--) {
      const table = random.pick(tables);
      const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all();
      if (columns.length === 0) continue;
      const column = random.pick(columns);
      try {
        change(db, table, column, columns, random);
      } catch {
        // A value that the table's own constraints refuse: another one, then.
      }
    }
  } finally {
    db.close();
  }
}

function change(db, table, column, columns, random) {
  const some = `rowid IN (SELECT rowid FROM "${table}" LIMIT ${1 + random.length(64)} OFFSET ${random.length(400)})`;
  switch (random.below(10)) {
    case 0:
      db.exec(`DROP TABLE "${table}"`);
      break;
    case 1:
      db.exec(
        `ALTER TABLE "${table}" RENAME COLUMN "${column}" TO "${random.pick(['x', 'start', 'end', 'value', 'id'])}"`,
      );
      break;
    case 2:
      db.exec(`ALTER TABLE "${table}" RENAME TO "${table}${random.pick(['_V2', '_V9', 'x', ' y'])}"`);
      break;
    case 3:
      db.exec(`DELETE FROM "${table}" ${random.chance(0.5) ? '' : `WHERE ${some}`}`);
      break;
    case 4:
      db.exec(`INSERT INTO "${table}" SELECT * FROM "${table}" WHERE ${some}`);
      break;
    case 5:
      db.exec(`UPDATE "${table}" SET "${column}" = "${random.pick(columns)}"`);
      break;
    case 6:
      db.exec(`UPDATE "${table}" SET "${column}" = -"${column}" WHERE ${some}`);
      break;
    default:
      db.prepare(`UPDATE "${table}" SET "${column}" = ? ${random.chance(0.3) ? '' : `WHERE ${some}`}`).run(
        random.pick(VALUES),
      );
  }
}

/** Writes a damaged copy of the database to `path`. */
export function damageSqlite(path, bytes, random) {
  if (random.chance(0.4)) {
    writeFileSync(path, bytes);
    damageRows(path, random);
    if (random.chance(0.2)) writeFileSync(path, damagePages(readFileSync(path), random));
  } else writeFileSync(path, random.chance(0.7) ? damagePages(bytes, random) : damageBytes(bytes, random));
}
