import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type * as Catalogues from '../../../src/runs/catalogue.js';
import { cataloguePlace, existingCatalogue } from '../../../src/runs/catalogue-path.js';
import { withCatalogue } from '../../../src/runs/load-catalogue.js';
import { withoutSqlite } from '../../../src/ingest/nsys/load-nsys.js';
import { temporaryFolder } from '../small-trace.js';
import { hasSqlite, metrics, newRun } from './made-run.js';

const sqlite = await hasSqlite();

test('a missing native module is said with what to do', () => {
  const error = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
  expect(withoutSqlite(error, 'The catalogue of runs cannot be used here')).toMatchObject({
    message: 'The catalogue of runs cannot be used here: better-sqlite3 is not installed',
  });
});

describe.skipIf(!sqlite)('catalogue (needs better-sqlite3)', () => {
  let openCatalogue: typeof Catalogues.openCatalogue;
  beforeAll(async () => {
    ({ openCatalogue } = await import('../../../src/runs/catalogue.js'));
  });
  const file = (): string => join(temporaryFolder(), '.gapscope', 'runs.sqlite');
  const message = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as Error).name === 'UserError' ? (error as Error).message : `bug: ${String(error)}`;
    }
    return 'nothing thrown';
  };

  test('what is added is there when it is opened again, and nothing else', () => {
    const path = file();
    const base = newRun('base', { facts: { options: { fp8: true, n: 3 }, optionsLeftOut: 2, problems: [] } });
    const change = newRun('graphs', {
      base: 'base',
      change: 'CUDA graphs',
      note: "Robert'); DROP TABLE runs;--",
      verdict: 'keep',
      measuredWith: { window: 'temporal_block:*', device: 0 },
      metrics: metrics({ steadyBlockNs: 7, steadyNs: [7], droppedOps: 0, missing: { kv: 'no KV' } }),
      prediction: {
        edits: ['no-sync'],
        of: 'base',
        target: 'temporal_block_#',
        replayNs: 10,
        predictedNs: 8,
        lowNs: 7,
        highNs: 9,
        trusted: true,
      },
    });
    const first = openCatalogue(path, 'make');
    first.add([base]);
    first.add([change]);
    first.close();
    const again = openCatalogue(path, 'read');
    const [one, two] = again.list();
    const stored = (run: typeof base) => {
      const { isNameGiven: _, ...rest } = run;
      return rest;
    };
    expect(one).toEqual({ ...stored(base), id: 1 });
    expect(two).toEqual({ ...stored(change), id: 2 });
    expect(again.byFingerprint('graphs')?.name).toBe('graphs');
    expect(() => again.add([newRun('third')])).toThrow();
    again.close();
  });

  test('any name and text comes back as it was', () => {
    const catalogue = openCatalogue(file(), 'make');
    let n = 0;
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: 'binary' }),
        (name, note) => {
          const run = newRun(`${n++} ${name}`, { note });
          expect(catalogue.add([{ ...run, fingerprint: run.name }])[0]).toMatchObject({
            name: run.name,
            note: run.note,
          });
          expect(catalogue.get(run.name).note).toBe(run.note);
        },
      ),
      { numRuns: 50 },
    );
    catalogue.close();
  });

  test('all or nothing: a recording or name that is there already stops the rest', () => {
    const catalogue = openCatalogue(file(), 'make');
    catalogue.add([newRun('a')]);
    const twin = newRun('b', { fingerprint: 'a', path: '/elsewhere' });
    expect(message(() => catalogue.add([newRun('c'), twin]))).toContain("in the catalogue already, as 'a'");
    expect(message(() => catalogue.add([newRun('c'), newRun('a', { fingerprint: 'x' })]))).toContain(
      "a run 'a' already",
    );
    expect(message(() => catalogue.add([newRun('d', { base: 'nobody' })]))).toContain("no run 'nobody'");
    expect(catalogue.list().map(({ name }) => name)).toEqual(['a']);
    const derived = catalogue.add([
      newRun('a', { isNameGiven: false, fingerprint: 'x' }),
      newRun('a', { isNameGiven: false, fingerprint: 'y' }),
    ]);
    expect(derived.map(({ name }) => name)).toEqual(['a-2', 'a-3']);
    catalogue.close();
  });

  test('a base stays while others build on it, and no run builds on itself', () => {
    const catalogue = openCatalogue(file(), 'make');
    catalogue.add([newRun('a'), newRun('b', { base: 'a' }), newRun('c', { base: 'b' })]);
    expect(message(() => catalogue.remove('a'))).toBe("'a' is the base of 'b'");
    expect(message(() => catalogue.set('a', { base: 'c' }))).toBe("'c' builds on 'a'");
    expect(message(() => catalogue.set('a', { base: 'a' }))).toBe("'a' cannot be its own base");
    expect(message(() => catalogue.set('a', { name: 'b' }))).toContain("a run 'b' already");
    expect(catalogue.set('b', { name: 'B', verdict: 'drop', note: 'n', base: '' })).toMatchObject({
      name: 'B',
      verdict: 'drop',
      note: 'n',
    });
    expect(catalogue.get('c').base).toBe('B');
    const cleared = catalogue.set('B', { verdict: '', note: '' });
    expect([cleared.verdict, cleared.note, cleared.base]).toEqual([undefined, undefined, undefined]);
    catalogue.remove('a');
    expect(message(() => catalogue.get('a'))).toContain("no run 'a'");
    // A number is not used again: what was written down about run 1 is not said of another.
    expect(catalogue.add([newRun('d')])[0]!.id).toBe(4);
    catalogue.close();
  });

  describe('files that are no catalogue are refused with a sentence, and stay as they are', () => {
    const write = async (change: (path: string) => void | Promise<void>): Promise<string> => {
      const path = file();
      const catalogue = openCatalogue(path, 'make');
      catalogue.add(Array.from({ length: 40 }, (_, i) => newRun(`run ${i}`)));
      catalogue.close();
      await change(path);
      return path;
    };
    const sql =
      (text: string) =>
      async (path: string): Promise<void> => {
        const { default: Database } = await import('better-sqlite3');
        const db = new Database(path);
        db.exec(text);
        db.close();
      };
    test.each<[string, (path: string) => void | Promise<void>, RegExp]>([
      ['of a newer version', sql('PRAGMA user_version = 2'), /newer gapscope: its version is 2/],
      ["another program's database", sql('PRAGMA application_id = 7'), /no catalogue of runs/],
      ['text', (path) => writeFileSync(path, 'my notes\n'), /no SQLite database/],
      ['cut', (path) => writeFileSync(path, readFileSync(path).subarray(0, 6000)), /damaged/],
      ['garbled', (path) => writeFileSync(path, readFileSync(path).fill(0xee, 4096)), /damaged/],
      ['a row that is not JSON', sql(`UPDATE runs SET metrics = '{' WHERE id = 3`), /run 3: metrics: is not/],
      ['a row without figures', sql(`UPDATE runs SET metrics = '{}'`), /damaged: run 1: metrics/],
      ['empty', (path) => writeFileSync(path, ''), /is empty/],
    ])('%s', async (_, change, words) => {
      const path = await write(change);
      const before = readFileSync(path);
      for (const openFor of ['read', 'write'] as const) {
        const said = await withCatalogue(path, openFor, (catalogue) => catalogue.list()).catch(
          (error: unknown) => error,
        );
        expect(said).toMatchObject({ name: 'UserError' });
        expect((said as Error).message).toMatch(words);
      }
      expect(readFileSync(path).equals(before)).toBe(true);
    });
  });
});

test('the nearest catalogue above is taken, unless one is named', () => {
  const root = temporaryFolder();
  const inside = join(root, 'a', 'b');
  expect(cataloguePlace(undefined, undefined, inside)).toEqual({
    path: join(inside, '.gapscope', 'runs.sqlite'),
    exists: false,
    isDefault: true,
  });
  expect(cataloguePlace('x.sqlite', '/e', inside).path).toBe(join(inside, 'x.sqlite'));
  expect(cataloguePlace(undefined, '/e', inside).path).toBe('/e');
  expect(() => existingCatalogue(cataloguePlace(undefined, '', inside))).toThrow('no catalogue of runs in');
});
