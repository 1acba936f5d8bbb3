/**
 * Text from a trace, made safe to print: kernel and range names are the profiled program's, and an escape
 * sequence in one could rewrite the terminal. Control and bidirectional-override characters are shown by
 * their code instead.
 */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (char) => {
    switch (char) {
      case '\n':
        return '\\n';
      case '\t':
        return '\\t';
      case '\r':
        return '\\r';
      default: {
        const code = char.codePointAt(0)!;
        return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
      }
    }
  });
}
