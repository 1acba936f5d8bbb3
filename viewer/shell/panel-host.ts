import type { PanelContext } from './panel-context.js';

/**
 * One tab of the side or bottom area. `mount` is called when its tab is first shown or shown again, with an empty
 * element; the function it returns is called when another tab takes its place, and must stop everything it began.
 */
export interface Panel {
  /** A `SidePanel` or `BottomPanel` of the view state. */
  readonly id: string;
  /** On the tab; one or two words. */
  readonly title: string;
  /** What the tab answers, as a tooltip. */
  readonly hint?: string;
  mount(host: HTMLElement, context: PanelContext): () => void;
}
