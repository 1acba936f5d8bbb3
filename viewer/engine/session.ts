import { UserError } from '../../src/trace/errors.js';
import type { AnyTrack, EventTrack } from './event-track.js';
import type { MatchSet } from './match-set.js';
import type { NameTable } from './names.js';
import type { OpenedTrace } from './opened-trace.js';
import type { EventRef, Findings, Slot } from './protocol.js';

/** A trace in one of the two places. */
export interface Opened {
  readonly trace: OpenedTrace;
  /** From the slot's own axis to the session's. */
  shiftNs: number;
  /** Resolves once `OpenedTrace.analyze` is through. */
  readonly ready: Promise<void>;
  readonly filters: Map<number, MatchSet>;
  readonly findings: Map<string, Promise<Omit<Findings, 'offsetNs'>>>;
}

/** An event with everything around it. */
export interface Located {
  readonly opened: Opened;
  readonly track: EventTrack;
  readonly event: number;
  readonly ref: EventRef;
  /** From the process's time to the session's. */
  readonly offsetNs: number;
}

/** What is open. */
export class Session {
  readonly names: NameTable;
  readonly #slots: (Opened | undefined)[] = [undefined, undefined];

  constructor(names: NameTable) {
    this.names = names;
  }

  find(slot: Slot): Opened | undefined {
    return this.#slots[slot];
  }

  /** @throws UserError if nothing is open there */
  get(slot: Slot): Opened {
    const opened = this.#slots[slot];
    if (opened === undefined) {
      throw new UserError(slot === 0 ? 'No trace is open.' : 'No second trace is open.', {
        hint: 'Open one first.',
      });
    }
    return opened;
  }

  put(slot: Slot, opened: Opened | undefined): void {
    this.#slots[slot] = opened;
  }

  track(slot: Slot, id: string): AnyTrack | undefined {
    return this.#slots[slot]?.trace.tracks.get(id);
  }

  eventTrack(slot: Slot, id: string): EventTrack | undefined {
    const track = this.track(slot, id);
    return track === undefined || track.kind === 'counter' ? undefined : track;
  }

  /** @throws UserError if there is no such event: a link may be to another trace */
  locate(ref: EventRef): Located {
    const opened = this.get(ref.slot);
    const track = this.eventTrack(ref.slot, ref.track);
    const isRow = Number.isInteger(ref.event) && ref.event >= 0;
    if (track === undefined || !isRow || ref.event >= track.columns.startNs.length) {
      throw new UserError('The trace has no such event.', {
        hint: 'The link may have been made from another trace.',
      });
    }
    return { opened, track, event: ref.event, ref, offsetNs: track.process.offsetNs + opened.shiftNs };
  }
}
