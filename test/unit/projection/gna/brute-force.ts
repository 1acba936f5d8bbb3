import type { GnaConfig } from '../../../../src/projection/gna/config.js';

export interface CountedMask {
  readonly pairs: number;
  readonly queryTiles: number;
  readonly worst: number;
  readonly visited: number;
  /** No visited tile holds a hidden pair, padding aside. */
  readonly blockSparse: boolean;
}

/** Every query against every key: the mask as the papers define it, then the tiles that hold any of it. */
export function countMask(config: GnaConfig): CountedMask {
  const tokens = coordinates(config.shape);
  const tiles = new Map<string, Map<string, number>>();
  const queriesOf = new Map<string, number>();
  const keysOf = new Map<string, number>();
  let pairs = 0;
  for (const key of tokens) {
    const name = tileOf(key, config, config.kvTile);
    keysOf.set(name, (keysOf.get(name) ?? 0) + 1);
  }
  for (const query of tokens) {
    const queryTile = tileOf(query, config, config.qTile);
    queriesOf.set(queryTile, (queriesOf.get(queryTile) ?? 0) + 1);
    const visited = tiles.get(queryTile) ?? new Map<string, number>();
    tiles.set(queryTile, visited);
    for (const key of tokens) {
      if (!sees(query, key, config)) continue;
      pairs++;
      const keyTile = tileOf(key, config, config.kvTile);
      visited.set(keyTile, (visited.get(keyTile) ?? 0) + 1);
    }
  }
  const counts = [...tiles.values()].map(({ size }) => size);
  const full = [...tiles].every(([queryTile, visited]) =>
    [...visited].every(([keyTile, seen]) => seen === queriesOf.get(queryTile)! * keysOf.get(keyTile)!),
  );
  return {
    pairs,
    queryTiles: counts.length,
    worst: Math.max(...counts),
    visited: counts.reduce((sum, count) => sum + count, 0),
    blockSparse: full,
  };
}

function coordinates(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (points, length) => points.flatMap((point) => Array.from({ length }, (_, i) => [...point, i])),
    [[]],
  );
}

/** A token's dilation group and tile within it, on every axis. */
function tileOf(token: readonly number[], { dilation }: GnaConfig, tile: readonly number[]): string {
  return token
    .map((i, axis) => `${i % dilation[axis]!}:${Math.floor(Math.floor(i / dilation[axis]!) / tile[axis]!)}`)
    .join(' ');
}

function sees(query: readonly number[], key: readonly number[], config: GnaConfig): boolean {
  return query.every((i, axis) => {
    const d = config.dilation[axis]!;
    if (i % d !== key[axis]! % d) return false;
    const length = Math.floor(config.shape[axis]! / d) + (i % d < config.shape[axis]! % d ? 1 : 0);
    const [start, end] = keysOfQuery(
      Math.floor(i / d),
      length,
      config.window[axis]!,
      config.stride[axis]!,
      config.causal[axis]!,
    );
    const k = Math.floor(key[axis]! / d);
    return k >= start && k < end;
  });
}

/** Word for word as the kernels compute it, unlike the closed form in src. */
function keysOfQuery(i: number, L: number, w: number, s: number, causal: boolean): [number, number] {
  const left = Math.floor(w / 2);
  const right = Math.floor(w / 2) + (w % 2) - 1;
  if (causal) {
    const leader = Math.min(Math.floor(i / s) * s + s - 1, L - 1);
    return [Math.max(leader - left - right, 0), Math.min(i + 1, L)];
  }
  const leader = Math.min(Math.floor(i / s) * s + Math.floor(s / 2), L - 1);
  const start = Math.max(leader - left, 0) + (leader + right >= L ? L - right - leader - 1 : 0);
  return [start, start + w];
}
