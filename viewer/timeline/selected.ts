import type { Remote } from 'comlink';
import { printable } from '../../src/report/printable.js';
import { formatNs } from '../../src/report/units.js';
import type { Engine, EventDetails, EventRef } from '../engine/protocol.js';
import { formatTime } from '../render/axis.js';
import type { ViewStore } from '../state/view-state.js';

export function sameRef(a: EventRef | undefined, b: EventRef | undefined): boolean {
  return (
    a === b ||
    (a !== undefined && b !== undefined && a.slot === b.slot && a.track === b.track && a.event === b.event)
  );
}

/** The selected event of a state, if it is one. */
export function selectedRef(store: ViewStore): EventRef | undefined {
  const { selection } = store.state;
  return selection?.kind === 'event' ? selection.ref : undefined;
}

export interface SelectedOptions {
  readonly engine: Remote<Engine>;
  readonly store: ViewStore;
  /** Whether the engine knows its track by now. */
  readonly isKnown: (ref: EventRef) => boolean;
  readonly changed: () => void;
  readonly announce: (text: string) => void;
  readonly report: (error: unknown) => void;
}

/** Details of the selected event: where it is, and where its launch or its ops are. */
export class Selected {
  readonly #options: SelectedOptions;
  readonly #stop: () => void;
  #details: EventDetails | undefined;
  /** Kept between `detailsOf` and the selection that follows it. */
  #ahead: EventDetails | undefined;
  #request = 0;

  constructor(options: SelectedOptions) {
    this.#options = options;
    this.#stop = options.store.listen(({ selection }, before) => {
      if (selection !== before.selection) this.#follow();
    });
    this.#follow();
  }

  destroy(): void {
    this.#request++;
    this.#stop();
  }

  /** Of the selected event, once they are known. */
  get details(): EventDetails | undefined {
    const ref = selectedRef(this.#options.store);
    return ref !== undefined && sameRef(this.#details?.ref, ref) ? this.#details : undefined;
  }

  async detailsOf(ref: EventRef): Promise<EventDetails> {
    if (sameRef(this.#details?.ref, ref)) return this.#details!;
    const details = await this.#options.engine.details(ref);
    this.#ahead = details;
    return details;
  }

  /** Asks again: times have moved. */
  refresh(): void {
    this.#details = undefined;
    this.#ahead = undefined;
    this.#follow();
  }

  #follow(): void {
    const ref = selectedRef(this.#options.store);
    const request = ++this.#request;
    if (ref === undefined || sameRef(this.#details?.ref, ref) || !this.#options.isKnown(ref)) return;
    if (sameRef(this.#ahead?.ref, ref)) {
      this.#set(this.#ahead!);
      return;
    }
    this.#options.engine.details(ref).then(
      (details) => {
        if (request === this.#request) this.#set(details);
      },
      (error: unknown) => {
        if (request === this.#request) this.#options.report(error);
      },
    );
  }

  #set(details: EventDetails): void {
    this.#details = details;
    this.#options.announce(spoken(details));
    this.#options.changed();
  }
}

function spoken({ title, durationNs, startNs }: EventDetails): string {
  return `${printable(title).slice(0, 200)}, ${formatNs(durationNs)}, at ${formatTime(startNs, 1000)}`;
}
