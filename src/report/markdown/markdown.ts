import type { Block, CellLike, ReportDocument, TableBlock } from '../document/blocks.js';
import { placeText } from '../document/place.js';
import type { RankedFinding } from '../findings/rank.js';
import { formatNs, formatPercent } from '../units.js';
import { codeMarkdown, escapeMarkdown } from './escape.js';

/** The same report as Markdown: no charts, whose numbers are in the tables anyway. */
export function markdown({ title, facts, sections }: ReportDocument): string {
  const lines = [
    `# gapscope report: ${escapeMarkdown(title)}`,
    '',
    ...facts.map(([label, value]) => `- ${label}: ${escapeMarkdown(value)}`),
  ];
  for (const section of sections) {
    lines.push('', `## ${section.title}`);
    if (section.question !== undefined) lines.push('', `*${escapeMarkdown(section.question)}*`);
    for (const block of section.blocks) {
      const text = blockLines(block);
      if (text.length > 0) lines.push('', ...text);
    }
  }
  return `${lines.join('\n')}\n`;
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'text':
    case 'note':
      return [escapeMarkdown(block.text)];
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
      return tableLines(block);
    case 'findings':
      return block.findings.flatMap((finding, i) => [
        ...(i > 0 ? [''] : []),
        ...findingLines(finding, block.spanNs),
      ]);
    case 'glossary':
      return block.terms.map(
        ([, name, definition]) => `- **${name}**: ${escapeMarkdown(definition.replaceAll('\n', ' '))}`,
      );
    case 'commands':
      return block.lines.map(([command, what]) => `- ${codeMarkdown(command)}: ${what}`);
  }
}

function tableLines({ caption, columns, rows, total, omitted }: TableBlock): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `**${escapeMarkdown(caption)}**`,
    '',
    row(columns.map(({ header }) => escapeMarkdown(header))),
    row(columns.map(({ align }) => (align === 'right' ? '--:' : '---'))),
    ...rows.map((cells) => row(cells.map(cellText))),
    ...(total === undefined ? [] : [row(total.map((cell) => bold(cellText(cell))))]),
    ...(omitted === undefined ? [] : ['', escapeMarkdown(omitted)]),
  ];
}

function cellText(cell: CellLike): string {
  if (typeof cell === 'string') return escapeMarkdown(cell);
  return cell.code === true ? codeMarkdown(cell.text) : escapeMarkdown(cell.text);
}

function bold(text: string): string {
  return text === '' ? '' : `**${text}**`;
}

function findingLines(finding: RankedFinding, spanNs: number): string[] {
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
    ...evidence.map(
      ({ text, place }) =>
        `- ${escapeMarkdown(text)}${place === undefined ? '' : ` ${escapeMarkdown(placeText(place))}`}`,
    ),
    `- **Try** ${escapeMarkdown(suggestion)}`,
    `- **Certainty: ${certainty}.** ${escapeMarkdown(because)}${overlaps}`,
  ];
}
