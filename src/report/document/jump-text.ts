import type { Jump } from './blocks.js';

const ROWS: Readonly<Record<string, string>> = {
  hotspot: 'hotspot',
  kernel: 'kernel',
  wait: 'host wait',
  kv: 'KV row',
  block: 'block row',
  place: 'place',
};

/** What a jump leads to, in a word or two: `hotspot 3`; a section by its title. */
export function jumpText({ id, section }: Jump): string {
  const [, prefix = '', number] = /^([a-z]+)-(\d+)$/.exec(id) ?? [];
  const row = ROWS[prefix];
  return row === undefined ? section : `${row} ${number}`;
}
