import type { RunConfig } from './run-config.js';

/** What a temporal block says about the steady state (design §4). */
export type BlockRole = 'first' | 'filling' | 'steady' | 'switch';

/** How the blocks that still fill the window were told from the rest. */
export type FillingRule =
  /** Blocks before the first one whose layers roll their cache. */
  | 'rolls'
  /** `framesPerBlock` and `window` of run.json's `config`. */
  | 'run.json'
  /** `--filling N`. */
  | 'option'
  /** Nothing tells: none is taken to be filling, and a notice says so. */
  | 'none';

/** What the roles follow from. */
export interface BlockFacts {
  readonly name: string;
  /** Whether a layer rolled its cache in it, a recache apart. */
  readonly rolls: boolean;
  readonly hasSwitch: boolean;
}

export interface BlockState {
  readonly role: BlockRole;
  /** Whether the window still had room; also true of a first or a switch block. */
  readonly filling: boolean;
  /** Place in its video, from 0. */
  readonly ordinal: number;
}

/**
 * The role of every block, in order of time. Block numbers that do not go on rising begin a new video (a warm-up run
 * in the same trace): its first block is `first`, and its window fills anew.
 *
 * The trace itself is asked first: a layer rolls its cache only when the window is full, and from the first block
 * that rolls on it stays full. Where no block of a video rolls, the configuration is asked.
 */
export function blockStates(
  blocks: readonly BlockFacts[],
  config: RunConfig,
  filling?: number,
): { readonly states: readonly BlockState[]; readonly from: FillingRule } {
  const states: BlockState[] = [];
  const rules = new Set<FillingRule>();
  for (const [start, end] of videos(blocks)) {
    const firstRoll = blocks.slice(start, end).findIndex(({ rolls }) => rolls);
    const { framesPerBlock, window } = config;
    let count: number;
    if (filling !== undefined) {
      rules.add('option');
      count = filling;
    } else if (firstRoll >= 0) {
      rules.add('rolls');
      count = -1;
    } else if (framesPerBlock !== undefined && window !== undefined) {
      rules.add('run.json');
      count = Math.floor(window / framesPerBlock);
    } else {
      rules.add('none');
      count = 0;
    }
    for (let i = start; i < end; i++) {
      const ordinal = numberOf(blocks[i]!.name) ?? i - start;
      const isFilling = count < 0 ? i - start < firstRoll : ordinal < count;
      states.push({ role: roleOf(blocks[i]!, i === start, isFilling), filling: isFilling, ordinal });
    }
  }
  // The weakest ground that any video's roles stand on.
  const from = (['none', 'run.json', 'rolls', 'option'] as const).find((rule) => rules.has(rule));
  return { states, from: from ?? 'none' };
}

function roleOf({ hasSwitch }: BlockFacts, isFirst: boolean, isFilling: boolean): BlockRole {
  if (hasSwitch) return 'switch';
  if (isFirst) return 'first';
  return isFilling ? 'filling' : 'steady';
}

/** Half-open spans of blocks whose numbers rise. */
function videos(blocks: readonly BlockFacts[]): [number, number][] {
  const spans: [number, number][] = [];
  let start = 0;
  for (let i = 1; i <= blocks.length; i++) {
    const before = numberOf(blocks[i - 1]!.name);
    const own = i < blocks.length ? numberOf(blocks[i]!.name) : undefined;
    if (i < blocks.length && (before === undefined || own === undefined || own > before)) continue;
    spans.push([start, i]);
    start = i;
  }
  return spans;
}

/** The last number in a name: `temporal_block_12` → 12. */
function numberOf(name: string): number | undefined {
  const digits = /(\d+)\D*$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
