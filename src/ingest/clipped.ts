/** A text of a file as a message can hold it: its first `most` characters. */
export function clipped(text: string, most = 60): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
