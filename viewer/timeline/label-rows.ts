import type { ShownLabel } from './labels.js';
import type { Visible } from './visible.js';

/** Labels for what is on screen. The header that stays takes the place of its own, which has scrolled away. */
export function labelRows({ pinned, main, mainTop, sticky }: Visible): {
  readonly pinned: readonly ShownLabel[];
  readonly main: readonly ShownLabel[];
} {
  const rows = main
    .filter(({ placed }) => placed.key !== sticky?.placed.key)
    .map(({ placed, y }): ShownLabel => ({
      placed,
      y: y - mainTop,
      height: placed.labelHeight,
      withPath: false,
    }));
  if (sticky !== undefined) {
    const { placed, y } = sticky;
    rows.unshift({ placed, y: y - mainTop, height: placed.labelHeight, withPath: true });
  }
  return {
    pinned: pinned.map(({ placed, y }) => ({ placed, y, height: placed.labelHeight, withPath: true })),
    main: rows,
  };
}
