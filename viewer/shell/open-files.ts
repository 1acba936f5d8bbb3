import type { Slot, TraceSource } from '../engine/protocol.js';
import { INITIAL_STATE, type ViewStore } from '../state/view-state.js';
import { ask, tell } from './dialog.js';
import type { DroppedFiles } from './dropped-files.js';
import { problemOf } from './problem.js';
import type { TraceDesk } from './trace-desk.js';

export interface Opener {
  /** Opens a source; a failure is told in a dialog. */
  open(source: TraceSource, slot: Slot, title: string): Promise<void>;
  /** The same for files. Without a slot, and with a trace open, it asks which of the two is meant. */
  openFiles(dropped: DroppedFiles, slot: Slot | undefined): Promise<void>;
}

export function openerFor(desk: TraceDesk, store: ViewStore): Opener {
  const open = async (source: TraceSource, slot: Slot, title: string): Promise<void> => {
    try {
      await desk.open(source, slot, title);
    } catch (error) {
      await tell(`${title} could not be opened`, problemOf(error));
    }
  };
  return {
    open,
    async openFiles({ title, files, paths }, given) {
      const slot = given ?? (await whichSlot(desk, title));
      if (slot === undefined) return;
      if (slot === 0) {
        // What was selected, pinned or searched for belongs to the trace that goes.
        const { theme, side, bottom } = store.state;
        await desk.close(1);
        store.update({ ...INITIAL_STATE, theme, side, bottom });
      }
      await open({ from: 'files', files, paths }, slot, title);
    },
  };
}

async function whichSlot(desk: TraceDesk, title: string): Promise<Slot | undefined> {
  const open = desk.summary(0);
  if (open === undefined) return 0;
  return ask<Slot>(
    `Open ${title}`,
    [`In place of ${open.name}, or below it, to compare the two?`],
    [
      { label: 'In its place', value: 0 },
      { label: 'Compare', value: 1, primary: true },
    ],
  );
}
