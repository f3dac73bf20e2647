// What is in a package, as CycloneDX 1.5, on stdout: what `npm sbom` says of its dependencies, Node.js and the C library
// where they are in it, and every file with its hash. The same input gives the same text: it has no number of its own
// and bears the date of the commit.
//
//   npm sbom ... | node scripts/lib/sbom.mjs MODULES FOLDER BUILT_WITH [NODE_PACKAGE NODE_SHA512]
//
// MODULES has the dependencies that are left of those, FOLDER is what is packed. BUILT_WITH is a file with a line for each tool that made it: "name version". NODE_PACKAGE is
// the npm package that Node.js is from, NODE_SHA512 the hash of its archive. SOURCE_DATE_EPOCH is the date.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { installedPackages } from './installed-packages.mjs';

const [modules, folder, builtWithFile, nodePackage, nodeSha512] = process.argv.slice(2);
const { $schema, bomFormat, specVersion, metadata, components, dependencies } = JSON.parse(await text(process.stdin));
const left = new Set(installedPackages(modules).map(({ name, version }) => `${name}@${version}`));
const builtWith = readFileSync(builtWithFile, 'utf8').trimEnd().split('\n').map(toolOf);
const own = nodePackage === undefined ? [] : [nodeComponent(), glibcComponent()];

const bom = {
  $schema,
  bomFormat,
  specVersion,
  version: 1,
  metadata: {
    timestamp: new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString(),
    tools: builtWith,
    component: { ...metadata.component, type: 'application', name: 'faultscope' },
  },
  components: [...components.filter((one) => left.has(one['bom-ref'])), ...own, ...files()],
  dependencies: dependenciesLeft(),
};
console.log(JSON.stringify(bom, null, 2));

/** Who needs what, of what is left. */
function dependenciesLeft() {
  const isIn = (ref) => left.has(ref) || ref === metadata.component['bom-ref'];
  return dependencies
    .filter(({ ref }) => isIn(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isIn) }));
}

function toolOf(line) {
  const [name, ...version] = line.split(' ');
  return { name, version: version.join(' ') };
}

/** The archive's hash is pinned in packaging/node.sha512; that of the program in it is among the files. */
function nodeComponent() {
  const at = nodePackage.lastIndexOf('@');
  const [name, version] = [nodePackage.slice(0, at), nodePackage.slice(at + 1)];
  return {
    'bom-ref': nodePackage,
    type: 'application',
    name: 'node',
    version,
    description: `Node.js, as it is in the npm package ${name}`,
    purl: `pkg:npm/${name}@${version}`,
    hashes: [{ alg: 'SHA-512', content: nodeSha512 }],
    licenses: [{ license: { id: 'MIT' } }],
  };
}

/** Of the static programs bin/faultscope and build/workloads/coldmmap. */
function glibcComponent() {
  const { version } = builtWith.find(({ name }) => name === 'glibc');
  return {
    'bom-ref': `glibc@${version}`,
    type: 'library',
    name: 'glibc',
    version,
    description: 'linked statically into bin/faultscope and build/workloads/coldmmap',
    licenses: [{ license: { id: 'LGPL-2.1-or-later' } }],
  };
}

function files() {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths
    .map((path) => ({ name: relative(folder, path), content: sha256(path) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, content }) => ({
      'bom-ref': `file:${name}`,
      type: 'file',
      name,
      hashes: [{ alg: 'SHA-256', content }],
    }));
}

function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
