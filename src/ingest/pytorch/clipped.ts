const MOST = 60;

/** A text of the file as a message can hold it. */
export function clipped(text: string): string {
  return text.length <= MOST ? text : `${text.slice(0, MOST)}…`;
}
