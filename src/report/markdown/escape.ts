import { printable } from '../printable.js';

/** Foreign text in Markdown: no markup, no HTML, no end of a table's cell, no link made by itself. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]<>|~]/g, (char) => `\\${char}`)
    .replaceAll('&', '&amp;')
    .replace(/^(\s*)([#+-]+)(?=\s|$)/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/(https?|ftp):\/\//gi, '$1:\u200b//')
    .replace(/\bwww\./gi, 'www\u200b.')
    .replaceAll('@', '@\u200b');
}

/** As code: fenced by more backticks than are in it, with the bar escaped that would end a table's cell. */
export function codeMarkdown(text: string): string {
  const plain = printable(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const space = plain.startsWith('`') || plain.endsWith('`') || plain.trim() === '' ? ' ' : '';
  return `${fence}${space}${plain}${space}${fence}`;
}
