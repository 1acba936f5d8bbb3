import pc from 'picocolors';

export type Paint = (text: string) => string;

/** What a formatter needs to know about where its text goes. */
export interface TextStyle {
  /** Columns to fill at most. */
  readonly width: number;
  readonly colors: ReturnType<typeof pc.createColors>;
}

export function textStyle(width: number, color: boolean): TextStyle {
  return { width, colors: pc.createColors(color) };
}
