import { NO_NOTES, parseNotes, type Notes } from '../../src/trace/notes.js';
import { NoteStore, type NotesPlace } from '../state/notes.js';
import type { TraceSummary } from '../engine/protocol.js';
import { recall, remember } from './remembered.js';
import type { ServerSession } from './server-session.js';

/** How often a write is tried again on top of what somebody else has written meanwhile. */
const TRIES = 4;

interface Answer {
  readonly writable?: boolean;
  readonly notes?: unknown;
  readonly revision?: string;
  readonly problem?: string;
  readonly message?: string;
}

/**
 * Keeps notes beside the trace where the server can, and in this browser otherwise: never nowhere without a word.
 * `load` is to be called when another first trace was opened.
 */
export class NotesStorage {
  readonly store: NoteStore;
  readonly #session: ServerSession | undefined;
  readonly #onProblem: (error: unknown) => void;
  /** Whether the first trace is the one that the server has. */
  #served = false;
  #revision = '';
  #loaded: Promise<void> = Promise.resolve();
  #key = '';
  /** Ids that were in the file when it was last read or written: one of them that is gone was removed here. */
  #known = new Set<string>();

  constructor(session: ServerSession | undefined, onProblem: (error: unknown) => void) {
    this.#session = session;
    this.#onProblem = onProblem;
    this.store = new NoteStore(NO_NOTES, { kind: 'page' }, (notes) => this.#save(notes));
  }

  /** What is written before the notes have arrived is kept with them. */
  load(summary: TraceSummary, served: boolean): Promise<void> {
    const { name, ops, endNs } = summary;
    this.#key = `notes:${name}:${ops}:${Math.round(endNs)}`;
    this.store.clear();
    this.#loaded = this.#load(served && this.#session !== undefined);
    return this.#loaded;
  }

  async #load(served: boolean): Promise<void> {
    this.#served = false;
    let reason = 'this trace did not come from a server';
    if (served) {
      const answer = await this.#ask('GET');
      if (answer.writable === true && answer.problem === undefined) {
        this.#served = true;
        this.#take(answer);
        this.store.include(notesOf(answer.notes).notes, { kind: 'trace' });
        return;
      }
      reason = answer.problem ?? 'this trace has no folder of its own';
      if (answer.problem !== undefined) {
        this.#onProblem(new Error(`${answer.problem}; notes are kept in this browser`));
      }
    }
    this.store.include(this.#recalled().notes, { kind: 'browser', reason });
  }

  #recalled(): Notes {
    const text = recall(this.#key);
    return text === undefined ? NO_NOTES : notesOf(parseText(text));
  }

  async #save(notes: Notes): Promise<NotesPlace> {
    await this.#loaded;
    if (!this.#served) return this.#keepHere(notes, this.store.place.reason);
    // What had arrived by now is in the store, and not in what was to be saved before.
    let wanted: Notes = { ...notes, notes: this.store.all };
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await this.#ask('PUT', { revision: this.#revision, notes: wanted });
      if (answer.message === undefined) {
        this.#take({ ...answer, notes: wanted });
        return { kind: 'trace' };
      }
      if (answer.revision === undefined) {
        this.#onProblem(new Error(`${answer.message}; notes are kept in this browser`));
        return this.#keepHere(notes, answer.message);
      }
      // Somebody else wrote: theirs that we have never seen, and all of ours.
      const own = new Set(wanted.notes.map(({ id }) => id));
      const theirs = notesOf(answer.notes).notes.filter(({ id }) => !own.has(id) && !this.#known.has(id));
      wanted = { ...wanted, notes: [...wanted.notes, ...theirs] };
      this.#take(answer);
      this.store.include(theirs, { kind: 'trace' });
    }
    return this.#keepHere(notes, 'somebody else keeps writing to notes.json');
  }

  #keepHere(notes: Notes, reason: string | undefined): NotesPlace {
    const kept = remember(this.#key, JSON.stringify(notes));
    if (!kept) {
      this.#onProblem(
        new Error('this browser keeps nothing for this page: notes are lost when it is closed'),
      );
    }
    return { kind: kept ? 'browser' : 'page', ...(reason === undefined ? {} : { reason }) };
  }

  #take({ revision, notes }: Answer): void {
    this.#revision = revision ?? '';
    this.#known = new Set(notesOf(notes).notes.map(({ id }) => id));
  }

  async #ask(method: 'GET' | 'PUT', body?: unknown): Promise<Answer> {
    try {
      const response = await this.#session!.request('notes', {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return (await response.json()) as Answer;
    } catch (error) {
      return {
        message: error instanceof Error ? error.message : String(error),
        problem: 'notes cannot be read',
      };
    }
  }
}

function notesOf(value: unknown): Notes {
  const parsed = parseNotes(value);
  return 'notes' in parsed ? parsed.notes : NO_NOTES;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // what another version kept here is of no use
  }
}
