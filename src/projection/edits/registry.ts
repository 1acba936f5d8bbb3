import { closestNames } from '../../analysis/closest-names.js';
import { UserError } from '../../trace/errors.js';
import { cudaGraphs } from './cuda-graphs.js';
import { bandwidth, compute } from './device.js';
import { splitEdit, type Edit, type EditKind } from './edit.js';
import { featureCache } from './feature-cache.js';
import { firstBlockCache } from './first-block-cache.js';
import { fp8 } from './fp8.js';
import { fuse } from './fuse.js';
import { kvRing } from './kv.js';
import { noSync } from './no-sync.js';
import { sparse } from './sparse.js';
import { steps } from './steps.js';
import { tail } from './tail.js';
import { kvWindow } from './window.js';

/** Every kind of edit, in the order in which help lists them. */
export const EDIT_KINDS: readonly EditKind[] = [
  noSync,
  cudaGraphs,
  kvRing,
  fuse,
  kvWindow,
  fp8,
  sparse,
  featureCache,
  firstBlockCache,
  steps,
  tail,
  bandwidth,
  compute,
];

/**
 * Reads one `--apply` value.
 * @throws UserError if there is no such edit, or its parameters are wrong
 */
export function parseEdit(text: string): Edit {
  const { name, parameters } = splitEdit(text);
  const kind = EDIT_KINDS.find((one) => one.name === name);
  if (kind !== undefined) return kind.parse(parameters);
  const names = EDIT_KINDS.map((one) => one.name);
  const near = closestNames(name, names, 1)[0];
  throw new UserError(`There is no edit '${name}'.`, {
    hint: `${name === '' || near === undefined ? '' : `Closest: '${near}'. `}The edits are: ${names.join(', ')}.`,
  });
}
