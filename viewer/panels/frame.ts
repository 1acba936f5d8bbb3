import type { PanelContext } from '../shell/panel-context.js';

/** Room left at either side of what is framed, of its length. */
const MARGIN = 0.04;

/** Brings a span of time into view, and says so. */
export function frame(context: PanelContext, startNs: number, endNs: number, what: string): void {
  const room = Math.max(1, endNs - startNs) * MARGIN;
  context.store.update({ startNs: startNs - room, endNs: endNs + room });
  context.announce(`${what} is in view`);
}
