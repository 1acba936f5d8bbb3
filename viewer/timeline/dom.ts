/** An element with a class, and what is in it. Text becomes text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

const ICONS = {
  pin: 'M5.5 1.5h5l-.8 4.6 2.3 2.2v1.2H8.7V14L8 15l-.7-1V9.5H4V8.3l2.3-2.2z',
  hide: 'M4 4l8 8M12 4l-8 8',
  chevron: 'M6 4l4 4-4 4',
  previous: 'M10 4L6 8l4 4',
  next: 'M6 4l4 4-4 4',
  filter: 'M2.5 3.5h11L9.5 8.5V13l-3-1.5v-3z',
  search: 'M7 12.5a5.5 5.5 0 1 1 0-11 5.5 5.5 0 0 1 0 11zM11 11l3.5 3.5',
  close: 'M4 4l8 8M12 4l-8 8',
} as const;
const FILLED: ReadonlySet<string> = new Set(['pin', 'filter']);

/** A small drawn sign; the button around it has the words. */
export function icon(name: keyof typeof ICONS): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', ICONS[name]);
  path.setAttribute('fill', FILLED.has(name) ? 'currentColor' : 'none');
  path.setAttribute('stroke', FILLED.has(name) ? 'none' : 'currentColor');
  path.setAttribute('stroke-width', '1.5');
  path.setAttribute('stroke-linecap', 'round');
  path.setAttribute('stroke-linejoin', 'round');
  svg.append(path);
  return svg;
}

/** A button with a sign on it; its words are its name and its tooltip. */
export function iconButton(
  sign: keyof typeof ICONS,
  words: string,
  className: string,
  onClick: () => void,
): HTMLButtonElement {
  const button = make('button', className, icon(sign));
  button.type = 'button';
  button.title = words;
  button.setAttribute('aria-label', words);
  button.addEventListener('click', onClick);
  return button;
}

/** The parts of the timeline. */
export interface TimelineDom {
  readonly root: HTMLElement;
  readonly corner: HTMLElement;
  readonly minimap: HTMLElement;
  readonly origin: HTMLElement;
  readonly axis: HTMLCanvasElement;
  readonly scroller: HTMLElement;
  readonly spacer: HTMLElement;
  readonly labels: HTMLElement;
  readonly divider: HTMLElement;
  readonly stage: HTMLElement;
  readonly base: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
  readonly tooltip: HTMLElement;
  readonly loading: HTMLElement;
}

export function timelineDom(host: HTMLElement): TimelineDom {
  const corner = make('div', 'tl-corner');
  const minimap = make('div', 'tl-minimap');
  const origin = make('div', 'tl-origin');
  const axis = make('canvas', 'tl-axis');
  axis.setAttribute('aria-hidden', 'true');
  const labels = make('div', 'tl-labels');
  const divider = make('div', 'tl-divider');
  const base = make('canvas', 'tl-canvas');
  const overlay = make('canvas', 'tl-canvas');
  const loading = make('div', 'tl-loading');
  const description = make(
    'p',
    'unseen',
    'Arrow up and down choose a track, Enter selects the event in the middle of the view, full stop and comma step ' +
      'from event to event. Left and right arrow, A and D move through time, W and S zoom. Press question mark for ' +
      'all keys. The table panel lists the same events as text.',
  );
  description.id = 'timeline-keys';
  const stage = make('div', 'tl-stage', base, overlay, loading, description);
  stage.tabIndex = 0;
  stage.setAttribute('role', 'application');
  stage.setAttribute('aria-roledescription', 'timeline');
  stage.setAttribute('aria-label', 'Timeline of GPU and host events');
  stage.setAttribute('aria-describedby', description.id);
  base.setAttribute('aria-hidden', 'true');
  overlay.setAttribute('aria-hidden', 'true');
  const sticky = make('div', 'tl-sticky', labels, divider, stage);
  const spacer = make('div', 'tl-spacer');
  const scroller = make('div', 'tl-scroller', sticky, spacer);
  const tooltip = make('div', 'tl-tooltip');
  tooltip.setAttribute('aria-hidden', 'true');
  tooltip.hidden = true;
  const root = make(
    'div',
    'tl',
    make('div', 'tl-overview', corner, minimap),
    make('div', 'tl-axis-row', origin, axis),
    scroller,
    tooltip,
  );
  host.append(root);
  return {
    root,
    corner,
    minimap,
    origin,
    axis,
    scroller,
    spacer,
    labels,
    divider,
    stage,
    base,
    overlay,
    tooltip,
    loading,
  };
}
