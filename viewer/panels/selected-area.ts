import type { Area } from '../engine/protocol.js';
import type { PanelContext } from '../shell/panel-context.js';

/** The selected area; a selection of time alone stands for all tracks of its trace. */
export function selectedArea(context: PanelContext): Area | undefined {
  const { selection } = context.store.state;
  if (selection?.kind === 'area') return selection.area;
  if (selection?.kind !== 'time') return undefined;
  const { slot, startNs, endNs } = selection;
  const tracks = context.summary(slot)?.tracks.map(({ id }) => id) ?? [];
  return { slot, tracks, startNs, endNs };
}
