import { OP_CLASSES } from '../../src/analysis/op-class.js';
import { causeLook, opColor } from '../render/colours.js';
import { swatch } from '../render/swatch.js';
import { isDark } from './dark.js';

export function causeSwatch(cause: string): Element {
  const dark = isDark();
  return swatch(causeLook(cause, dark), dark, 12);
}

/** Of a class of ops; an empty one, so that texts stay in line, for a name that is none. */
export function classSwatch(name: string): Element {
  const opClass = OP_CLASSES.find((one) => one === name);
  if (opClass === undefined) {
    return swatch({ color: 'transparent', pattern: 'solid' }, false, 12);
  }
  const dark = isDark();
  return swatch({ color: opColor(opClass, dark), pattern: 'solid' }, dark, 12);
}
