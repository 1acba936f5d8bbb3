import { UserError } from '../../trace/errors.js';
import type { GnaConfig } from './config.js';

const MAX_AXES = 3;
/** Keeps a sweep over the tiles of an axis short, and every product of counts an exact integer. */
const MAX_AXIS = 2 ** 22;
const MAX_TOKENS = 2 ** 31;

/**
 * The rules of the operation: 1 ≤ stride ≤ window and window × dilation ≤ axis, on each of one to three axes; tiles of
 * at least one token.
 *
 * @throws UserError naming the rule that is broken, and where
 */
export function checkConfig(config: GnaConfig): void {
  const { shape, window, stride, dilation, causal } = config;
  checkShape(shape);
  const lists = { window, stride, dilation, 'Q tile': config.qTile, 'KV tile': config.kvTile };
  for (const [name, sizes] of Object.entries(lists)) {
    checkLength(name, sizes, shape);
    sizes.forEach((size, axis) => checkSize(name, size, axis));
  }
  checkLength('causal', causal, shape);
  shape.forEach((length, axis) => {
    const [size, step, apart] = [window[axis]!, stride[axis]!, dilation[axis]!];
    const where = axisText(axis);
    if (size > length) {
      throw new UserError(`window ${size} is larger than the ${length} tokens of ${where}`, {
        hint: 'window ≤ axis; "full" stands for the whole axis',
      });
    }
    if (step > size) {
      throw new UserError(`stride ${step} is larger than the window ${size} on ${where}`, {
        hint: 'stride ≤ window: a larger one would leave keys that no query sees',
      });
    }
    if (size * apart > length) {
      throw new UserError(
        `window ${size} with dilation ${apart} spans ${size * apart} of the ${length} tokens of ${where}`,
        { hint: `window × dilation ≤ axis: dilation ${Math.floor(length / size)} at most` },
      );
    }
  });
}

export function checkShape(shape: readonly number[]): void {
  if (shape.length < 1 || shape.length > MAX_AXES) {
    throw new UserError(`the shape has ${shape.length} axes`, { hint: 'from 1 to 3: T, or H,W, or T,H,W' });
  }
  shape.forEach((length, axis) => checkSize('shape', length, axis));
  const tokens = shape.reduce((product, length) => product * length, 1);
  if (tokens > MAX_TOKENS) {
    throw new UserError(`a shape of ${tokens} tokens is too large`, { hint: `at most ${MAX_TOKENS}` });
  }
}

export function checkLength(name: string, values: readonly unknown[], shape: readonly number[]): void {
  if (values.length === shape.length) return;
  throw new UserError(`${name} has ${count(values.length)}, the shape has ${shape.length}`, {
    hint: 'one value for each axis of the shape',
  });
}

function checkSize(name: string, size: number, axis: number): void {
  if (Number.isInteger(size) && size >= 1 && size <= MAX_AXIS) return;
  throw new UserError(`${name} ${size} on ${axisText(axis)} is not possible`, {
    hint: `whole numbers from 1 to ${MAX_AXIS}`,
  });
}

function count(values: number): string {
  return values === 1 ? '1 value' : `${values} values`;
}

/** Axes are counted from 1 for people, outermost first. */
function axisText(axis: number): string {
  return `axis ${axis + 1}`;
}
