import type { EventDetails } from '../protocol.js';
import type { Located } from '../session.js';
import { callDetails } from './call-details.js';
import { gapDetails } from './gap-details.js';
import { opDetails } from './op-details.js';
import { projectionDetails, rangeDetails } from './range-details.js';

/** What a kind of event adds to what all have. */
export type OwnDetails = Omit<EventDetails, 'ref' | 'kind' | 'startNs' | 'durationNs'> &
  Partial<Pick<EventDetails, 'startNs' | 'durationNs'>>;

/** Everything about one event. */
export function detailsOf(located: Located): EventDetails {
  const { track, event, ref, offsetNs } = located;
  const { startNs, durationNs } = track.columns;
  return {
    ref,
    kind: track.kind,
    startNs: startNs[event]! + offsetNs,
    durationNs: Math.max(0, durationNs[event]!),
    ...own(located),
  };
}

function own(located: Located): OwnDetails {
  switch (located.track.kind) {
    case 'ops':
      return opDetails(located);
    case 'calls':
      return callDetails(located);
    case 'ranges':
      return rangeDetails(located);
    case 'projection':
      return projectionDetails(located);
    case 'gaps':
      return gapDetails(located);
  }
}
