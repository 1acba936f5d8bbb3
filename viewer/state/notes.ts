import type { Note, Notes } from '../../src/trace/notes.js';

/** Where notes are kept: beside the trace, or in this browser only, and why. */
export interface NotesPlace {
  readonly kind: 'trace' | 'browser' | 'page';
  /** Why not beside the trace. */
  readonly reason?: string;
}

/** Writes notes somewhere; rejects with a message for the user. */
export type SaveNotes = (notes: Notes) => Promise<NotesPlace>;

/** Notes and flags on the time axis of the first trace, in the order of their starts. */
export class NoteStore {
  #notes: readonly Note[];
  #place: NotesPlace;
  readonly #save: SaveNotes;
  readonly #listeners = new Set<() => void>();
  #saving: Promise<void> | undefined;
  #again = false;

  constructor(initial: Notes, place: NotesPlace, save: SaveNotes) {
    this.#notes = inOrder(initial.notes);
    this.#place = place;
    this.#save = save;
  }

  get all(): readonly Note[] {
    return this.#notes;
  }

  get place(): NotesPlace {
    return this.#place;
  }

  /** Another trace was opened: its notes are still to come. */
  clear(): void {
    this.#notes = [];
    this.#tell();
  }

  /** Adds notes from where they are kept; those that are here stay as they are. Does not save. */
  include(notes: readonly Note[], place: NotesPlace): void {
    const known = new Set(this.#notes.map(({ id }) => id));
    this.#notes = inOrder([...this.#notes, ...notes.filter(({ id }) => !known.has(id))]);
    this.#place = place;
    this.#tell();
  }

  /** A note on a span of time, or with both ends the same a flag. Returns it. */
  add(note: Omit<Note, 'id'>): Note {
    const whole = { ...note, id: crypto.randomUUID() };
    this.#change([...this.#notes, whole]);
    return whole;
  }

  change(id: string, change: Partial<Omit<Note, 'id'>>): void {
    this.#change(this.#notes.map((note) => (note.id === id ? { ...note, ...change } : note)));
  }

  remove(id: string): void {
    this.#change(this.#notes.filter((note) => note.id !== id));
  }

  /** Returns the function that stops listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything changed so far has been written, or could not be. */
  async saved(): Promise<void> {
    await this.#saving;
  }

  #change(notes: readonly Note[]): void {
    this.#notes = inOrder(notes);
    this.#tell();
    // One write at a time, and the last state always.
    this.#again = true;
    this.#saving ??= this.#write().finally(() => (this.#saving = undefined));
  }

  async #write(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      this.#place = await this.#save({ version: 1, notes: this.#notes });
    }
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function inOrder(notes: readonly Note[]): readonly Note[] {
  return [...notes].sort((a, b) => a.startNs - b.startNs || (a.id < b.id ? -1 : 1));
}
