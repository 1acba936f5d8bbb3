// Data flows one way (design §2): a folder of src/ imports only from itself and from folders before it in
// LAYERS. The viewer is a page: of src/ it takes the folders that are pure, and in them what needs no Node; nothing in
// src/ imports it. Also: only src/trace knows Arrow, and starting the CLI loads nothing heavy.
//   node scripts/check-imports.mjs [ROOT]
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { filesUnder, ROOT } from './lib.mjs';

const LAYERS = [
  'trace',
  'ingest',
  'capture',
  'analysis',
  'projection',
  'runs',
  'report',
  'export',
  'server',
  'cli',
];
/** What of src/ a browser may load. */
const FOR_VIEWER = ['trace', 'ingest', 'analysis', 'report'];
/** Packages that take long to load; a command that needs one imports it when it runs. */
const HEAVY = ['apache-arrow', 'zod', 'ora', 'better-sqlite3', 'tar', 'tar-stream', 'fastify', 'open'];
const ENTRY = 'src/cli/main.ts';
/** Runs in Node, and builds the page. */
const PAGE_BUILD = 'viewer/vite.config.ts';

const root = resolve(process.argv[2] ?? ROOT);
const files = filesUnder(root, 'src', isSource);
const pages = filesUnder(root, 'viewer', isSource);
const imports = new Map([...files, ...pages].map((file) => [file, importsOf(file)]));
const offences = [
  ...files.flatMap(layerOffences),
  ...pages.flatMap(viewerOffences),
  ...browserOffences(),
  ...startOffences(),
];
for (const offence of offences) console.log(offence);
const edges = [...imports.values()].reduce((sum, list) => sum + list.length, 0);
console.log(`${imports.size} files, ${edges} imports, ${offences.length} against the order`);
process.exit(offences.length > 0 ? 1 : 0);

function isSource(name) {
  return /\.tsx?$/.test(name);
}

/** Every import of a file: what, where, and whether it is loaded at once (not a type, not `import()`). */
function importsOf(file) {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const found = [];
  const add = (node, specifier, eager, type = false) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ to: target(file, specifier.text), line: line + 1, eager, type });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      const type = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      add(node, node.moduleSpecifier, !type, type);
    } else if (ts.isExportDeclaration(node)) {
      add(node, node.moduleSpecifier, !node.isTypeOnly, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, false, true);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node, node.moduleReference.expression, true);
    } else if (ts.isCallExpression(node) && isLoad(node.expression)) {
      add(node, node.arguments[0], node.expression.kind !== ts.SyntaxKind.ImportKeyword);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isLoad(callee) {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

/** A file of ours, relative to the root, or the name of a package. */
function target(from, specifier) {
  if (!specifier.startsWith('.')) {
    return specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
  }
  // Vite's queries, such as ?worker, say how a file is taken in, not which.
  const path = join(dirname(from), specifier.split('?')[0]);
  const candidates = [path.replace(/\.js$/, '.ts'), path.replace(/\.jsx?$/, '.tsx'), path];
  return candidates.find((one) => existsSync(join(root, one))) ?? path;
}

function layerOf(path) {
  return relative('src', path).split('/')[0];
}

function layerOffences(file) {
  const layer = layerOf(file);
  const own = LAYERS.indexOf(layer);
  if (own < 0) return [`${file}:1: src/${layer} is not a folder of the design (${LAYERS.join(', ')})`];
  return imports.get(file).flatMap(({ to, line }) => {
    if (to === 'apache-arrow' && layer !== 'trace') {
      return [`${file}:${line}: only src/trace imports apache-arrow`];
    }
    if (to.startsWith('viewer/')) return [`${file}:${line}: nothing in src/ imports the viewer (${to})`];
    if (!to.startsWith('src/')) return [];
    const other = LAYERS.indexOf(layerOf(to));
    return other <= own
      ? []
      : [`${file}:${line}: src/${layer} may not import from src/${layerOf(to)} (${to})`];
  });
}

function viewerOffences(file) {
  return imports.get(file).flatMap(({ to, line }) => {
    if (to === 'apache-arrow') return [`${file}:${line}: only src/trace imports apache-arrow`];
    if (!to.startsWith('src/') || FOR_VIEWER.includes(layerOf(to))) return [];
    return [`${file}:${line}: the viewer may not import from src/${layerOf(to)} (${to})`];
  });
}

/** What only Node has, and the viewer would load all the same, with the way it is reached. */
function browserOffences() {
  const reachedBy = new Map(pages.filter((file) => file !== PAGE_BUILD).map((file) => [file, '']));
  const offences = [];
  for (const file of reachedBy.keys()) {
    for (const { to, line, type } of imports.get(file)) {
      if (type) continue;
      const way = `${reachedBy.get(file)}${file} → `;
      if (to.startsWith('node:')) offences.push(`${file}:${line}: a browser has no ${to}: ${way}${to}`);
      else if (imports.has(to) && !reachedBy.has(to)) reachedBy.set(to, way);
    }
  }
  return offences;
}

/** Heavy packages that are loaded before a command has been chosen, with the way they are reached. */
function startOffences() {
  if (!imports.has(ENTRY)) return [];
  const reachedBy = new Map([[ENTRY, '']]);
  const offences = [];
  for (const file of reachedBy.keys()) {
    for (const { to, line, eager } of imports.get(file) ?? []) {
      if (!eager) continue;
      const way = `${reachedBy.get(file)}${file} → `;
      if (HEAVY.includes(to)) {
        offences.push(`${file}:${line}: ${to} is loaded at the start of every command: ${way}${to}`);
      } else if (imports.has(to) && !reachedBy.has(to)) {
        reachedBy.set(to, way);
      }
    }
  }
  return offences;
}
