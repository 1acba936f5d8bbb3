import { expect, test, vi } from 'vitest';
import type { Notes } from '../../../src/trace/notes.js';
import type { TraceSummary } from '../../../viewer/engine/protocol.js';
import { NotesStorage } from '../../../viewer/shell/notes-storage.js';
import type { ServerSession } from '../../../viewer/shell/server-session.js';

const SUMMARY = { name: 'x.trace', ops: 3, endNs: 100 } as TraceSummary;
const note = (id: string, text = id): Notes['notes'][number] => ({ id, startNs: 1, endNs: 1, text });

/** A server with one file of notes, of which each write makes a new revision. */
function server(initial: readonly string[]): {
  session: ServerSession;
  ids: () => string[];
  put: (...ids: string[]) => void;
} {
  let notes: Notes = { version: 1, notes: initial.map((id) => note(id)) };
  let revision = 0;
  const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
  const request = (_path: string, init: RequestInit = {}): Promise<Response> => {
    if (init.method !== 'PUT') {
      return Promise.resolve(answer({ writable: true, notes, revision: String(revision) }));
    }
    const sent = JSON.parse(init.body as string) as { revision: string; notes: Notes };
    if (sent.revision !== String(revision)) {
      return Promise.resolve(answer({ message: 'changed', notes, revision: String(revision) }, 409));
    }
    notes = sent.notes;
    return Promise.resolve(answer({ revision: String(++revision) }));
  };
  return {
    session: { token: '', traces: [], request },
    ids: () => notes.notes.map(({ id }) => id).sort(),
    put: (...ids) => {
      notes = { version: 1, notes: ids.map((id) => note(id)) };
      revision++;
    },
  };
}

const noProblem = (error: unknown): void => {
  throw new Error(String(error));
};

test('what another page wrote meanwhile is kept, and what was removed here stays removed', async () => {
  const { session, ids, put } = server(['a', 'b']);
  const storage = new NotesStorage(session, noProblem);
  await storage.load(SUMMARY, true);
  expect(storage.store.place).toEqual({ kind: 'trace' });
  put('a', 'b', 'theirs');
  storage.store.remove('a');
  const mine = storage.store.add({ startNs: 5, endNs: 9, text: 'mine' });
  await storage.store.saved();
  expect(ids()).toEqual(['b', mine.id, 'theirs'].sort());
  expect(storage.store.all.map(({ id }) => id).sort()).toEqual(ids());
});

test('what is written before the notes have come is kept with them', async () => {
  const { session, ids } = server(['old']);
  const storage = new NotesStorage(session, noProblem);
  const loading = storage.load(SUMMARY, true);
  const mine = storage.store.add({ startNs: 5, endNs: 5, text: 'early' });
  await loading;
  await storage.store.saved();
  expect(ids()).toEqual([mine.id, 'old'].sort());
});

test('where there is no folder they stay in the browser, and it says why; where there is no storage either, it warns', async () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  const problems: string[] = [];
  const first = new NotesStorage(undefined, (error) => problems.push(String(error)));
  await first.load(SUMMARY, false);
  first.store.add({ startNs: 5, endNs: 5, text: 'here' });
  await first.store.saved();
  expect(first.store.place.kind).toBe('browser');
  const second = new NotesStorage(undefined, noProblem);
  await second.load(SUMMARY, false);
  expect(second.store.all.map(({ text }) => text)).toEqual(['here']);
  expect(problems).toEqual([]);

  vi.stubGlobal('localStorage', undefined);
  first.store.add({ startNs: 6, endNs: 6, text: 'lost' });
  await first.store.saved();
  expect(first.store.place.kind).toBe('page');
  expect(problems.join()).toContain('notes are lost when it is closed');
  vi.unstubAllGlobals();
});
