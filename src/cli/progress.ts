import type { ImportProgress } from '../ingest/import-options.js';
import { printable } from '../report/printable.js';

/** How far the work is; a text stands in place of the one it was begun with. */
type Report = (progress: ImportProgress | string) => void;

/** Without a terminal, work that takes longer than this says so, and again as often. */
const LINE_EVERY_MS = 5000;

/**
 * What is being done, on stderr: a spinner on a terminal; elsewhere a line now and then, if it takes long; nothing when
 * told to be quiet.
 */
export async function withProgress<T>(
  text: string,
  quiet: boolean,
  work: (report: Report) => Promise<T>,
): Promise<T> {
  if (quiet) return work(() => undefined);
  if (!process.stderr.isTTY) return withLines(text, work);
  const { default: ora } = await import('ora');
  const spinner = ora({ text: printable(text), stream: process.stderr, discardStdin: false }).start();
  try {
    return await work((progress) => {
      spinner.text = progressText(text, progress);
    });
  } finally {
    spinner.stop();
  }
}

async function withLines<T>(text: string, work: (report: Report) => Promise<T>): Promise<T> {
  let saidAt = performance.now();
  return work((progress) => {
    const now = performance.now();
    if (now - saidAt < LINE_EVERY_MS) return;
    saidAt = now;
    process.stderr.write(`${progressText(text, progress)}\n`);
  });
}

/** `reading x.sqlite · reading kernel · 43 %` */
function progressText(text: string, progress: ImportProgress | string): string {
  if (typeof progress === 'string') return printable(progress);
  const { text: detail, done, total } = progress;
  const share =
    total === undefined || total <= 0 ? '' : ` · ${Math.min(100, Math.floor((100 * done) / total))} %`;
  return printable(`${text} · ${detail}${share}`);
}
