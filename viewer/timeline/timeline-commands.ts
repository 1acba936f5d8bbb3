import type { Command } from '../interact/commands.js';
import type { Hold } from './viewport.js';

/** What the timeline can be told to do. */
export interface TimelineActions {
  hold(how: Hold): void;
  letGo(how: Hold): void;
  /** By screens. */
  pan(screens: number): void;
  goToEnd(which: 'start' | 'end'): void;
  showAll(): void;
  scrollScreens(by: number): void;
  moveTrack(by: 1 | -1): void;
  frame(): void;
  step(by: 1 | -1): void;
  follow(to: 'launch' | 'op'): void;
  enter(): void;
  selectionToArea(): void;
  viewToArea(): void;
  clear(): void;
  match(by: 1 | -1): void;
  toggleFilter(): void;
  togglePin(): void;
  toggleFold(): void;
  hideTrack(): void;
  showHidden(): void;
  foldAll(folded: boolean): void;
  legend(): void;
  addNote(): void;
  addFlag(): void;
  /** For `enabled`. */
  has(what: 'selection' | 'search' | 'hidden' | 'track'): boolean;
}

/** The timeline's part of the registry. WASD by their place, so that they lie the same on every keyboard. */
export function timelineCommands(on: TimelineActions): readonly Command[] {
  const held = (id: string, title: string, how: Hold, keys: readonly string[]): Command => ({
    id,
    title,
    group: 'Move',
    keys,
    run: () => on.hold(how),
    release: () => on.letGo(how),
  });
  const selected = (): boolean => on.has('selection');
  const searching = (): boolean => on.has('search');
  const onTrack = (): boolean => on.has('track');
  return [
    held('move.zoom-in', 'Zoom in at the pointer', 'in', ['code:KeyW', '+']),
    held('move.zoom-out', 'Zoom out', 'out', ['code:KeyS', '-']),
    held('move.pan-left', 'Move to earlier times', 'left', ['code:KeyA', 'ArrowLeft']),
    held('move.pan-right', 'Move to later times', 'right', ['code:KeyD', 'ArrowRight']),
    {
      id: 'move.show-all',
      title: 'Show the whole trace',
      group: 'Move',
      keys: ['0'],
      run: () => on.showAll(),
    },
    {
      id: 'move.go-start',
      title: 'Go to the start of the trace',
      group: 'Move',
      keys: ['Home'],
      run: () => on.goToEnd('start'),
    },
    {
      id: 'move.go-end',
      title: 'Go to the end of the trace',
      group: 'Move',
      keys: ['End'],
      run: () => on.goToEnd('end'),
    },
    {
      id: 'move.page-up',
      title: 'Scroll the tracks up',
      group: 'Move',
      keys: ['PageUp'],
      run: () => on.scrollScreens(-0.8),
    },
    {
      id: 'move.page-down',
      title: 'Scroll the tracks down',
      group: 'Move',
      keys: ['PageDown'],
      run: () => on.scrollScreens(0.8),
    },
    {
      id: 'move.screen-left',
      title: 'Move one screen earlier',
      group: 'Move',
      keys: ['Shift+PageUp'],
      run: () => on.pan(-0.9),
    },
    {
      id: 'move.screen-right',
      title: 'Move one screen later',
      group: 'Move',
      keys: ['Shift+PageDown'],
      run: () => on.pan(0.9),
    },

    {
      id: 'select.track-up',
      title: 'Choose the track above',
      group: 'Select',
      keys: ['ArrowUp'],
      run: () => on.moveTrack(-1),
    },
    {
      id: 'select.track-down',
      title: 'Choose the track below',
      group: 'Select',
      keys: ['ArrowDown'],
      run: () => on.moveTrack(1),
    },
    {
      id: 'select.enter',
      title: 'Select the event in the middle of the chosen track',
      group: 'Select',
      keys: ['Enter'],
      enabled: onTrack,
      run: () => on.enter(),
    },
    {
      id: 'select.next',
      title: 'Next event on the track',
      group: 'Select',
      keys: ['.', 'Shift+ArrowRight'],
      run: () => on.step(1),
    },
    {
      id: 'select.previous',
      title: 'Previous event on the track',
      group: 'Select',
      keys: [',', 'Shift+ArrowLeft'],
      run: () => on.step(-1),
    },
    {
      id: 'select.to-launch',
      title: 'Go from an op to its launch; from a gap to the op before',
      group: 'Select',
      keys: ['['],
      enabled: selected,
      run: () => on.follow('launch'),
    },
    {
      id: 'select.to-op',
      title: 'Go from a launch to its op; from a gap to the op after',
      group: 'Select',
      keys: [']'],
      enabled: selected,
      run: () => on.follow('op'),
    },
    {
      id: 'select.frame',
      title: 'Bring the selection to the middle; again: zoom to it',
      group: 'Select',
      keys: ['f'],
      enabled: selected,
      run: () => on.frame(),
    },
    {
      id: 'select.selection-area',
      title: 'Sum up the time of the selection',
      group: 'Select',
      keys: ['m'],
      enabled: selected,
      run: () => on.selectionToArea(),
    },
    {
      id: 'select.view-area',
      title: 'Sum up what is in view of the chosen track',
      group: 'Select',
      keys: ['Shift+m'],
      enabled: onTrack,
      run: () => on.viewToArea(),
    },
    {
      id: 'select.clear',
      title: 'Clear the selection, then the search',
      group: 'Select',
      keys: ['Escape'],
      run: () => on.clear(),
    },

    {
      id: 'search.match-next',
      title: 'Next match',
      group: 'Search',
      keys: ['g'],
      enabled: searching,
      run: () => on.match(1),
    },
    {
      id: 'search.match-previous',
      title: 'Previous match',
      group: 'Search',
      keys: ['Shift+g'],
      enabled: searching,
      run: () => on.match(-1),
    },
    {
      id: 'search.filter',
      title: 'Dim what does not match',
      group: 'Search',
      keys: ['x'],
      run: () => on.toggleFilter(),
    },

    {
      id: 'tracks.pin',
      title: 'Pin the chosen track to the top',
      group: 'Tracks',
      keys: ['t'],
      enabled: onTrack,
      run: () => on.togglePin(),
    },
    {
      id: 'tracks.fold',
      title: 'Fold or unfold the chosen track',
      group: 'Tracks',
      keys: ['c'],
      enabled: onTrack,
      run: () => on.toggleFold(),
    },
    {
      id: 'tracks.hide',
      title: 'Hide the chosen track',
      group: 'Tracks',
      keys: ['h'],
      enabled: onTrack,
      run: () => on.hideTrack(),
    },
    {
      id: 'tracks.show-hidden',
      title: 'Show hidden tracks again',
      group: 'Tracks',
      keys: ['Shift+h'],
      enabled: () => on.has('hidden'),
      run: () => on.showHidden(),
    },
    {
      id: 'tracks.fold-all',
      title: 'Fold all groups',
      group: 'Tracks',
      keys: ['Shift+c'],
      run: () => on.foldAll(true),
    },
    { id: 'tracks.unfold-all', title: 'Unfold everything', group: 'Tracks', run: () => on.foldAll(false) },

    {
      id: 'tracks.legend',
      title: 'Show what the colours mean',
      group: 'Tracks',
      keys: ['l'],
      run: () => on.legend(),
    },

    {
      id: 'notes.note',
      title: 'Write a note at the selection',
      group: 'Notes',
      keys: ['n'],
      run: () => on.addNote(),
    },
    {
      id: 'notes.flag',
      title: 'Put a flag at the pointer',
      group: 'Notes',
      keys: ['Shift+n'],
      run: () => on.addFlag(),
    },
  ];
}
