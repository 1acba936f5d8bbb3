import type { TraceNotice } from '../../trace/trace.js';

/** Why an event did not become a row. */
export type Reason =
  | 'flow'
  | 'counter'
  | 'phase'
  | 'instant'
  | 'time'
  | 'duration'
  | 'device'
  | 'unopened'
  | 'nested-op'
  | 'python'
  | 'far';

/** The categories are the file's own: so many are named, the rest are counted together. */
const NAMED_CATEGORIES = 12;

/** Events that did not become rows, counted. */
export class LeftOut {
  readonly #counts = new Map<Reason, number>();
  /** By category; only those whose category is why. */
  readonly #byCategory = new Map<string, number>();

  count(reason: Reason, by = 1): void {
    if (by > 0) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + by);
  }

  countCategory(category: string, by: number): void {
    if (by > 0) this.#byCategory.set(category, (this.#byCategory.get(category) ?? 0) + by);
  }

  counts(): readonly (readonly [Reason, number])[] {
    return [...this.#counts];
  }

  /** The most frequent ones by name, all others as one. */
  #categories(): [text: string, count: number][] {
    const sorted = [...this.#byCategory].sort((a, b) => b[1] - a[1]);
    const others = sorted.splice(NAMED_CATEGORIES);
    const sum = others.reduce((total, [, count]) => total + count, 0);
    return [...sorted, [`of ${others.length} other categories`, sum]];
  }

  /** One notice for what is always left out, and one for each thing that is wrong with the file. */
  notices(): TraceNotice[] {
    const get = (reason: Reason): number => this.#counts.get(reason) ?? 0;
    const usual: [text: string, count: number][] = [
      ['arrow ends (ids say the same)', get('flow')],
      ['CPU ops inside another', get('nested-op')],
      ['Python frames', get('python')],
      ['counter values', get('counter')],
      ...this.#categories(),
      ['instants', get('instant')],
      ['events of another phase', get('phase')],
    ];
    const parts = usual.filter(([, count]) => count > 0);
    const notices: TraceNotice[] = [];
    if (parts.length > 0) {
      const sum = parts.reduce((total, [, count]) => total + count, 0);
      const list = parts.map(([text, count]) => `${count.toLocaleString('en-US')} ${text}`).join(', ');
      notices.push({ table: 'not imported', message: list, count: sum });
    }
    const wrong: [Reason, string][] = [
      ['time', 'events without a time that makes sense were left out'],
      ['duration', 'events without a duration, or with an impossible one, were left out'],
      ['far', 'events more than 50 days from the GPU work were left out'],
      ['device', 'GPU events of a device that is no number from 0 to 255 were left out'],
      ['unopened', 'ends of ranges that nothing began were left out'],
    ];
    for (const [reason, text] of wrong) {
      const count = get(reason);
      if (count > 0) notices.push({ table: 'events', message: `${count} ${text}`, count });
    }
    return notices;
  }
}
