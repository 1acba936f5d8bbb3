import type { Slot, TraceSource } from '../engine/protocol.js';
import { inlineTrace } from './inline-trace.js';
import type { ServerSession } from './server-session.js';

export interface FirstSource {
  readonly source: TraceSource;
  readonly slot: Slot;
  readonly name: string;
}

/** What the page came with: the server's traces, or the one inside the page. */
export function firstSources(session: ServerSession | undefined): readonly FirstSource[] {
  if (session !== undefined) return session.traces;
  const inline = inlineTrace();
  return inline === undefined ? [] : [{ ...inline, slot: 0 }];
}
