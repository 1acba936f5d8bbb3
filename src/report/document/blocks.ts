import type { Paint } from '../charts/paint.js';
import type { ChartSize } from '../charts/svg.js';
import type { RankedFinding } from '../findings/rank.js';
import type { Term } from './glossary.js';
import type { Look } from './look.js';
import type { Spot } from './spot.js';

/**
 * A report before it is HTML or Markdown: sections of blocks. Texts are plain and may hold foreign names; who
 * renders them escapes them.
 */
export interface ReportDocument {
  readonly title: string;
  /** Facts under the title: GPU, date, command. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Where `Spot`s can be looked at. */
  readonly look: Look;
  readonly sections: readonly Section[];
  /** The results themselves, by name: what each figure was made from. */
  readonly data: readonly (readonly [name: string, value: unknown])[];
}

export interface Section {
  /** Anchor in the page. */
  readonly id: string;
  readonly title: string;
  /** One sentence: the question that this section answers. */
  readonly question?: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** What is not there, or qualifies the rest: one sentence, set back. */
  | { readonly kind: 'note'; readonly text: string }
  /** Several such, of one kind. */
  | { readonly kind: 'notes'; readonly texts: readonly string[] }
  | { readonly kind: 'heading'; readonly text: string }
  | TilesBlock
  | ChartBlock
  | TableBlock
  | { readonly kind: 'findings'; readonly findings: readonly RankedFinding[]; readonly spanNs: number }
  | { readonly kind: 'glossary'; readonly terms: readonly (readonly [Term, string, string])[] }
  | { readonly kind: 'commands'; readonly lines: readonly (readonly [command: string, what: string])[] };

export interface Tile {
  readonly label: string;
  readonly term: Term;
  readonly value: string;
  /** Absent: the value carries its unit, or has none. */
  readonly unit?: string;
  readonly note: string;
}

export interface TilesBlock {
  readonly kind: 'tiles';
  readonly tiles: readonly Tile[];
}

export interface LegendEntry {
  readonly name: string;
  readonly paint: Paint;
  readonly value?: string;
}

export interface ChartBlock {
  readonly kind: 'chart';
  readonly caption: string;
  /** Drawn once for a phone and once for a page. */
  readonly draw: (size: ChartSize) => string;
  readonly legend?: readonly LegendEntry[];
}

export interface TableColumn {
  readonly header: string;
  readonly align?: 'left' | 'right';
  /** The header links to its definition. */
  readonly term?: Term;
  /** Long text that may break over lines; other columns do not. */
  readonly wide?: boolean;
}

/** Another place in the report that something rests on. */
export interface Jump {
  /** Anchor: of a row (`TableBlock.rowId`), or of a section. */
  readonly id: string;
  /** Title of the section that it is in. */
  readonly section: string;
}

export interface TableCell {
  readonly text: string;
  /** What the text says the time of: the timeline can show it. */
  readonly spot?: Spot;
  readonly jump?: Jump;
  /** What the column is sorted by; the text if absent. */
  readonly sort?: number;
  /** Set as a name: monospaced. */
  readonly code?: boolean;
  /** More, on hovering and for the search of the page. */
  readonly full?: string;
  readonly swatch?: Paint;
  readonly meter?: { readonly share: number; readonly paint: Paint };
}

export type CellLike = string | TableCell;

export interface TableBlock {
  readonly kind: 'table';
  readonly caption: string;
  /** Rows can be jumped to: as `<rowId>-1`, `<rowId>-2`, … */
  readonly rowId?: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly CellLike[])[];
  /** Sums under the rows; stays last when the table is sorted. */
  readonly total?: readonly CellLike[];
  /** What was left out, and which command shows it. */
  readonly omitted?: string;
}
