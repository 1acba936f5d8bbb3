import type { Block, CellLike, Jump, ReportDocument, TableBlock } from '../document/blocks.js';
import { jumpText } from '../document/jump-text.js';
import { commandOf, hrefOf, pageHref, viewCommand, type Look } from '../document/look.js';
import { placeParts, spotOf } from '../document/place.js';
import type { Evidence } from '../findings/finding.js';
import type { RankedFinding } from '../findings/rank.js';
import { formatNs, formatPercent } from '../units.js';
import { codeMarkdown, escapeMarkdown } from './escape.js';

/** The same report as Markdown: no charts, whose numbers are in the tables anyway. */
export function markdown({ title, facts, look, sections }: ReportDocument): string {
  const lines = [
    `# gapscope report: ${escapeMarkdown(title)}`,
    '',
    ...facts.map(([label, value]) => `- ${label}: ${escapeMarkdown(value)}`),
    timelineLine(look),
  ];
  for (const section of sections) {
    lines.push('', `## ${section.title}`);
    if (section.question !== undefined) lines.push('', `*${escapeMarkdown(section.question)}*`);
    for (const block of section.blocks) {
      const text = blockLines(block, look);
      if (text.length > 0) lines.push('', ...text);
    }
  }
  return `${lines.join('\n')}\n`;
}

function timelineLine({ page, trace }: Look): string {
  return page === undefined
    ? `- timeline: ${codeMarkdown(`${viewCommand(trace)} --at START..END`)}`
    : `- timeline: [${escapeMarkdown(page)}](${linkTarget(pageHref(page))}), which the times below open`;
}

function blockLines(block: Block, look: Look): string[] {
  switch (block.kind) {
    case 'text':
    case 'note':
      return [escapeMarkdown(block.text)];
    case 'notes':
      return block.texts.flatMap((text, i) => [...(i > 0 ? [''] : []), escapeMarkdown(text)]);
    case 'heading':
      return [`### ${escapeMarkdown(block.text)}`];
    case 'tiles':
      return block.tiles.map(
        ({ label, value, unit, note }) =>
          `- ${escapeMarkdown(label)}: **${value}${unit === undefined ? '' : ` ${unit}`}**, ${escapeMarkdown(note)}`,
      );
    case 'chart':
      return [];
    case 'table':
      return tableLines(block, look);
    case 'findings':
      return block.findings.flatMap((finding, i) => [
        ...(i > 0 ? [''] : []),
        ...findingLines(finding, block.spanNs, look),
      ]);
    case 'glossary':
      return block.terms.map(
        ([, name, definition]) => `- **${name}**: ${escapeMarkdown(definition.replaceAll('\n', ' '))}`,
      );
    case 'commands':
      return block.lines.map(([command, what]) => `- ${codeMarkdown(command)}: ${escapeMarkdown(what)}`);
  }
}

function tableLines({ caption, columns, rows, total, omitted }: TableBlock, look: Look): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `**${escapeMarkdown(caption)}**`,
    '',
    row(columns.map(({ header }) => escapeMarkdown(header))),
    row(columns.map(({ align }) => (align === 'right' ? '--:' : '---'))),
    ...rows.map((cells) => row(cells.map((cell) => cellText(cell, look)))),
    ...(total === undefined ? [] : [row(total.map((cell) => bold(cellText(cell, look))))]),
    ...(omitted === undefined ? [] : ['', escapeMarkdown(omitted)]),
  ];
}

function cellText(cell: CellLike, look: Look): string {
  if (typeof cell === 'string') return escapeMarkdown(cell);
  if (cell.spot !== undefined) return linked(cell.text, hrefOf(cell.spot, look));
  if (cell.jump !== undefined) return jumpLink(cell.text, cell.jump);
  return cell.code === true ? codeMarkdown(cell.text) : escapeMarkdown(cell.text);
}

function linked(text: string, href: string | undefined): string {
  return href === undefined ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${linkTarget(href)})`;
}

/** Parentheses are legal in an address, and would end it here; a bar would end a table's cell. */
function linkTarget(href: string): string {
  return href.replace(/[()|<>\\]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Markdown has no anchors for rows: to the heading of the section, as GitHub and GitLab name it. */
function jumpLink(text: string, { section }: Jump): string {
  const anchor = section
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
  return `[${escapeMarkdown(text)}](#${anchor})`;
}

function bold(text: string): string {
  return text === '' ? '' : `**${text}**`;
}

function findingLines(finding: RankedFinding, spanNs: number, look: Look): string[] {
  const { rank, title, evidence, certainty, because, suggestion, boundNs, share, overlapsWith } = finding;
  const bound =
    boundNs === undefined || share === undefined
      ? 'worth knowing; no saving claimed'
      : `at most ${formatNs(boundNs)} of ${formatNs(spanNs)} (${formatPercent(share)})`;
  const overlaps =
    overlapsWith.length === 0 ? '' : ` Overlaps with ${overlapsWith.join(', ')}: these gains do not add up.`;
  return [
    `### ${rank}. ${escapeMarkdown(title)}: ${bound}`,
    '',
    ...evidence.map((one) => evidenceLine(one, look)),
    `- **Try** ${escapeMarkdown(suggestion)}`,
    `- **Certainty: ${certainty}.** ${escapeMarkdown(because)}${overlaps}`,
  ];
}

function evidenceLine({ text, place, jump }: Evidence, look: Look): string {
  const parts = [escapeMarkdown(text)];
  const spot = place && spotOf(place);
  if (place !== undefined) {
    const { before, time, after } = placeParts(place);
    const href = spot && hrefOf(spot, look);
    parts.push(escapeMarkdown(before) + linked(time, href) + escapeMarkdown(after));
  }
  if (jump !== undefined) parts.push(`(${jumpLink(jumpText(jump), jump)})`);
  if (spot !== undefined && look.page === undefined) parts.push(codeMarkdown(commandOf(spot, look)));
  return `- ${parts.join(' ')}`;
}
