import type { InlineFile, TraceSource } from '../engine/protocol.js';

/** In a page that holds its trace: `<script type="text/plain" data-path="ops.arrows.gz">` with base64 in it. */
const SELECTOR = 'script[type="text/plain"][data-path]';
/** A multiple of 4, so that every piece is base64 by itself. */
const PIECE = 1 << 20;

/** The trace that the page itself holds, or undefined. The elements are emptied: their text is as large as the trace. */
export function inlineTrace(): { readonly source: TraceSource; readonly name: string } | undefined {
  const elements = [...document.querySelectorAll<HTMLScriptElement>(SELECTOR)];
  if (elements.length === 0) return undefined;
  const files: InlineFile[] = elements.map((one) => {
    const bytes = decodeBase64(one.text);
    const path = one.dataset['path'] ?? '';
    one.remove();
    return { path, bytes };
  });
  const name = document.querySelector('meta[name="gapscope-trace"]')?.getAttribute('content') ?? 'trace';
  return { name, source: { from: 'inline', name, files } };
}

/** Piece by piece: the text of a whole trace at once would be there three times over. */
export function decodeBase64(text: string): Uint8Array {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  for (let from = 0; from < text.length; from += PIECE) {
    const piece = atob(text.slice(from, from + PIECE));
    for (let i = 0; i < piece.length; i++) bytes[at++] = piece.charCodeAt(i);
  }
  return bytes;
}
