import type { ViewStore } from '../state/view-state.js';
import { element } from './element.js';
import { splitter } from './splitter.js';

/** The places of the page that others fill. */
export interface Layout {
  readonly root: HTMLElement;
  readonly title: HTMLElement;
  readonly notices: HTMLElement;
  readonly search: HTMLElement;
  readonly tools: HTMLElement;
  /** The timeline, or what stands in for it. */
  readonly stage: HTMLElement;
  readonly timeline: HTMLElement;
  readonly side: HTMLElement;
  readonly bottom: HTMLElement;
}

/** Below this the side panel is a sheet over the lower part of the page. The style sheet has the same number. */
export const NARROW = '(max-width: 899px)';

const SIDE_MIN = 260;
const BOTTOM_MIN = 120;
/** What is left for the timeline, however large the panels are made. */
const STAGE_MIN_WIDTH = 320;
const STAGE_MIN_HEIGHT = 160;

export function layout(store: ViewStore): Layout {
  const title = element('div', { class: 'slot-title' });
  const notices = element('div', { class: 'slot-notices' });
  const search = element('div', { class: 'slot-search' });
  const tools = element('div', { class: 'slot-tools', role: 'toolbar', 'aria-label': 'Page' });
  const header = element('header', { class: 'header' }, title, notices, search, tools);
  const timeline = element('section', {
    id: 'timeline',
    class: 'timeline-host',
    'aria-label': 'Timeline',
    tabindex: '-1',
  });
  const stage = element('div', { class: 'stage' }, timeline);
  const side = element('aside', { class: 'slot-side', 'aria-label': 'Findings' });
  const bottom = element('section', { class: 'slot-bottom', 'aria-label': 'Selection' });
  const root = element('div', { class: 'page' });
  const main = element('main', { class: 'main' });
  const sideLine = splitter({
    label: 'Width of the findings',
    orientation: 'vertical',
    property: '--side-w',
    target: root,
    initial: 380,
    min: SIDE_MIN,
    max: () => innerWidth - STAGE_MIN_WIDTH,
  });
  const bottomLine = splitter({
    label: 'Height of the details',
    orientation: 'horizontal',
    property: '--bottom-h',
    target: root,
    initial: 260,
    min: BOTTOM_MIN,
    max: () => innerHeight - STAGE_MIN_HEIGHT,
  });
  main.append(stage, bottomLine, bottom, sideLine, side);
  const skip = element('a', { class: 'skip', href: '#timeline' }, 'Skip to the timeline');
  skip.addEventListener('click', (event) => {
    // The address keeps the view behind its #.
    event.preventDefault();
    (timeline.querySelector<HTMLElement>('[tabindex="0"]') ?? timeline).focus();
  });
  root.append(skip, header, main);

  const narrow = matchMedia(NARROW);
  const show = (): void => {
    const { side: sidePanel, bottom: bottomPanel } = store.state;
    side.hidden = sideLine.hidden = sidePanel === undefined;
    bottom.hidden = bottomLine.hidden = bottomPanel === undefined;
  };
  show();
  store.listen((state, before) => {
    show();
    // There is room for one sheet: the one that was opened last.
    if (!narrow.matches || state.side === undefined || state.bottom === undefined) return;
    if (state.bottom !== before.bottom) store.update({ side: undefined });
    else if (state.side !== before.side) store.update({ bottom: undefined });
  });
  return { root, title, notices, search, tools, stage, timeline, side, bottom };
}
