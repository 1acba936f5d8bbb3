import { printable } from '../../src/report/printable.js';
import { icon, iconButton, make } from './dom.js';
import type { PlacedTrack } from './track-layout.js';

export interface LabelActions {
  toggleFold(key: string): void;
  setFolded(key: string, folded: boolean): void;
  togglePin(key: string): void;
  hide(key: string): void;
  /** Makes it the track that keys act on. */
  focus(key: string): void;
  /** By how many tracks from the current one; or to an end. */
  move(step: number | 'first' | 'last'): void;
  /** Goes from a label to the events of its track. */
  enter(): void;
}

/** A label on screen: which track, and where. */
export interface ShownLabel {
  readonly placed: PlacedTrack;
  /** CSS pixels from the top of its part. */
  readonly y: number;
  readonly height: number;
  /** Names the groups around it too: it is not below them. */
  readonly withPath: boolean;
}

interface Row {
  readonly element: HTMLElement;
  readonly name: HTMLButtonElement;
  readonly pin: HTMLButtonElement | undefined;
  readonly hide: HTMLButtonElement;
  look: string;
}

/** Two lines of text need this much. */
const TALL = 34;

/**
 * The column of track labels: real buttons, only for tracks in view. Tab stops at one of them, arrow keys go on from
 * there, so that a thousand tracks are one stop.
 */
export class TrackLabels {
  readonly #pinned = new LabelPart('Pinned tracks');
  readonly #main = new LabelPart('Tracks');
  readonly #host: HTMLElement;
  readonly #actions: LabelActions;

  constructor(host: HTMLElement, actions: LabelActions) {
    this.#host = host;
    this.#actions = actions;
    host.append(this.#pinned.element, this.#main.element);
    host.addEventListener('keydown', (event) => this.#key(event));
  }

  update(
    pinned: readonly ShownLabel[],
    pinnedHeight: number,
    main: readonly ShownLabel[],
    current: string | undefined,
  ): void {
    this.#pinned.element.style.height = `${pinnedHeight}px`;
    this.#pinned.element.hidden = pinned.length === 0;
    this.#main.element.style.top = `${pinnedHeight}px`;
    const all = [...pinned, ...main];
    const stop = all.some(({ placed }) => placed.key === current) ? current : all[0]?.placed.key;
    this.#pinned.update(pinned, stop, this.#actions);
    this.#main.update(main, stop, this.#actions);
    // A track that was just pinned takes the focus with it.
    const stray = this.#main.strayFocus(main) ?? this.#pinned.strayFocus(pinned);
    if (stray !== undefined && all.some(({ placed }) => placed.key === stray)) this.focusLabel(stray);
  }

  /** Moves the focus to a label, if the focus is on another one. */
  focusLabel(key: string): void {
    if (!this.#host.contains(document.activeElement)) return;
    (this.#pinned.nameOf(key) ?? this.#main.nameOf(key))?.focus({ preventScroll: true });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = (event.target as HTMLElement).closest<HTMLElement>('.tl-label')?.dataset['key'];
    if (key === undefined) return;
    const actions = this.#actions;
    const handlers: Readonly<Record<string, () => void>> = {
      ArrowDown: () => actions.move(1),
      ArrowUp: () => actions.move(-1),
      ArrowLeft: () => actions.setFolded(key, true),
      ArrowRight: () => actions.setFolded(key, false),
      Home: () => actions.move('first'),
      End: () => actions.move('last'),
      Escape: () => actions.enter(),
    };
    const handler = handlers[event.key];
    if (handler === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    handler();
  }
}

/** The labels of one part: the pinned tracks, or those that scroll. */
class LabelPart {
  readonly element: HTMLElement;
  readonly #rows = new Map<string, Row>();

  constructor(name: string) {
    this.element = make('div', 'tl-label-part');
    this.element.setAttribute('role', 'list');
    this.element.setAttribute('aria-label', name);
  }

  nameOf(key: string): HTMLButtonElement | undefined {
    return this.#rows.get(key)?.name;
  }

  update(shown: readonly ShownLabel[], stop: string | undefined, actions: LabelActions): void {
    const seen = new Set<string>();
    let before: Element | null = null;
    for (const label of shown) {
      const { key } = label.placed;
      seen.add(key);
      let row = this.#rows.get(key);
      if (row === undefined) {
        row = makeRow(label.placed, actions);
        this.#rows.set(key, row);
      }
      // Reading order is the order on screen.
      const next: Element | null =
        before === null ? this.element.firstElementChild : before.nextElementSibling;
      if (next !== row.element) this.element.insertBefore(row.element, next);
      before = row.element;
      dress(row, label, key === stop);
    }
    for (const [key, row] of this.#rows) {
      if (seen.has(key)) continue;
      if (row.element.contains(document.activeElement)) {
        // Out of sight, but not out of the page: the focus would be lost.
        row.element.style.transform = 'translateY(-10000px)';
      } else {
        row.element.remove();
        this.#rows.delete(key);
      }
    }
  }

  /** The key of the label that has the focus although it is no longer shown. */
  strayFocus(shown: readonly ShownLabel[]): string | undefined {
    const row = this.element.contains(document.activeElement)
      ? [...this.#rows].find(([, { element }]) => element.contains(document.activeElement))
      : undefined;
    return row === undefined || shown.some(({ placed }) => placed.key === row[0]) ? undefined : row[0];
  }
}

function makeRow({ key, track }: PlacedTrack, actions: LabelActions): Row {
  const label = printable(track.label);
  const name = make('button', 'tl-name');
  name.type = 'button';
  const hide = iconButton('hide', `Hide ${label}`, 'tl-icon', () => actions.hide(key));
  const isGroup = track.kind === 'group';
  const pin = isGroup
    ? undefined
    : iconButton('pin', `Pin ${label} to the top`, 'tl-icon tl-pin', () => actions.togglePin(key));
  const element = make('div', `tl-label tl-${track.kind}`, name, ...(pin === undefined ? [] : [pin]), hide);
  element.setAttribute('role', 'listitem');
  element.dataset['key'] = key;
  name.addEventListener('click', () => {
    actions.focus(key);
    actions.toggleFold(key);
  });
  name.addEventListener('focus', () => actions.focus(key));
  return { element, name, pin, hide, look: '' };
}

/** Writes to the page only what differs from the last time: this runs in every frame of a scroll. */
function dress(row: Row, { placed, y, height, withPath }: ShownLabel, isStop: boolean): void {
  const { track, depth, foldable, folded, pinned, path } = placed;
  row.element.style.transform = `translateY(${y}px)`;
  const look = [height, depth, foldable, folded, pinned, withPath, isStop, track.label, track.detail].join(
    '\u0000',
  );
  if (look === row.look) return;
  row.look = look;
  row.element.style.height = `${height}px`;
  row.element.style.setProperty('--depth', String(withPath ? 0 : depth));
  row.element.classList.toggle('tall', height >= TALL);
  const chevron = make('span', 'tl-chevron');
  if (foldable) chevron.append(icon('chevron'));
  const label = printable(track.label);
  const detail = printable(track.detail);
  const around = withPath ? path.map(printable).join(' › ') : '';
  const texts = make('span', 'tl-texts', make('span', 'tl-text', label));
  if (around !== '') texts.append(make('span', 'tl-detail', around));
  else if (detail !== '') texts.append(make('span', 'tl-detail', detail));
  row.name.replaceChildren(chevron, texts);
  row.name.title = [around, label, detail].filter((text) => text !== '').join('\n');
  if (foldable) row.name.setAttribute('aria-expanded', String(!folded));
  else row.name.removeAttribute('aria-expanded');
  row.pin?.setAttribute('aria-pressed', String(pinned));
  if (row.pin !== undefined) row.pin.title = pinned ? `Unpin ${label}` : `Pin ${label} to the top`;
  for (const button of [row.name, row.pin, row.hide]) {
    if (button !== undefined) button.tabIndex = isStop ? 0 : -1;
  }
}
