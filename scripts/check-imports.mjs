// Data flows one way (design §2): a folder of src/ imports only from itself and from folders before it in
// LAYERS. Also: only src/trace knows Arrow, and starting the CLI loads nothing heavy.
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
/** Packages that take long to load; a command that needs one imports it when it runs. */
const HEAVY = ['apache-arrow', 'zod', 'ora', 'better-sqlite3', 'tar'];
const ENTRY = 'src/cli/main.ts';

const root = resolve(process.argv[2] ?? ROOT);
const files = filesUnder(root, 'src', (name) => /\.tsx?$/.test(name));
const imports = new Map(files.map((file) => [file, importsOf(file)]));
const offences = [...files.flatMap(layerOffences), ...startOffences()];
for (const offence of offences) console.log(offence);
const edges = [...imports.values()].reduce((sum, list) => sum + list.length, 0);
console.log(`${files.length} files, ${edges} imports, ${offences.length} against the order`);
process.exit(offences.length > 0 ? 1 : 0);

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
  const add = (node, specifier, eager) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ to: target(file, specifier.text), line: line + 1, eager });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node, node.moduleSpecifier, !node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, false);
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
  const path = join(dirname(from), specifier);
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
    if (!to.startsWith('src/')) return [];
    const other = LAYERS.indexOf(layerOf(to));
    return other <= own
      ? []
      : [`${file}:${line}: src/${layer} may not import from src/${layerOf(to)} (${to})`];
  });
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
