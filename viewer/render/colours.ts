import { CAUSES } from '../../src/analysis/causes.js';
import { OP_CLASSES, type OpClass } from '../../src/analysis/op-class.js';
import { paintOfCause } from '../../src/report/charts/palette.js';
import type { Pattern } from '../../src/report/charts/paint.js';
import { COLORS } from '../../src/report/html/colors.js';
import type { TrackKind } from '../engine/protocol.js';
import { contrast, hexOfOklch, lighter } from './colour-space.js';

/** How a kind of thing looks: a colour `#rrggbb`, and for causes a pattern that tells them apart without it. */
export interface Look {
  readonly color: string;
  readonly pattern: Pattern;
}

/**
 * One colour a class of ops, light theme and dark theme. Related classes share a family of hues, the same as in the
 * HTML report. Within it they differ in lightness: chosen so that any two stay at least 0.05 apart in Oklab as seen with
 * normal sight, without red cones and without green ones (a unit test holds them to it).
 */
const OP_COLORS: Readonly<Record<OpClass, readonly [light: string, dark: string]>> = {
  attention: ['#4966d3', '#4092f7'],
  matmul: ['#189d9c', '#03b6b8'],
  norm: ['#797f08', '#809963'],
  elementwise: ['#978f64', '#b5ad88'],
  rope: ['#8bbc78', '#aed46b'],
  'kv.clone': ['#f29c1b', '#d27a17'],
  'kv.roll': ['#cb8b1a', '#e99b2b'],
  'kv.insert': ['#8f1702', '#a8471f'],
  'kv.concat': ['#815421', '#9f7003'],
  'kv.update': ['#61453e', '#8c7161'],
  'kv.reset': ['#7c6e5e', '#d5c3b3'],
  'cross-kv': ['#44afeb', '#61d5f8'],
  memcpy: ['#543a97', '#8457ba'],
  comm: ['#a51069', '#ca6193'],
  other: ['#a6b3b7', '#546567'],
};

/** What a host call does to its thread, in the order of `CALL_CLASS`. Waiting has the colour that its cause has. */
export const CALL_CLASSES = ['api', 'sync', 'blocking-copy', 'alloc'] as const;
const CALL_COLORS: readonly (readonly [light: string, dark: string])[] = [
  ['#9fb0c3', '#5f7287'],
  ['#7a56a6', '#a284d0'],
  ['#b0508e', '#d688ba'],
  ['#a8793f', '#c79a62'],
];

/** How far a name's own shade may be from the colour of its class, in Oklab lightness. */
export const SHADE_SPAN = 0.02;

export function opColor(opClass: OpClass, dark: boolean): string {
  return OP_COLORS[opClass][dark ? 1 : 0];
}

export function callColor(index: number, dark: boolean): string {
  return (CALL_COLORS[index] ?? CALL_COLORS[0]!)[dark ? 1 : 0];
}

export function causeLook(cause: string, dark: boolean): Look {
  const { color, pattern } = paintOfCause(cause);
  return { color: (COLORS[color] ?? COLORS['grey']!)[dark ? 1 : 0], pattern };
}

/** Quiet tints for ranges, by the hash of their template: they frame the ops, they do not compete with them. */
export function rangeColor(hash: number, dark: boolean): string {
  // Multiples of the golden angle: neighbouring hashes get hues far apart.
  const hue = (hash * 137.508) % 360;
  const step = (hash % 3) * 0.025;
  return dark ? hexOfOklch(0.36 + step, 0.05, hue) : hexOfOklch(0.88 - step, 0.045, hue);
}

/** Black or white, whichever is easier to read on a colour; one of them always reaches 4.5 : 1. */
export function inkOn(color: string): '#000000' | '#ffffff' {
  return contrast(color, '#000000') >= contrast(color, '#ffffff') ? '#000000' : '#ffffff';
}

/** Categories × 16 shades. */
export const SHADES = 16;

/** Index into the colours of a kind of track: category, and the upper half of the shade. */
export function colorIndex(category: number, shade: number): number {
  return category * SHADES + (shade >> 4);
}

/** Colours of a kind of track as `#rrggbb`, by `colorIndex`. */
export function colorsOf(kind: TrackKind, dark: boolean): readonly string[] {
  switch (kind) {
    case 'ops':
      return OP_CLASSES.flatMap((opClass) => shades(opColor(opClass, dark)));
    case 'calls':
      return CALL_COLORS.flatMap((_, index) => shades(callColor(index, dark)));
    case 'gaps':
      return CAUSES.flatMap((cause) => new Array<string>(SHADES).fill(causeLook(cause, dark).color));
    case 'ranges':
    case 'projection':
      return Array.from({ length: 256 * SHADES }, (_, k) =>
        k % SHADES === 0 ? rangeColor(k / SHADES, dark) : '',
      ).map((color, k, all) => (color === '' ? all[k - (k % SHADES)]! : color));
    case 'group':
    case 'counter':
      return [];
  }
}

function shades(color: string): string[] {
  return Array.from({ length: SHADES }, (_, k) => lighter(color, (k / (SHADES - 1) - 0.5) * 2 * SHADE_SPAN));
}

/** What a category of a track's events is called. */
export function categoryName(kind: TrackKind, category: number): string {
  switch (kind) {
    case 'ops':
      return OP_CLASSES[category] ?? 'other';
    case 'gaps':
      return CAUSES[category] ?? 'unknown';
    case 'calls':
      return CALL_CLASSES[category] ?? 'api';
    case 'ranges':
    case 'projection':
      return 'range';
    case 'group':
    case 'counter':
      return '';
  }
}
