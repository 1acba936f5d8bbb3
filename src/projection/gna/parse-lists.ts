import { UserError } from '../../trace/errors.js';
import { FULL_AXIS } from './config.js';

/** Commas or `x` between the values of the axes. */
function split(text: string): string[] {
  return text.split(/[,x×]/);
}

/** `24,44,80`, `24x44x80`, `full,12,24`: whole numbers, outermost axis first. */
export function parseGrid(name: string, text: string): number[] {
  return split(text).map((word) => {
    if (word === 'full' || word === '-1') return FULL_AXIS;
    // At most nine digits: whatever is too large is refused by the rules, with the rule's own words.
    if (/^\d{1,9}$/.test(word)) return Number(word);
    throw new UserError(`${name} '${text}' is not understood`, {
      hint: 'whole numbers, one an axis: 24,44,80 or 24x44x80',
    });
  });
}

/** The same, with `*` for an axis that is left free. */
export function parsePartialGrid(name: string, text: string): (number | undefined)[] {
  return split(text).map((word) => (word === '*' ? undefined : parseGrid(name, word)[0]));
}

const FLAGS = new Map([
  ['0', false],
  ['1', true],
  ['false', false],
  ['true', true],
]);

/** `1,0,0`: yes or no for each axis. */
export function parseFlags(name: string, text: string): boolean[] {
  return split(text).map((word) => {
    const flag = FLAGS.get(word);
    if (flag !== undefined) return flag;
    throw new UserError(`${name} '${text}' is not understood`, { hint: '0 or 1, one an axis: 1,0,0' });
  });
}

/** No model has more; a range to a large number must not fill the memory. */
const MAX_LAYER = 9999;

/** `2-27`, `0+5+10-12`: layers from 0, ranges inclusive. */
export function parseLayers(text: string): Set<number> {
  const layers = new Set<number>();
  for (const part of text.split('+')) {
    const match = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match === null || last < first || last > MAX_LAYER) {
      throw new UserError(`layers '${text}' is not understood`, { hint: 'numbers and ranges: 0+5+10-12' });
    }
    for (let layer = first; layer <= last; layer++) layers.add(layer);
  }
  return layers;
}
