import type { NotesStorage } from './notes-storage.js';
import type { TraceDesk } from './trace-desk.js';

/** Fetches the notes of whatever trace is opened first. */
export function connectNotes(desk: TraceDesk, notes: NotesStorage, report: (error: unknown) => void): void {
  desk.listen((slot, state, before) => {
    if (slot !== 0 || state.kind !== 'open' || before.kind === 'open') return;
    const source = desk.source(0);
    notes.load(state.summary, source?.from === 'server' && source.slot === 0).catch(report);
  });
}
