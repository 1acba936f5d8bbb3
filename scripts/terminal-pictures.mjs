// Draws what commands print, colours and all, as the SVG pictures of the README and the docs.
//   node scripts/terminal-pictures.mjs            draws them again
//   node scripts/terminal-pictures.mjs --check    exit 1 if one is out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './lib.mjs';

/** File under docs/images, and the command line it shows. */
const PICTURES = [['gaps.svg', ['gaps', 'traces/small-eager.trace', '--top', '8']]];

const COLUMNS = 142;
const CELL = { width: 8.1, height: 18 };
const MARGIN = 16;
// Colours by SGR code on a dark ground; 2 is dim, 1 bold.
const COLOURS = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#8b949e',
};
const PLAIN = '#e6edf3';

const ESCAPE = String.fromCharCode(27);
const SGR = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);
const SGR_CODE = new RegExp(`^${ESCAPE}\\[([0-9;]*)m$`);

/** `text` with SGR sequences → lines of runs of one style. */
export function parseAnsi(text) {
  let style = { colour: PLAIN, bold: false, dim: false };
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      const runs = [];
      let column = 0;
      for (const part of line.split(SGR)) {
        const code = SGR_CODE.exec(part)?.[1];
        if (code !== undefined) {
          for (const each of code.split(';')) style = restyle(style, Number(each));
        } else if (part !== '') {
          runs.push({ column, text: part, ...style });
          column += [...part].length;
        }
      }
      return runs;
    });
}

function restyle(style, code) {
  if (code === 0) return { colour: PLAIN, bold: false, dim: false };
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: PLAIN };
  return { ...style, colour: COLOURS[code] ?? style.colour };
}

/** Each run is placed and stretched to its cells, so that columns line up whatever font the reader has. */
export function drawTerminal(command, lines) {
  const all = [
    [{ column: 0, text: `$ ${command}`, colour: '#8b949e', bold: false, dim: false }],
    [],
    ...lines,
  ];
  const width = Math.ceil(COLUMNS * CELL.width + 2 * MARGIN);
  const height = Math.ceil(all.length * CELL.height + 2 * MARGIN);
  const rows = all.flatMap((runs, row) =>
    runs.flatMap(({ column, text, colour, bold, dim }) =>
      pieces(text).map(({ at, ink }) => {
        const x = (MARGIN + (column + at) * CELL.width).toFixed(1);
        const y = (MARGIN + (row + 0.75) * CELL.height).toFixed(1);
        const length = ([...ink].length * CELL.width).toFixed(1);
        const looks = `fill="${colour}"${bold ? ' font-weight="700"' : ''}${dim ? ' opacity="0.65"' : ''}`;
        return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" ${looks}>${escape(ink)}</text>`;
      }),
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(command)}">`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** The text between gaps of two spaces and more, which SVG would close up, each with its column. */
function pieces(text) {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    at: [...text.slice(0, match.index)].length,
    ink: match[0],
  }));
}

const escape = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

function picture(args) {
  const main = join(ROOT, 'dist', 'cli', 'main.js');
  const env = { ...process.env, FORCE_COLOR: '1', COLUMNS: String(COLUMNS) };
  delete env.NO_COLOR;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`gapscope ${args.join(' ')} failed: ${stderr}`);
  return drawTerminal(`gapscope ${args.join(' ')}`, parseAnsi(stdout));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const check = process.argv.includes('--check');
  for (const [name, args] of PICTURES) {
    const path = join(ROOT, 'docs', 'images', name);
    const drawn = picture(args);
    if (!check) writeFileSync(path, drawn);
    else if (!existsSync(path) || readFileSync(path, 'utf8') !== drawn) {
      console.error(
        `docs/images/${name} no longer shows what the command prints: node scripts/terminal-pictures.mjs draws it again`,
      );
      process.exitCode = 1;
    }
  }
}
