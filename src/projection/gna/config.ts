import { checkConfig } from './check-config.js';

/**
 * One sparse-attention operation: Generalized Neighborhood Attention over a grid of tokens, and the tiles of the kernel
 * that runs it. One value an axis in every list, outermost axis first; all in tokens.
 */
export interface GnaConfig {
  readonly shape: readonly number[];
  readonly window: readonly number[];
  /** Queries that share one window; 1 is neighborhood attention, `window` is blocked (windowed) attention. */
  readonly stride: readonly number[];
  /** Distance between neighbouring keys of a window. */
  readonly dilation: readonly number[];
  readonly causal: readonly boolean[];
  readonly qTile: readonly number[];
  readonly kvTile: readonly number[];
}

/** A configuration whose lists may be left out where there is a neutral value. */
export interface GnaConfigInput {
  readonly shape: readonly number[];
  readonly window: readonly number[];
  readonly stride?: readonly number[];
  readonly dilation?: readonly number[];
  readonly causal?: readonly boolean[];
  readonly qTile: readonly number[];
  readonly kvTile: readonly number[];
}

/** Stands for "the whole axis" in a window. */
export const FULL_AXIS = -1;

/**
 * Fills in stride 1, dilation 1, not causal, and the whole axis for `FULL_AXIS`; the result keeps every rule.
 *
 * @throws UserError naming the rule that is broken
 */
export function gnaConfig(input: GnaConfigInput): GnaConfig {
  const { shape } = input;
  const config: GnaConfig = {
    shape,
    window: input.window.map((size, axis) => (size === FULL_AXIS ? (shape[axis] ?? size) : size)),
    stride: input.stride ?? shape.map(() => 1),
    dilation: input.dilation ?? shape.map(() => 1),
    causal: input.causal ?? shape.map(() => false),
    qTile: input.qTile,
    kvTile: input.kvTile,
  };
  checkConfig(config);
  return config;
}

/** `24×44×80`. */
export function gridText(sizes: readonly number[]): string {
  return sizes.join('×');
}
