#!/usr/bin/env node
/**
 * Imports go one way: from what understands down to what observes, never back. This is the allow-list, and the check.
 *
 *     node scripts/check-imports.mjs [ROOT]     ROOT holds src/; this repository where it is left out
 *
 * Prints a line for each offence, `file:line: folder X may not import Y`, and exits 1 where there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/**
 * Folder of src (or file right in it) -> what else of src it may import: a folder, a file, "type FILE" for its types
 * only, "*" for everything. A folder that is not here may not exist: whoever adds one says where it stands.
 */
const MAY_IMPORT = {
  record: [],
  errors: [],
  'lean-heap': [],
  text: [],
  model: ['record'],
  host: ['record', 'errors', 'text'],
  probe: [
    'record',
    'errors',
    'text',
    'host/child-environment',
    'host/clock',
    'host/find-program',
    'host/kernel-btf',
    'host/process-cost',
    'type host/runtime/kernel-go',
  ],
  session: ['record', 'errors', 'probe', 'host', 'model'],
  diagnosis: ['record', 'text', 'model'],
  metrics: ['text', 'model'],
  diff: ['record', 'text', 'model', 'diagnosis'],
  export: ['record', 'errors', 'text', 'model', 'diagnosis', 'metrics', 'diff'],
  recording: [
    'record',
    'errors',
    'text',
    'model',
    'lean-heap',
    'export/file-error',
    'export/temporary-file',
    'export/write-file',
  ],
  replay: ['record', 'model'],
  tui: ['errors', 'text', 'model', 'diagnosis', 'type record/record', 'type host/processes', 'type replay/player'],
  doctor: ['errors', 'text', 'host', 'probe/locate'],
  serve: ['record', 'errors', 'text', 'model', 'metrics', 'host', 'session'],
  commands: ['*'],
  cli: ['*'],
};

/** These import no package and no module of Node's... */
const SELF_CONTAINED = new Set(['record', 'errors', 'model', 'diagnosis', 'metrics', 'diff', 'replay']);

/** ...and these have no clock, no chance and no surroundings either: the same records give the same snapshot. */
const PURE = new Set(['record', 'model', 'diagnosis', 'metrics', 'diff', 'replay']);
const IMPURE_NAMES = new Set(
  'process performance setTimeout setInterval setImmediate console fetch globalThis require'.split(' '),
);
const IMPURE_MEMBERS = new Set(['Date.now', 'Math.random']);

const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
const offences = sourceFiles(join(root, 'src')).flatMap(check);
for (const { file, line, text } of offences) console.log(`${relative(root, file)}:${line}: ${text}`);
process.exitCode = offences.length === 0 ? 0 : 1;

function sourceFiles(directory) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function check(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const folder = folderOf(relative(join(root, 'src'), file));
  const offence = (node, text) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    return { file, line: line + 1, text: `folder ${folder} ${text}` };
  };
  if (!Object.hasOwn(MAY_IMPORT, folder)) return [offence(source, 'is not in the table of scripts/check-imports.mjs')];
  const nodes = descendants(source);
  const imports = nodes
    .flatMap(importIn)
    .map(({ node, specifier, typeOnly }) => ({ node, typeOnly, ...moduleNamed(specifier, file) }))
    .filter((module) => !mayImport(folder, module))
    .map(({ node, name }) => offence(node, `may not import ${name}`));
  const uses = PURE.has(folder) ? impureUses(nodes).map(({ node, name }) => offence(node, `may not use ${name}`)) : [];
  return [...imports, ...uses];
}

/** `model/cause.ts` -> `model`, `cli.ts` -> `cli`. */
function folderOf(path) {
  return withoutEnding(path).split('/')[0];
}

function withoutEnding(path) {
  return path.replace(/\.[cm]?[jt]sx?$/, '');
}

function descendants(node) {
  const found = [];
  const visit = (child) => {
    found.push(child);
    ts.forEachChild(child, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

/** Every way TypeScript has of naming another module. */
function importIn(node) {
  if (ts.isImportDeclaration(node)) return importOf(node, node.moduleSpecifier, isTypeOnly(node.importClause));
  if (ts.isExportDeclaration(node)) return importOf(node, node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node)) return importOf(node, node.argument.literal, true);
  if (ts.isExternalModuleReference(node)) return importOf(node, node.expression, false);
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic ? importOf(node, node.arguments[0], false) : [];
}

function importOf(node, specifier, typeOnly) {
  return specifier === undefined ? [] : [{ node, specifier, typeOnly }];
}

/** `import type {A}`, and `import {type A, type B}` alike. */
function isTypeOnly(clause) {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings: names } = clause;
  return !name && names !== undefined && ts.isNamedImports(names) && names.elements.every((one) => one.isTypeOnly);
}

/** Ours by its path below src without the ending (`../x` where it lies outside src), others by their own name. */
function moduleNamed(specifier, file) {
  if (!ts.isStringLiteralLike(specifier)) return { name: `the computed ${specifier.getText()}`, isOurs: true };
  const { text } = specifier;
  if (!text.startsWith('.')) return { name: text, isOurs: false };
  return { name: withoutEnding(relative(join(root, 'src'), join(dirname(file), text))), isOurs: true };
}

function mayImport(folder, { name, isOurs, typeOnly }) {
  if (!isOurs) return !SELF_CONTAINED.has(folder);
  if (name.startsWith('../')) return false;
  if (folderOf(name) === folder) return true;
  const covers = (entry) => entry === '*' || name === entry || name.startsWith(`${entry}/`);
  return MAY_IMPORT[folder].some((entry) =>
    entry.startsWith('type ') ? typeOnly && covers(entry.slice('type '.length)) : covers(entry),
  );
}

function impureUses(nodes) {
  const own = new Set(nodes.filter(declares).map((node) => node.name.text));
  return nodes.flatMap((node) => {
    const name = impureName(node);
    return name === undefined || own.has(name) ? [] : [{ node, name }];
  });
}

/** The file has a variable, parameter, function or import of its own by that name. */
function declares(node) {
  const kinds = [ts.isVariableDeclaration, ts.isParameter, ts.isBindingElement, ts.isFunctionDeclaration];
  return [...kinds, ts.isImportSpecifier].some((is) => is(node)) && ts.isIdentifier(node.name);
}

function impureName(node) {
  if (ts.isIdentifier(node)) return IMPURE_NAMES.has(node.text) && !isLabel(node) ? node.text : undefined;
  if (ts.isPropertyAccessExpression(node)) return IMPURE_MEMBERS.has(node.getText()) ? node.getText() : undefined;
  const makes = ts.isNewExpression(node) || ts.isCallExpression(node);
  return makes && node.expression.getText() === 'Date' && !node.arguments?.length ? 'Date()' : undefined;
}

/** `process` in `record.process`, `{process: 1}` or `{process: mine}` of a pattern means a property, not the global. */
function isLabel(node) {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return parent.name === node || parent.propertyName === node || (ts.isQualifiedName(parent) && parent.right === node);
}
