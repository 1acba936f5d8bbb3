import { UserError } from '../../src/trace/errors.js';
import { MatchSet } from './match-set.js';
import type { SearchResult } from './protocol.js';
import type { Opened } from './session.js';

/** Matches kept; a page asks for those of the search in force, and perhaps of the one before. */
const MAX_FILTERS = 4;
const MAX_TEXT = 1000;

let lastFilter = 0;

/** Finds the events whose name, full or short, contains a text or matches `/a regular expression/`. */
export function search(opened: Opened, text: string, buckets: number): SearchResult {
  const n = Math.min(1 << 14, Math.max(1, Math.floor(buckets)));
  const pattern = patternOf(text);
  if (typeof pattern === 'string') {
    return { text, filter: 0, count: 0, strip: new Float32Array(n), problem: pattern };
  }
  const { trace, filters } = opened;
  const matches = new MatchSet(
    trace.tracks,
    (name) => pattern(trace.names.text(name)) || pattern(trace.names.short(name)),
  );
  const filter = ++lastFilter;
  filters.set(filter, matches);
  for (const old of filters.keys()) {
    if (filters.size <= MAX_FILTERS) break;
    filters.delete(old);
  }
  return { text, filter, count: matches.count, strip: matches.strip(trace.endNs, n) };
}

/** @throws UserError if the search was too long ago */
export function matchesOf(opened: Opened, filter: number): MatchSet {
  const matches = opened.filters.get(filter);
  if (matches === undefined) throw new UserError('That search is over.', { hint: 'Search again.' });
  return matches;
}

/** A test of names, or why the text is none. */
export function patternOf(text: string): ((name: string) => boolean) | string {
  if (text.trim() === '') return 'Type what to look for.';
  if (text.length > MAX_TEXT) return `The text is longer than ${MAX_TEXT} characters.`;
  const source = /^\/(.+)\/(i?)$/s.exec(text);
  if (source === null) {
    const wanted = text.toLowerCase();
    return (name) => name.toLowerCase().includes(wanted);
  }
  try {
    const pattern = new RegExp(source[1]!, 'i');
    return (name) => pattern.test(name);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
