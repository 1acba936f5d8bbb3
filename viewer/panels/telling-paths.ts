/** Between the parts of a path as results write it. */
const BETWEEN = ' > ';

/**
 * What to show of each of some paths so that those which read alike are told apart: the innermost segment, and as many
 * more as it takes, those further in first. Segments left out between two of them are one `…`.
 */
export class TellingPaths {
  readonly #segments: ReadonlyMap<string, readonly string[]>;
  readonly #shown = new Map<string, readonly string[]>();

  constructor(paths: Iterable<string>) {
    this.#segments = new Map([...new Set(paths)].map((path) => [path, path.split(BETWEEN)]));
  }

  /** Worked out when asked for: there may be many thousand, of which a few are looked at. */
  of(path: string): readonly string[] {
    let shown = this.#shown.get(path);
    if (shown === undefined) this.#shown.set(path, (shown = this.#tell(path)));
    return shown;
  }

  #tell(path: string): readonly string[] {
    const segments = this.#segments.get(path) ?? path.split(BETWEEN);
    const chosen = new Set<number>();
    let alike = [...this.#segments.values()].filter((others) => others !== segments);
    let at = 0;
    do {
      chosen.add(at);
      alike = alike.filter((others) => fromInside(others, at) === fromInside(segments, at));
      at = innermostTelling(segments, alike);
    } while (alike.length > 0);
    return elided(segments, chosen);
  }
}

/** The innermost place, counted from the inside, at which some of the others differ. */
function innermostTelling(segments: readonly string[], alike: readonly (readonly string[])[]): number {
  let least = Infinity;
  for (const others of alike) {
    for (let at = 0; at < least; at++) {
      if (fromInside(others, at) !== fromInside(segments, at)) least = at;
    }
  }
  return least;
}

function fromInside(segments: readonly string[], at: number): string | undefined {
  return segments[segments.length - 1 - at];
}

function elided(segments: readonly string[], chosen: ReadonlySet<number>): readonly string[] {
  const parts: string[] = [];
  segments.forEach((segment, index) => {
    if (chosen.has(segments.length - 1 - index)) parts.push(segment);
    else if (parts.length > 0 && parts.at(-1) !== '…') parts.push('…');
  });
  return parts;
}
