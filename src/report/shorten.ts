import stringWidth from 'string-width';

/** Columns that a text takes on a terminal. */
export { stringWidth };

/** At most `width` columns of the text; what is left out of its middle is marked with `…`. */
export function shortenMiddle(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  const chars = [...text];
  // The end says more than the start: the last range of a path, the last arguments of a template.
  const tail = takeWidth([...chars].reverse(), Math.ceil((width - 1) / 2)).reverse();
  const head = takeWidth(chars, width - 1 - stringWidth(tail.join('')));
  return `${head.join('')}…${tail.join('')}`;
}

function takeWidth(chars: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const char of chars) {
    used += stringWidth(char);
    if (used > width) break;
    taken.push(char);
  }
  return taken;
}

/** Pads with spaces to `width` columns; a text that is wider is returned as it is. */
export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'left' ? text + spaces : spaces + text;
}
