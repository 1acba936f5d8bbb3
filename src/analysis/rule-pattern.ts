import { templateOf } from './template.js';

const SPECIAL = /[.+?^${}()|[\]\\]/g;

/**
 * A test for range templates: `*` stands for any text, and every number for any number, as templates have it:
 * `layer_#` and `layer_3` are one pattern. Before either, `_` and `:` are the same.
 */
export function rangePattern(glob: string): RegExp {
  const source = templateOf(glob)
    .replace(SPECIAL, '\\$&')
    .replace(/[:_](?=[*#])/g, '[:_]')
    .replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 's');
}

/**
 * A test for kernel names: `*` stands for any text. It finds whole words anywhere in the demangled name, so that
 * neither return type nor template arguments need to be spelled: `flash_fwd*` matches
 * `void flash::flash_fwd_kernel<…>(…)`.
 */
export function kernelPattern(glob: string): RegExp {
  const source = glob.replace(SPECIAL, '\\$&').replaceAll('*', '.*');
  const before = /^\w/.test(glob) ? '(?<!\\w)' : '';
  const after = /\w$/.test(glob) ? '(?!\\w)' : '';
  return new RegExp(before + source + after, 's');
}
